import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valueAt } from './container.ts';
import { diff } from './diff.ts';
import { decodeValue, encodeValue } from './encoding.ts';
import { hashValue } from './hash.ts';
import { applyPatches, type Change, type Patch } from './patch.ts';
import { formatPath } from './path.ts';
import { Tuple } from './tuple.ts';
import {
  freeze,
  freezeOnce,
  fromEntries,
  quoteValue,
  sameValue,
  toPlainJson,
  type Value,
} from './value.ts';

/** Any value, with the awkward ones over-represented. */
const values: fc.Arbitrary<Value> = fc.letrec<{ value: Value; key: Value }>((tie) => ({
  key: fc.oneof(
    fc.string(),
    fc.constantFrom('__proto__', '$map', '$', 'constructor', 'length'),
    fc.integer(),
    fc.bigInt(),
    fc.constantFrom<Value>(null, undefined, true, Number.NaN),
  ),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('key'),
    fc.double(),
    fc.constantFrom<Value>(-0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(tie('key').map(String), tie('value')), { maxLength: 4 })
      .map((entries) => fromEntries(entries)),
    fc.array(fc.tuple(tie('key'), tie('value')), { maxLength: 4 }).map((pairs) => new Map(pairs)),
    fc.array(tie('key'), { maxLength: 4 }).map((members) => new Set(members)),
    fc.tuple(tie('value'), tie('value')).map(([key, item]) => new Map([[key, item]])),
  ),
})).value;

/** The length of the longest common subsequence, by the textbook recurrence. */
function commonItems(a: readonly number[], b: readonly number[]): number {
  let row = Array.from(b, () => 0);
  for (const item of a) {
    const above = row;
    row = [];
    for (const [at, other] of b.entries()) {
      const [left, up, corner] = [row[at - 1] ?? 0, above[at] ?? 0, above[at - 1] ?? 0];
      row.push(item === other ? corner + 1 : Math.max(left, up));
    }
  }
  return row.at(-1) ?? 0;
}

describe('encodeValue', () => {
  it('survives JSON for every value, -0, NaN and __proto__ included', () => {
    fc.assert(
      fc.property(values, (value) => {
        const text = JSON.stringify(encodeValue(value));
        const back = decodeValue(JSON.parse(text));
        expect(sameValue(back, value)).toBe(true);
        expect(hashValue(back)).toBe(hashValue(value));
      }),
    );
  });

  it.each([
    ['{"$date":"2020"}', '"$date" is not a known encoding'],
    ['{"$bigint":12}', '$bigint must be a decimal string'],
    ['{"$map":[1]}', '$map must be a list of pairs'],
    ['{"$set":{}}', '$set must be a list'],
    ['{"$number":"1"}', '$number must be'],
    ['{"a":1,"$b":2}', '"$b" must be the only key'],
  ])('refuses %s', (text, reason) => {
    expect(() => decodeValue(JSON.parse(text))).toThrow(reason);
  });

  it('refuses values that are not plain data', () => {
    expect(() => encodeValue(new Date(0) as unknown as Value)).toThrow('holds a Date');
  });
});

