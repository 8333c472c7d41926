import { describe, expect, it } from 'vitest';
import type { TriedRegression } from '../../core/sweep/report.ts';
import * as words from './mend-words.ts';
import type { MendStanding } from './mend-words.ts';

const plain = (text: string) => text.replaceAll('\u202f', ' ');
const describeMend = (standing: MendStanding) => plain(words.describeMend(standing));
const briefOfMend = (standing: MendStanding) => plain(words.briefOfMend(standing));

const SIGNATURE = JSON.stringify(['invariant', 'n is small', 'normal x', '']);
const CLAIM = { oneIn: 1_000, confidencePercent: 95 };
const TRIED: TriedRegression = {
  seed: '4',
  kind: 'invariant',
  name: 'n is small',
  message: 'n is 7',
  signature: SIGNATURE,
  fails: false,
};
const MENDED: MendStanding = {
  mend: { ...CLAIM, failed: [], causes: [SIGNATURE] },
  verdict: { kind: 'mended', claim: CLAIM },
  status: 'completed',
  seeds: 2_995,
  seedsMax: 2_995,
  failedLeft: 0,
  tried: [TRIED, TRIED],
};

describe('what a sweep says of a mend', () => {
  it('is the claim and the number of runs that it took', () => {
    expect(describeMend(MENDED)).toBe(
      'With 95 % confidence, fewer than 1 in 1 000 seeds fail with “n is small”. ' +
        'That took 2 997 runs: 2 seeds that had failed and 2 995 new ones.',
    );
    expect(briefOfMend(MENDED)).toBe('mended: fewer than 1 in 1 000 fail');
  });

  it('names the seeds that could not be tried', () => {
    const untried = { ...TRIED, untried: 'the scenario "week" no longer exists' };
    expect(describeMend({ ...MENDED, tried: [TRIED, untried] })).toContain(
      'That took 2 996 runs: 1 seed that had failed and 2 995 new ones. ' +
        '1 seed that had failed was not tried: the scenario "week" no longer exists.',
    );
  });

  it('says how many seeds that had failed were not among those that are tried', () => {
    const mend = { ...MENDED.mend, leftOut: 500 };
    expect(describeMend({ ...MENDED, mend })).toMatch(
      / 500 more seeds that failed are left out: a sweep lists 100 of a cause, and at most 1 000 are tried again\.$/,
    );
  });

  it('names the seed that fails', () => {
    const failing = { seed: '4', name: 'n is small', message: '', faults: 'chaos', isKnown: true };
    const standing: MendStanding = {
      ...MENDED,
      verdict: { kind: 'fails', failing },
      seeds: 0,
      tried: [TRIED],
    };
    expect(describeMend(standing)).toBe(
      'Seed 4 (chaos) still fails with “n is small”. That took 1 run: 1 seed that had failed and 0 new ones.',
    );
    expect(briefOfMend(standing)).toBe('not mended: seed 4 fails');
  });

  it('is what is known so far while it goes on, and when it was stopped', () => {
    const claim = { oneIn: 400, confidencePercent: 95 };
    const undecided: MendStanding = {
      ...MENDED,
      verdict: { kind: 'undecided', claim },
      status: 'running',
      seeds: 1_200,
      tried: undefined,
    };
    const sofar = 'So far: with 95 % confidence, fewer than 1 in 400 seeds fail with “n is small”.';
    expect(describeMend(undecided)).toBe(`1 200 of 2 995 new seeds passed. ${sofar}`);
    expect(describeMend({ ...undecided, status: 'cancelled' })).toBe(
      `It ended after 1 200 of 2 995 new seeds. ${sofar}`,
    );
    expect(
      describeMend({ ...undecided, verdict: { kind: 'undecided' }, seeds: 0, failedLeft: 3 }),
    ).toBe('The seeds that failed are tried first: 3 left.');
  });
});

it('says what counts as a failure', () => {
  expect(words.withCauses({})).toBe('');
  expect(words.withCauses({ causes: [SIGNATURE, SIGNATURE] })).toBe(' with one of 2 causes');
});
