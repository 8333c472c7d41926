import { expect, it } from 'vitest';
import { Recent } from './recent.ts';

it('makes room for a new item by forgetting the one that was kept longest ago', () => {
  const recent = new Recent<string, number>(2);
  recent.keep('a', 1);
  recent.keep('b', 2);
  recent.keep('a', 1);
  recent.keep('c', 3);
  expect(['a', 'b', 'c'].map((key) => recent.get(key))).toEqual([1, undefined, 3]);
});

it('forgets the items that meet a condition', () => {
  const recent = new Recent<string, number>(3);
  for (const [key, item] of Object.entries({ a: 1, b: 2, c: 3 })) recent.keep(key, item);
  recent.forget((item) => item !== 2);
  expect(['a', 'b', 'c'].map((key) => recent.has(key))).toEqual([false, true, false]);
});