describe('diff', () => {
  it('gives a patch that turns one value into the other, order of entries included', () => {
    fc.assert(
      fc.property(values, values, (before, after) => {
        const patched = applyPatches(before, [diff(before, after)]);
        expect(hashValue(patched)).toBe(hashValue(after));
      }),
    );
  });

  it('leaves the value that it is applied to unchanged', () => {
    fc.assert(
      fc.property(values, values, (before, after) => {
        const hash = hashValue(before);
        applyPatches(freeze(before), [diff(before, after)]);
        expect(hashValue(before)).toBe(hash);
      }),
    );
  });

  it('is empty for what is the same', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(diff(value, decodeValue(encodeValue(value)))).toEqual([]);
      }),
    );
  });

  it('finds keys and members of equal content again, also in what was read from a file', () => {
    const key = fc
      .constantFrom(1, 'a', 'x', 'y')
      .map((one): Value => (one === 'x' ? { x: 1 } : one === 'y' ? { y: [1] } : one));
    const entries = fc.array(fc.tuple(key, fc.nat(2)), { maxLength: 6 });
    fc.assert(
      fc.property(entries, entries, fc.infiniteStream(fc.nat(3)), (first, more, picks) => {
        const pick = () => picks.next().value as number;
        const kept = first
          .filter(() => pick() > 0)
          .map(([k, n]) => [k, pick() === 0 ? n + 1 : n] as const);
        const next = [...kept, ...more.filter(() => pick() === 0)];
        const keysOf = (list: readonly (readonly [Value, Value])[]) => list.map(([one]) => one);
        const before = { map: new Map(first), set: new Set(keysOf(first)) };
        const after = { map: new Map(next), set: new Set(keysOf(next)) };
        const patch = diff(before, after);
        expect(sameValue(applyPatches(before, [patch]), after)).toBe(true);
        const read = (value: unknown) =>
          decodeValue(JSON.parse(JSON.stringify(encodeValue(value as Value))));
        const readPatch = read(patch) as unknown as Patch;
        expect(sameValue(applyPatches(read(before), [readPatch]), after)).toBe(true);
        expect(diff(before, read(before))).toEqual([]);
      }),
    );
  });

  it('adds a member to a Set of objects by itself while no other has its content', () => {
    const place = { x: 1 };
    const before = new Set<Value>([place]);
    expect(diff(before, new Set<Value>([place, { x: 2 }]))).toMatchObject([{ kind: 'added' }]);
    const twins = new Set<Value>([place, { x: 1 }]);
    expect(diff(before, twins)).toEqual([{ kind: 'changed', path: [], value: twins }]);
    expect(diff(twins, new Set([...twins, 'b']))).toMatchObject([{ kind: 'added', value: 'b' }]);
  });

  it('names only what differs', () => {
    const before = {
      list: [1, 2, 3],
      map: new Map([
        ['a', { n: 1 }],
        ['b', { n: 2 }],
      ]),
      x: 1n,
    };
    const after = {
      list: [1, 9, 2, 3],
      map: new Map([
        ['b', { n: 5 }],
        ['c', { n: 3 }],
      ]),
      x: 1n,
    };
    expect(diff(before, after)).toEqual([
      { kind: 'spliced', path: ['list'], index: 1, removed: 0, inserted: [9] },
      { kind: 'removed', path: ['map', { mapKey: 'a' }] },
      { kind: 'changed', path: ['map', { mapKey: 'b' }, 'n'], value: 5 },
      { kind: 'added', path: ['map', { mapKey: 'c' }], value: { n: 3 } },
    ]);
  });

  it('has two changes for one item out and one in, however long the list is', () => {
    const items = Array.from({ length: 1000 }, (_, id) => ({ id, tags: [id] }));
    const shifted = [...structuredClone(items.slice(1)), { id: 1000, tags: [] }];
    expect(diff(items, shifted)).toEqual([
      { kind: 'spliced', path: [], index: 0, removed: 1, inserted: [] },
      { kind: 'spliced', path: [], index: 999, removed: 0, inserted: [shifted[999]] },
    ]);
  });

  it('has two changes for many items out and in', () => {
    const messages = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => ({ id: from + at }));
    const [before, after] = [messages(0, 2000), messages(300, 2300)];
    expect(diff(before, after)).toEqual([
      { kind: 'spliced', path: [], index: 0, removed: 300, inserted: [] },
      { kind: 'spliced', path: [], index: 1700, removed: 0, inserted: messages(2000, 2300) },
    ]);
  });

  it('applies to lists that differ in much', () => {
    const item = fc.oneof(
      fc.nat(200),
      fc.nat(3).map((id) => ({ id })),
      fc.constantFrom('a', -0),
    );
    const list = fc.array(item, { minLength: 30, maxLength: 150, size: 'max' });
    const cuts = fc.array(fc.tuple(fc.nat(150), fc.nat(60), list), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(list, cuts, fc.boolean(), (items, splices, isTuple) => {
        const before: Value[] = isTuple ? Tuple.from(items) : items;
        const after: Value[] = isTuple ? Tuple.from(items) : [...items];
        for (const [at, removed, inserted] of splices) after.splice(at, removed, ...inserted);
        expect(sameValue(applyPatches(before, [diff(before, after)]), after)).toBe(true);
      }),
    );
  });

  it('prefers items that changed at their places to items that moved', () => {
    const [a, b, c] = [
      { id: 'a', n: 1 },
      { id: 'b', n: 1 },
      { id: 'c', n: 1 },
    ];
    expect(diff([a, b, c], [a, { ...b, n: 2 }, c])).toEqual([
      { kind: 'changed', path: [1, 'n'], value: 2 },
    ]);
    expect(diff([a, b], [{ ...a, n: 2 }, b, c])).toEqual([
      { kind: 'changed', path: [0, 'n'], value: 2 },
      { kind: 'spliced', path: [], index: 2, removed: 0, inserted: [c] },
    ]);
  });

  it('finds the smallest difference of two lists, and applies to it', () => {
    const lists = fc.array(fc.nat(4), { maxLength: 12 });
    fc.assert(
      fc.property(lists, lists, (before, after) => {
        const patch = diff(before, after);
        expect(applyPatches(before, [patch])).toEqual(after);
        const size = patch.reduce(
          (sum, change) =>
            sum + (change.kind === 'spliced' ? change.removed + change.inserted.length : 1),
          0,
        );
        expect(size).toBeLessThanOrEqual(
          before.length + after.length - 2 * commonItems(before, after),
        );
      }),
    );
  });

  it('sees a Map whose entries only changed places', () => {
    const before = new Map([
      ['a', 1],
      ['b', 2],
    ]);
    const after = new Map([
      ['b', 2],
      ['a', 1],
    ]);
    expect(diff(before, after)).toEqual([{ kind: 'changed', path: [], value: after }]);
  });

  it('distinguishes 0 from -0', () => {
    expect(diff({ n: 0 }, { n: -0 })).toEqual([{ kind: 'changed', path: ['n'], value: -0 }]);
  });
});

