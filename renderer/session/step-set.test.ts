import { describe, expect, it } from 'vitest';
import { StepSet } from './step-set.ts';

describe('a set of steps', () => {
  it('tells which steps it has, and where', () => {
    const set = StepSet.EMPTY.with([2, 5, 9]);
    expect(set.length).toBe(3);
    expect(set.at(1)).toBe(5);
    expect([1, 2, 5, 6, 9, 10].map((step) => set.indexOf(step))).toEqual([-1, 0, 1, -1, 2, -1]);
    expect([0, 2, 3, 9, 10].map((step) => set.countBefore(step))).toEqual([0, 0, 1, 2, 3]);
    expect(() => set.at(3)).toThrow(RangeError);
  });

  it('grows at its end, and leaves the smaller set as it was', () => {
    const small = StepSet.EMPTY.with([1]);
    const large = small.with(Array.from({ length: 5000 }, (_, at) => at + 2));
    expect([small.length, large.length]).toEqual([1, 5001]);
    expect(small.indexOf(2)).toBe(-1);
    expect(large.indexOf(5001)).toBe(5000);
    expect(StepSet.EMPTY.length).toBe(0);
  });
});
