import { beforeEach, describe, expect, it } from 'vitest';
import { signatureOf } from '../../core/engine/signature.ts';
import { FAILED_SEEDS_MAX } from '../../core/sweep/mend.ts';
import type { SweepGroup, SweepReport } from '../../core/sweep/report.ts';
import { SEED_MAX } from '../../core/text/quantities.ts';
import { failedSeedsOf, newSeedsFrom } from './failed-seeds.ts';
import type { CauseInBrief, RunEntry, SweepEntry } from './model.ts';
import { session } from './store.ts';

const DESK = { kind: 'file', path: '/desk.ts' } as const;
const OTHER = { kind: 'file', path: '/other.ts' } as const;
const SETTINGS = { scenario: 'day', seed: '7', operationsMax: 60, faults: 'none' };

const cause = (name: string, source = ''): CauseInBrief => ({
  kind: 'invariant',
  name,
  message: `${name} is broken`,
  signature: signatureOf({
    kind: 'invariant',
    name,
    message: '',
    shape: 'input x',
    stepIndex: 0,
    source,
  }),
});

let ids = 0;

function run(seed: string, failures: readonly CauseInBrief[], more: Partial<RunEntry> = {}) {
  ids += 1;
  const settings = { ...SETTINGS, seed };
  const origin = { kind: 'machine', machine: DESK, settings } as const;
  return { id: `run-${ids}`, origin, status: 'waiting', steps: 0, failures, ...more } as const;
}

function sweep(
  from: string,
  count: number,
  found: readonly (CauseInBrief &
    Pick<SweepGroup, 'seed' | 'failing'> & { readonly count?: number })[],
) {
  ids += 1;
  const { seed: _, ...rest } = SETTINGS;
  const groups = found.map((one) => ({ count: 1, ...one, stepIndex: 1, operations: 1, shape: '' }));
  return {
    id: `sweep-${ids}`,
    machine: DESK,
    settings: { ...rest, from, count },
    status: 'completed',
    report: { groups } as unknown as SweepReport,
  } satisfies SweepEntry;
}

beforeEach(() => session.setState(session.getInitialState(), true));

const seedsOf = (state: { runs: readonly RunEntry[]; sweeps: readonly SweepEntry[] }) =>
  failedSeedsOf(state, DESK, undefined, {}).failed.map(({ seed, name }) => `${seed} ${name}`);

describe('the seeds that failed', () => {
  it('are those of runs and sweeps of the machine, each once for a cause', () => {
    const runs = [
      run('7', [cause('a'), cause('b')]),
      run('8', []),
      run('7', [cause('a', 'x:1:1')]),
    ];
    const sweeps = [
      sweep('0', 200, [{ ...cause('a'), seed: '7', failing: ['7', '9'] }]),
      sweep('0', 200, [{ ...cause('a'), seed: '9' }]),
    ];
    expect(seedsOf({ runs, sweeps })).toEqual(['7 a', '7 b', '9 a']);
    expect(failedSeedsOf({ runs, sweeps }, OTHER, undefined, {}).failed).toEqual([]);
  });

  it('have what it takes to run them again', () => {
    const runs = [run('7', [cause('a')])];
    expect(failedSeedsOf({ runs, sweeps: [] }, DESK, undefined, {})).toEqual({
      failed: [{ ...SETTINGS, ...cause('a') }],
      leftOut: 0,
    });
  });

  it('are of no fork, which has no seed, and of no other inputs', () => {
    const settings = { ...SETTINGS, inputs: '/inputs.jsonl' };
    const fork = {
      kind: 'fork',
      machine: DESK,
      settings: SETTINGS,
      parentId: 'x',
      fork: '',
    } as const;
    const runs = [
      run('1', [cause('a')], { origin: fork }),
      run('2', [cause('a')], { origin: { kind: 'machine', machine: DESK, settings } }),
    ];
    expect(seedsOf({ runs, sweeps: [] })).toEqual([]);
    expect(failedSeedsOf({ runs, sweeps: [] }, DESK, '/inputs.jsonl', {}).failed).toHaveLength(1);
  });

  it('are the seed of a shrunk run, for the cause that it was shrunk to', () => {
    const { signature } = cause('a');
    const origin = { kind: 'shrunk', machine: DESK, settings: SETTINGS, signature } as const;
    expect(seedsOf({ runs: [run('7', [cause('b'), cause('a')], { origin })], sweeps: [] })).toEqual(
      ['7 a'],
    );
  });

  it('include those that were tried in another sweep, since they may fail again', () => {
    const failed = [{ ...SETTINGS, ...cause('a') }];
    const asked = sweep('8', 10, []);
    const mend = { oneIn: 1_000, confidencePercent: 95, failed };
    const sweeps = [{ ...asked, settings: { ...asked.settings, mend } }];
    expect(seedsOf({ runs: [], sweeps })).toEqual(['7 a']);
  });
});

describe('the seeds that failed for a cause', () => {
  const sweptSeeds = (name: string, count: number) => {
    const failing = Array.from({ length: count }, (_, at) => String(at));
    return sweep('0', count, [{ ...cause(name), seed: '0', failing }]);
  };

  it('are all tried, however many failed for another one', () => {
    const sweeps = [sweptSeeds('a', FAILED_SEEDS_MAX), sweptSeeds('b', 2)];
    const until = { causes: [cause('b').signature] };
    const { failed, leftOut } = failedSeedsOf({ runs: [], sweeps }, DESK, undefined, until);
    expect(failed.map(({ seed, name }) => `${seed} ${name}`)).toEqual(['0 b', '1 b']);
    expect(leftOut).toBe(0);
  });

  it('are counted when they are more than are tried', () => {
    const sweeps = [sweptSeeds('a', FAILED_SEEDS_MAX + 3)];
    const { failed, leftOut } = failedSeedsOf({ runs: [], sweeps }, DESK, undefined, {});
    expect([failed.length, leftOut]).toEqual([FAILED_SEEDS_MAX, 3]);
  });
});

describe('seeds that a sweep counts, but does not list', () => {
  it('are reported as left out', () => {
    const [one, another] = [200, 150].map((count) => ({
      ...cause('a'),
      seed: '0',
      count,
      failing: ['0', '1'],
    }));
    const sweeps = [sweep('0', 200, one ? [one] : []), sweep('500', 200, another ? [another] : [])];
    const { failed, leftOut } = failedSeedsOf({ runs: [], sweeps }, DESK, undefined, {});
    expect([failed.length, leftOut]).toEqual([2, 198]);
    const until = { causes: [cause('b').signature] };
    expect(failedSeedsOf({ runs: [], sweeps }, DESK, undefined, until).leftOut).toBe(0);
  });
});

describe('new seeds', () => {
  it('come after all that were run', () => {
    const state = { runs: [run('7', [])], sweeps: [sweep('100', 200, [])] };
    expect(newSeedsFrom(state, DESK, 1_000)).toBe('300');
    expect(newSeedsFrom(state, OTHER, 1_000)).toBe('0');
  });

  it('are small ones where there is no room after a large seed', () => {
    const runs = [run(String(SEED_MAX - 3n), []), run('4', [])];
    expect(newSeedsFrom({ runs, sweeps: [] }, DESK, 1_000)).toBe('5');
    expect(newSeedsFrom({ runs, sweeps: [] }, DESK, 2)).toBe(String(SEED_MAX - 2n));
  });
});