describe('hashValue', () => {
  it('is the same for equal data and differs for different data', () => {
    expect(hashValue({ a: 1, b: 2 })).toBe(hashValue({ b: 2, a: 1 }));
    const different: Value[] = [
      0,
      -0,
      '0',
      0n,
      null,
      undefined,
      false,
      [],
      {},
      new Map(),
      new Set(),
    ];
    expect(new Set(different.map((one) => hashValue(one))).size).toBe(different.length);
    expect(hashValue(['ab', 'c'])).not.toBe(hashValue(['a', 'bc']));
  });

  it('is not fooled by a later write to data that was not frozen', () => {
    const list = [1];
    const before = hashValue(list);
    list.push(2);
    expect(hashValue(list)).not.toBe(before);
  });
});

describe.each([
  ['freeze', freeze],
  ['freezeOnce', freezeOnce],
])('%s', (_, freezeIt) => {
  it('refuses every later write', () => {
    const state = freezeIt({ list: [1], map: new Map([['a', { n: 1 }]]), set: new Set([1]) });
    expect(() => state.list.push(2)).toThrow(TypeError);
    expect(() => state.map.set('b', { n: 2 })).toThrow('state.update');
    expect(() => state.map.delete('a')).toThrow('state.update');
    expect(() => state.set.clear()).toThrow('state.update');
    expect(() => {
      (state.map.get('a') as { n: number }).n = 2;
    }).toThrow(TypeError);
  });

  it('names the place of a value that is not plain data', () => {
    const state = { bookings: new Map([['Monday', { at: new Date(0) }]]) };
    expect(() => freezeIt(state, 'The state')).toThrow(
      'holds a Date (path: bookings["Monday"].at)',
    );
    expect(() => freezeIt({ f: () => 1 }, 'The state')).toThrow('holds a function (f) (path: f)');
  });

  it('goes to the leaves, however deep they are', () => {
    let deep: unknown[] = [];
    const leaf = deep;
    for (let depth = 0; depth < 30; depth += 1) deep = [deep, { depth }];
    freezeIt(deep);
    expect(() => leaf.push(1)).toThrow(TypeError);
  });
});

