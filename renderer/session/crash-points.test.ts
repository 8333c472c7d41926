import { describe, expect, it } from 'vitest';
import type { CrashVerdictInBrief } from '../../core/trace/words/judged.ts';
import { failingBeside, verdictsAt } from './crash-points.ts';

const point = (
  stepIndex: number,
  verdict: CrashVerdictInBrief['verdict'],
  dispatched?: number,
): CrashVerdictInBrief => ({
  stepIndex,
  verdict,
  findings: [],
  ...(dispatched === undefined ? {} : { dispatched }),
});

const VERDICTS = [
  point(0, 'fine'),
  point(0, 'fails', 0),
  point(3, 'fine'),
  point(3, 'failsAnyway', 0),
  point(7, 'fine'),
  point(7, 'fails', 0),
  point(7, 'fails', 1),
];

describe('crash points', () => {
  it('are found by their step', () => {
    expect(verdictsAt(VERDICTS, 7)).toEqual(VERDICTS.slice(4));
    expect(verdictsAt(VERDICTS, 5)).toEqual([]);
  });

  it('that fail because of the crash are gone to, on either side', () => {
    expect(failingBeside(VERDICTS, -1, 'next')).toBe(0);
    expect(failingBeside(VERDICTS, 0, 'next')).toBe(7);
    expect(failingBeside(VERDICTS, 7, 'next')).toBeUndefined();
    expect(failingBeside(VERDICTS, 7, 'previous')).toBe(0);
    expect(failingBeside(VERDICTS, 0, 'previous')).toBeUndefined();
  });
});
