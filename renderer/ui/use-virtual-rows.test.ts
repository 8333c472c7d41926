import { describe, expect, it } from 'vitest';
import { visibleIndexes } from './use-virtual-rows.ts';

describe('visibleIndexes', () => {
  it('stays within the existing rows', () => {
    expect(visibleIndexes({ first: -3, end: 2 }, 10, -1)).toEqual([0, 1]);
    expect(visibleIndexes({ first: 8, end: 20 }, 10, -1)).toEqual([8, 9]);
    expect(visibleIndexes({ first: 8, end: 20 }, 3, -1)).toEqual([]);
  });

  it('keeps one row that is out of view, in its place', () => {
    expect(visibleIndexes({ first: 5, end: 7 }, 10, 1)).toEqual([1, 5, 6]);
    expect(visibleIndexes({ first: 5, end: 7 }, 10, 9)).toEqual([5, 6, 9]);
    expect(visibleIndexes({ first: 5, end: 7 }, 10, 6)).toEqual([5, 6]);
    expect(visibleIndexes({ first: 5, end: 7 }, 10, 10)).toEqual([5, 6]);
  });
});