describe('texts that are not Unicode', () => {
  const texts = ['\ud800', '\ud801', '\udc00', '\ufffd', 'w"\\ud800"', '\ud800\ud800', '😀'];

  it('have digests of their own, as texts, keys and members', () => {
    const forms = [
      (text: string) => text,
      (text: string) => [text],
      (text: string) => ({ [text]: 1 }),
      (text: string) => new Map([[1, text]]),
      (text: string) => new Set([text]),
    ];
    for (const form of forms) {
      const all = texts.map((text) => hashValue(form(text)));
      expect(new Set(all).size).toBe(texts.length);
    }
  });

  it('had those of their replacements in earlier versions', () => {
    const value = { list: ['\ud800', 1], map: new Map([['\udc01', new Set(['x\ud801'])]]) };
    const replaced = { list: ['\ufffd', 1], map: new Map([['\ufffd', new Set(['x\ufffd'])]]) };
    expect(hashValue(value, 'whole')).toBe(hashValue(replaced, 'whole'));
    expect(hashValue(value)).not.toBe(hashValue(replaced));
  });

  it('leave the digests of all others as they were', () => {
    expect(hashValue('é€😀\u0000')).toBe('00f20ab757b18bfc5a9d90315fab993b');
  });
});

describe('values that cannot be distinguished later', () => {
  it.each([
    ['a hole', () => Object.assign([] as number[], { 2: 1 }), 'a hole'],
    [
      'a cycle',
      () => {
        const list: unknown[] = [];
        list.push({ list });
        return list;
      },
      'holds itself',
    ],
    ['a symbol', () => Symbol('s'), 'a symbol (path: nested)'],
    ['a symbol in a list', () => [1, Symbol('s')], 'a symbol (path: nested[1])'],
    ['a symbol in a Map', () => new Map([['a', Symbol('s')]]), 'a symbol (path: nested["a"])'],
    ['a symbol in a Set', () => new Set([Symbol('s')]), 'a symbol (path: nested'],
    ['a symbol as a key of a Map', () => new Map([[Symbol('s'), 1]]), 'a symbol (path: nested'],
    ['a symbol key', () => ({ [Symbol('s')]: 1 }), 'a symbol'],
    ['no prototype', () => Object.create(null) as object, 'a foreign prototype'],
  ])('refuses %s', (_, make, reason) => {
    expect(() => freeze({ nested: make() }, 'The state')).toThrow(reason);
    expect(() => freezeOnce({ nested: make() }, 'The state')).toThrow(reason);
  });

  it('replaces a Set whose members are equal, which no path can name', () => {
    const before = new Set<Value>([{ n: 1 }, { n: 1 }]);
    const after = new Set<Value>([{ n: 1 }]);
    expect(hashValue(applyPatches(before, [diff(before, after)]))).toBe(hashValue(after));
  });
});

describe('a patch for another value', () => {
  it.each<[string, Value, Change]>([
    ['changes what is not there', {}, { kind: 'changed', path: ['x'], value: 1 }],
    ['adds what is there', { x: 1 }, { kind: 'added', path: ['x'], value: 1 }],
    ['removes what is not there', {}, { kind: 'removed', path: ['x'] }],
    [
      'writes the length of a list',
      { l: [1] },
      { kind: 'changed', path: ['l', 'length'], value: 9 },
    ],
    ['writes beyond a list', { l: [1] }, { kind: 'added', path: ['l', 7], value: 9 }],
    [
      'splices beyond a list',
      { l: [1] },
      { kind: 'spliced', path: ['l'], index: 1, removed: 1, inserted: [] },
    ],
  ])('is refused when it %s', (_, value, change) => {
    expect(() => applyPatches(value, [[change]])).toThrow('The patch does not fit');
  });

  it('may put a hundred thousand items into a list', () => {
    const after = Array.from({ length: 200_000 }, (_, index) => index);
    expect(applyPatches([], [diff([], after)])).toEqual(after);
  });
});

it.each([
  ['a list', (items: readonly Value[]): Value[] => [...items]],
  ['a tuple', (items: readonly Value[]): Value[] => Tuple.from(items)],
])('splices many stretches of %s of 300 000 items in one patch', (_, make) => {
  const before = make(Array.from({ length: 300_000 }, (_item, at) => at));
  const expected = [...before];
  const patch = Array.from({ length: 200 }, (_item, at) => {
    const inserted = Array.from({ length: at % 4 }, () => -at);
    expected.splice(at * 1_000, 2, ...inserted);
    return { kind: 'spliced' as const, path: [], index: at * 1_000, removed: 2, inserted };
  });
  const after = applyPatches(before, [patch]);
  expect(sameValue(after, make(expected))).toBe(true);
  expect(sameValue(before, make(Array.from({ length: 300_000 }, (_item, at) => at)))).toBe(true);
  expect(sameValue(applyPatches(before, [diff(before, after)]), after)).toBe(true);
});

