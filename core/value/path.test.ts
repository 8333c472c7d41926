import { describe, expect, it } from 'vitest';
import { entryOf, formatKey, formatPath } from './path.ts';
import { Tuple } from './tuple.ts';
import type { Value } from './value.ts';

describe('a key as text', () => {
  it.each<[Value, string]>([
    [[1, 2], '[1,2]'],
    [Tuple.of<Value>(1, 2), '(1,2)'],
    [new Set([1, 2]), 'Set {1,2}'],
    [new Map([[1, 2]]), 'Map {1:2}'],
    [{ 1: 2 }, '{"1":2}'],
    [[1n, 'a', null, undefined], '[1n,"a",null,undefined]'],
    [{ at: Tuple.of<Value>([1], new Set()) }, '{"at":([1],Set {})}'],
    ['a', '"a"'],
    [5n, '5n'],
  ])('is written so that its kind is seen: %#', (key, text) => {
    expect(formatKey(key)).toBe(text);
  });

  it('tells places apart that lists, tuples and Sets lead to', () => {
    const keys = [[1, 2], Tuple.of<Value>(1, 2), new Set([1, 2])];
    expect(keys.map((mapKey) => formatPath(['m', { mapKey }]))).toEqual([
      'm[[1,2]]',
      'm[(1,2)]',
      'm[Set {1,2}]',
    ]);
  });
});

describe('the entry that a path leads into', () => {
  it('ends with the first entry of a container, or with the second name', () => {
    const hold = { mapKey: 3 };
    expect(entryOf(['holds', hold, 'status'])).toEqual(['holds', hold]);
    expect(entryOf(['day', 'holds', hold, 'status'])).toEqual(['day', 'holds', hold]);
    expect(entryOf([hold, 'status'])).toEqual([hold]);
    expect(entryOf(['settings', 'theme', 'dark'])).toEqual(['settings', 'theme']);
    expect(entryOf(['log', 7, 'text'])).toEqual(['log', 7]);
  });
});
