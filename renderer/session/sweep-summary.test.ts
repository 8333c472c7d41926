import { describe, expect, it } from 'vitest';
import { requirementOf } from '../../core/sweep/minimal-run.ts';
import type { SweepEntry } from './model.ts';
import { describeFound, describeShrinking, describeSweep, summaryOf } from './sweep-summary.ts';

const SWEEP: SweepEntry = {
  id: 'sweep',
  machine: { kind: 'sample', name: 'dentist-booking' },
  settings: { scenario: 'mixed', operationsMax: 500, faults: 'none', from: '0', count: 200 },
  status: 'running',
};
const PROGRESS = {
  elapsedMs: 1_500,
  seeds: 50,
  steps: 30_000,
  stepsPerSecond: 20_000,
  groups: [],
  unfinished: 0,
  broken: [],
  brokenMore: 0,
};

describe('summaryOf', () => {
  it('has the share of the seeds, or of the time', () => {
    expect(summaryOf(SWEEP)).toMatchObject({ seeds: 0, seedsMax: 200, fraction: 0 });
    expect(summaryOf({ ...SWEEP, progress: PROGRESS }).fraction).toBe(0.25);
    const { count: _, ...rest } = SWEEP.settings;
    const timed = { ...SWEEP, settings: { ...rest, timeBudgetMs: 2_000 }, progress: PROGRESS };
    expect(summaryOf(timed).fraction).toBe(0.75);
    expect(summaryOf(timed)).not.toHaveProperty('seedsMax');
  });

  it('keeps the last progress of a sweep that ended without a report', () => {
    const ended = summaryOf({ ...SWEEP, progress: PROGRESS, status: 'cancelled' });
    expect(ended).toMatchObject({ seeds: 50, fraction: 0.25 });
  });

  it('is complete at the end, even a little after its time', () => {
    expect(summaryOf({ ...SWEEP, progress: PROGRESS, status: 'completed' }).fraction).toBe(1);
  });
});

it('describes the findings', () => {
  const broken = [{ seed: '3', reason: 'it hung' }];
  const many = { ...PROGRESS, broken, brokenMore: 299 };
  const texts = [PROGRESS, { ...PROGRESS, broken }, many].map((progress) =>
    describeFound(summaryOf({ ...SWEEP, progress })),
  );
  expect(texts).toEqual(['no findings', '1 broken seed', '300 broken seeds']);
});

it('says that fewer causes are left after shrinking', () => {
  const finding = { kind: 'rule', message: '', shape: 'input Book' } as const;
  const at = { count: 1, seed: '0', stepIndex: 0, operations: 1 };
  const pattern = ['request', 'request'].map((what) => ({ what, actions: [] }));
  const minimal = {
    seed: '0',
    stepIndex: 0,
    steps: 1,
    sentences: [],
    pattern,
    breaks: ['a', 'b'].map((name) => requirementOf({ kind: 'rule', name })),
  };
  const groups = ['a', 'b'].map((name) => ({ ...finding, ...at, name, signature: name }));
  const told = (sweep: SweepEntry) => describeShrinking(sweep, summaryOf(sweep));
  const running = { ...SWEEP, progress: { ...PROGRESS, groups } };
  expect(told(running)).toBe('before shrinking');
  expect(told({ ...running, status: 'completed' })).toBeUndefined();
  const shrunk = groups.map((group) => ({ ...group, minima: [minimal] }));
  const ended = {
    ...SWEEP,
    status: 'completed',
    progress: { ...PROGRESS, groups: shrunk },
  } as const;
  expect(summaryOf(ended).causes).toHaveLength(1);
  expect(told(ended)).toBe('from 2 before shrinking');
});

it('describes the sweep', () => {
  expect(describeSweep(SWEEP)).toBe('mixed · 500 operations · no faults · seeds 0 to 199');
});