describe('valueAt', () => {
  it('finds what a path names and nothing else', () => {
    const root = { map: new Map<Value, Value>([[1n, ['x']]]), set: new Set(['m']) };
    expect(valueAt(root, ['map', { mapKey: 1n }, 0])).toEqual({ found: true, value: 'x' });
    expect(valueAt(root, ['set', { mapKey: 'm' }])).toEqual({ found: true, value: 'm' });
    expect(valueAt(root, ['map', { mapKey: 1 }])).toEqual({ found: false });
    expect(valueAt(root, ['toString'])).toEqual({ found: false });
  });
});

it('paths read like the language', () => {
  const path = ['bookings', { mapKey: 'Monday 09:15' }, 'tags', 0, 'odd key', { mapKey: 3n }];
  expect(formatPath(path)).toBe('bookings["Monday 09:15"].tags[0]["odd key"][3n]');
});

it('plain JSON is an object for a Map with text or number keys', () => {
  const value = { n: 1n, byId: new Map([[1, 'a']]), odd: new Map([[null, 1]]), set: new Set([1]) };
  expect(toPlainJson(value)).toEqual({ n: '1', byId: { 1: 'a' }, odd: [[null, 1]], set: [1] });
});

it('plain JSON is a list of pairs for a Map with keys that look the same', () => {
  const map = new Map<Value, Value>([
    [1, 'number'],
    ['1', 'text'],
    [2, Number.NaN],
  ]);
  expect(toPlainJson(map)).toEqual([
    [1, 'number'],
    ['1', 'text'],
    [2, 'NaN'],
  ]);
});

describe('a value whose parts are used in many places', () => {
  /** As many containers as there are levels, of which two to the power of that are written. */
  const sharing = (leaf: Value, levels = 40): Value => {
    let shared: Value = [leaf];
    for (let level = 0; level < levels; level += 1) shared = [shared, shared];
    return shared;
  };

  it('cannot be written, and the place is named', () => {
    const state = { title: 'shared', tree: sharing(1) };
    const message = 'more than 4 000 000 containers (path: tree), which no trace can hold. Parts';
    expect(() => encodeValue(state)).toThrow(message);
    expect(() => toPlainJson(state)).toThrow(message);
    expect(quoteValue(state)).toBe('a value too large to be written');
  });

  it('tells a number of any size from its text', () => {
    const given = { int: 10n, text: '10', list: [1, Number.NaN], map: new Map([[1n, 'a']]) };
    expect(quoteValue(given)).toBe('{"int":10n,"text":"10","list":[1,NaN],"map":[[1n,"a"]]}');
    expect(quoteValue(new Map([['alice', -5n]]))).toBe('{"alice":-5n}');
    expect(quoteValue([0, -0])).toBe('[0,-0]');
    expect(quoteValue({ a: undefined, b: new Set([null, true]) })).toBe('{"b":[null,true]}');
  });

  it('can be written while it is within the limit', () => {
    const value = sharing(1, 10);
    expect(decodeValue(encodeValue(value))).toEqual(value);
  });

  it('is compared, and digested, as often as it has different parts', () => {
    expect(sameValue(sharing(1), sharing(1))).toBe(true);
    expect(sameValue(sharing(1), sharing(2))).toBe(false);
    expect(sameValue(new Map([['a', sharing(1)]]), new Map([['a', sharing(1)]]))).toBe(true);
    expect(hashValue(freeze(sharing(1)))).toBe(hashValue(freeze(sharing(1))));
  });

  it('is diffed up to a limit, and replaced as a whole from there', () => {
    const [before, after] = [sharing(1, 19), sharing(2, 19)];
    const patch = diff(before, after);
    expect(patch.length).toBeLessThan(200_000);
    expect(sameValue(applyPatches(before, [patch]), after)).toBe(true);
    expect(diff(sharing(1), sharing(1))).toEqual([]);
  });
});
