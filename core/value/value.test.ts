import { describe, expect, it } from 'vitest';
import { valueAt } from './container.ts';
import { diff } from './diff.ts';
import { decodeValue, encodeValue } from './encoding.ts';
import { hashValue } from './hash.ts';
import { applyPatches } from './patch.ts';
import { formatPath } from './path.ts';
import { freeze, freezeOnce, quoteValue, sameValue, toPlainJson, type Value } from './value.ts';

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
