import { describe, expect, it } from 'vitest';
import { signatureOf } from '../engine/signature.ts';
import { countsAsFailure, verdictOfMend, type Mend } from './mend.ts';
import type { SweepGroup, TriedRegression } from './report.ts';

const MEND: Mend = { oneIn: 1_000, confidencePercent: 95, failed: [] };
const NOTHING = { seeds: 0, groups: [], broken: [], regressions: [] };

const signature = (name: string, source = '') =>
  signatureOf({ kind: 'invariant', name, message: '', shape: 'normal x', stepIndex: 0, source });

const group = (name: string, seed: string): SweepGroup => ({
  kind: 'invariant',
  name,
  message: `${name} is broken`,
  count: 1,
  seed,
  stepIndex: 3,
  operations: 4,
  shape: 'normal x',
  signature: signature(name),
});

const tried = (name: string, seed: string, fails: boolean): TriedRegression => ({
  scenario: 'week',
  faults: 'chaos',
  seed,
  kind: 'invariant',
  name,
  message: `${name} is broken`,
  signature: signature(name, 'machine.ts:4:1'),
  fails,
  ...(fails ? { stepIndex: 7 } : {}),
});

describe('a machine', () => {
  it('is mended once as many seeds have passed as the claim takes, and not one fewer', () => {
    const verdictAfter = (seeds: number) => verdictOfMend(MEND, { ...NOTHING, seeds });
    const { oneIn, confidencePercent } = MEND;
    expect(verdictAfter(2_995)).toEqual({ kind: 'mended', claim: { oneIn, confidencePercent } });
    expect(verdictAfter(2_994)).toEqual({
      kind: 'undecided',
      claim: { oneIn: 999, confidencePercent },
    });
    expect(verdictAfter(0)).toEqual({ kind: 'undecided' });
  });

  it('is not mended if a seed that had failed still does, whatever else fails', () => {
    const regressions = [tried('a', '9', false), tried('b', '8', true)];
    const verdict = verdictOfMend(MEND, {
      ...NOTHING,
      seeds: 5_000,
      groups: [group('c', '2')],
      regressions,
    });
    expect(verdict).toMatchObject({
      kind: 'fails',
      failing: { seed: '8', name: 'b', scenario: 'week', faults: 'chaos', isKnown: true },
    });
  });

  it('is not mended if a new seed fails: the smallest one is named', () => {
    const groups = [group('a', '12'), group('b', '9')];
    const verdict = verdictOfMend(MEND, { ...NOTHING, seeds: 5_000, groups });
    expect(verdict).toMatchObject({ kind: 'fails', failing: { seed: '9', isKnown: false } });
  });

  it('is mended although another cause fails that was not asked about', () => {
    const mend = { ...MEND, causes: [signature('a')] };
    const swept = { ...NOTHING, seeds: 2_995, regressions: [tried('b', '8', true)] };
    const other = verdictOfMend(mend, { ...swept, groups: [group('c', '2')] });
    expect(other.kind).toBe('mended');
    expect(verdictOfMend(mend, { ...swept, groups: [group('a', '2')] }).kind).toBe('fails');
  });

  it('is not mended if a seed breaks it', () => {
    const broken = [{ seed: '4', reason: 'it ended its own thread' }];
    expect(verdictOfMend({ ...MEND, causes: [] }, { ...NOTHING, broken })).toMatchObject({
      kind: 'fails',
      failing: { seed: '4', message: 'it ended its own thread' },
    });
  });
});

it('recognizes a cause that an edit has moved in the source', () => {
  const causes = [signature('a', 'machine.ts:4:1')];
  expect(countsAsFailure({ causes }, signature('a', 'machine.ts:9:1'))).toBe(true);
  expect(countsAsFailure({ causes }, signature('b', 'machine.ts:4:1'))).toBe(false);
});
