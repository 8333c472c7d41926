import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { values } from '../test-helpers/test-values.ts';
import { diff } from './diff.ts';
import { decodeValue, encodeValue } from './encoding.ts';
import { hashValue } from './hash.ts';
import { applyPatches, type Change, type Patch } from './patch.ts';
import { Tuple } from './tuple.ts';
import { freeze, sameValue, type Value } from './value.ts';

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
        // A patch is plain data, and comes back as what it was.
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
