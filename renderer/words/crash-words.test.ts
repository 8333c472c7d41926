import { describe, expect, it } from 'vitest';
import { summarizeCrashes } from './crash-words.ts';

describe('the summary of a run that crashed everywhere', () => {
  const ended = { status: 'completed', count: 3, fails: 0, anyway: 0, steps: 2 } as const;

  it.each([
    [ended, 'It recovers from a crash at all 3 crash points.'],
    [{ ...ended, count: 1 }, 'It recovers from a crash at its only crash point.'],
    [{ ...ended, fails: 1 }, '1 of 3 crash points fails because of the crash.'],
    [
      { ...ended, anyway: 2 },
      'No crash adds a finding. At 2 of 3 crash points, the run fails without the crash, too.',
    ],
    [
      { ...ended, count: 0, status: 'cancelled' as const },
      'No step of this run has a point at which the machine could crash. Stopped: later steps were not tried.',
    ],
    [{ ...ended, status: 'running' as const }, '3 crash points in 2 of 9 steps, 0 fail'],
  ])('%j', (crashed, words) => {
    expect(summarizeCrashes(crashed, 9)).toBe(words);
  });
});
