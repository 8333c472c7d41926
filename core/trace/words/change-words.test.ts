import { describe, expect, it } from 'vitest';
import { diff } from '../../value/diff.ts';
import type { Change } from '../../value/patch.ts';
import { Tuple } from '../../value/tuple.ts';
import { describePatch } from './change-words.ts';

it.each<[Change, string]>([
  [
    { kind: 'added', path: ['rooms', { mapKey: 'A' }], value: new Set([1]) },
    '+ rooms["A"]: Set {1}',
  ],
  [{ kind: 'added', path: ['u'], value: undefined }, '+ u: undefined'],
  [{ kind: 'changed', path: ['coins'], value: 3 }, '± coins: 3'],
  [{ kind: 'changed', path: ['coins'], value: 3n }, '± coins: 3n'],
  [{ kind: 'removed', path: ['log', 2] }, '− log[2]'],
  [
    { kind: 'spliced', path: ['log'], index: 1, removed: 2, inserted: ['a', 'b'] },
    '± log[1] to [2] → "a", "b"',
  ],
  [{ kind: 'spliced', path: ['log'], index: 0, removed: 0, inserted: [true] }, '+ log[0]: true'],
  [{ kind: 'spliced', path: ['log'], index: 4, removed: 1, inserted: [] }, '− log[4]'],
])('describes a change in a line: %#', (change, line) => {
  expect(describePatch([change])).toEqual([line]);
});

describe('with the state before', () => {
  it('says what gave way', () => {
    const before = { coins: 2, log: ['a'] };
    const patch: Change[] = [
      { kind: 'changed', path: ['coins'], value: 3 },
      { kind: 'added', path: ['by'], value: 'b' },
    ];
    expect(describePatch(patch, before)).toEqual(['± coins: 2 → 3', '+ by: "b"']);
  });

  it('writes no change as if there were none', () => {
    const values = [0, -0, 0n, '0', false, null, undefined, [2, 1], new Tuple(2, 1)];
    const all = [...values, new Set([2, 1]), new Map([['a', 1]]), { a: 1 }];
    for (const one of all) {
      for (const other of all) {
        if (one === other && Object.is(one, other)) continue;
        const [line = ''] = describePatch([{ kind: 'changed', path: ['v'], value: other }], {
          v: one,
        });
        const [was, now] = line.slice('± v: '.length).split(' → ');
        expect(was).not.toBe(now);
      }
    }
  });

  it('names the items of a list by the places that they had, and have', () => {
    const items = Array.from({ length: 40 }, (_, at) => BigInt(at));
    const moved = [...items.slice(0, 20), ...items.slice(39), ...items.slice(20, 39)];
    const patch = diff({ l: items }, { l: moved });
    expect(describePatch(patch, { l: items })).toEqual(['+ l[20]: 39n', '− l[39]']);
  });
});
