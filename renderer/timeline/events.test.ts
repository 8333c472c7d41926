import { describe, expect, it } from 'vitest';
import {
  book,
  crash,
  doubled,
  lost,
  paid,
  traceOf,
  withFault,
} from '../../core/test-helpers/test-desk.ts';
import { backAt, MarkIndex } from './events.ts';

const trace = traceOf([
  book('A'),
  lost(1),
  ...crash(0),
  withFault(book('B'), { kind: 'crashBeforeCommit' }),
  { kind: 'crash', dispatched: 0 },
  withFault({ kind: 'restore' }, { kind: 'crashAtAccess', access: 0 }),
  ...crash(0),
  paid(1),
  doubled(1),
  { kind: 'settled' },
]);

describe('MarkIndex', () => {
  const index = new MarkIndex();
  index.extend(5, (stepIndex) => trace.glance(stepIndex));
  index.extend(trace.length, (stepIndex) => trace.glance(stepIndex));

  it('knows the steps with a mark in a range', () => {
    expect(index.stepsIn(0, trace.length)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 10, 11]);
    expect(index.stepsIn(3.5, 6.5)).toEqual([3, 4, 5, 6]);
  });

  it('counts each kind', () => {
    expect(index.count('loss')).toBe(1);
    expect(index.count('died')).toBe(1);
    expect(index.count('crash')).toBe(3);
    expect(index.count('restore')).toBe(2);
    expect(index.count('restoreFailed')).toBe(1);
    expect(index.count('duplicate')).toBe(1);
    expect(index.count('settled')).toBe(1);
    expect(index.count('storage')).toBe(0);
  });
});

describe('backAt', () => {
  it('is the end of the restore that succeeded, or of the failed one before the next crash', () => {
    expect(backAt(trace, 2)).toBe(4);
    expect(backAt(trace, 5)).toBe(7);
    expect(backAt(trace, 7)).toBe(9);
  });

  it('is the end of a trace that stops with the crash', () => {
    const cut = traceOf([book('A'), { kind: 'crash', dispatched: 1 }]);
    expect(backAt(cut, 1)).toBe(2);
  });
});
