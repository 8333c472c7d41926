import { describe, expect, it } from 'vitest';
import {
  book,
  crash,
  doubled,
  extend,
  lost,
  paid,
  traceOf,
  withFault,
} from '../../core/test-helpers/test-desk.ts';
import { findCrash, isOtherFault, isRejected } from './navigation.ts';

const trace = traceOf([
  book('A'),
  ...crash(1),
  withFault(book('B'), { kind: 'crashBeforeCommit' }),
  ...crash(0),
  extend('nowhere'),
  withFault(book('C'), { kind: 'commitFails' }),
  withFault(book('C'), { kind: 'actionRefused', action: 0 }),
  lost(1),
  paid(1),
  doubled(1),
]);

describe('findCrash', () => {
  it('stops once for each crash, inside the step if the process died there', () => {
    expect(findCrash(trace, -1, 'next')).toBe(1);
    expect(findCrash(trace, 1, 'next')).toBe(3);
    expect(findCrash(trace, 3, 'next')).toBeUndefined();
    expect(findCrash(trace, trace.length - 1, 'previous')).toBe(3);
    expect(findCrash(trace, 3, 'previous')).toBe(1);
    expect(findCrash(trace, 1, 'previous')).toBeUndefined();
  });
});

describe('what can be jumped to', () => {
  const stepsWith = (isWanted: typeof isRejected) =>
    Array.from({ length: trace.length }, (_, at) => at).filter((at) => isWanted(trace.glance(at)));

  it('faults other than crashes', () => {
    expect(stepsWith(isOtherFault)).toEqual([7, 8, 9, 11]);
  });

  it('rejections of the machine, not those of a fault', () => {
    expect(stepsWith(isRejected)).toEqual([6]);
  });
});
