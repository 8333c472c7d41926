import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SWEEP_SAMPLING } from '../../engine/check-plan.ts';
import { ChaCha8Rng } from '../../random/chacha8-rng.ts';
import { SEED_MAX } from '../../random/seed.ts';
import { mergeReports, type SweepReport } from '../../sweep/report.ts';
import { checkSeed } from '../../sweep/seed-check.ts';
import { findFaultProfile, findScenario, loadMachine } from '../machine-loader.ts';
import { PACKAGE_ROOT } from '../package-root.ts';
import { pathOfMachine } from '../samples.ts';
import { SweepPool, type SweepPlan } from './pool.ts';
import { startSweep } from './sweep.ts';

// Each sweep starts threads, and one that hangs is waited for.
vi.setConfig({ testTimeout: 40_000 });

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-sweep-'));
  // Brings the bundle of the threads up to date.
  const command = join(PACKAGE_ROOT, 'electron/tasks/phasmoscope.mjs');
  await promisify(execFile)(process.execPath, [command, '--help']);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true }));

/** What the scenario of a machine file draws first, which tells seeds apart there. */
const firstDraw = (seed: bigint) => ChaCha8Rng.seedFromU64(seed).genRange('u32', 0, 1_000_000_000);

let files = 0;

/**
 * A machine that fails at every third input, by an invariant.
 *
 * @param trap runs when a seed begins; `first` is what was drawn first.
 */
function machineFile({ trap = '', stf = '', sometimes = '{}' } = {}): string {
  files += 1;
  const path = join(folder, `machine-${files}.ts`);
  writeFileSync(
    path,
    `import { ok } from 'phasmoscope';
    export const machine: any = {
      name: 'small', description: '', initialState: () => ({ n: 0 }),
      stf(state: any, input: any) {
        ${stf}
        state.update((draft: any) => { draft.n += input.input; });
        return ok();
      },
      restore: () => ok(),
      invariants: { 'n is no 7': ({ n }: any) => n !== 7, 'n is no 11': ({ n }: any) => n !== 11 },
    };
    export const scenarios: any = [{
      name: 's', description: '', defaults: { seed: '1', operations: 6 },
      start(random: any) {
        const first = random.genRange('u32', 0, 1_000_000_000);
        ${trap}
        return {
          next: () => ({ kind: 'input', input: random.genRange('u32', 1, 4) }),
          observe() {}, tallies: () => ({}), sometimes: () => (${sometimes}),
        };
      },
    }];`,
  );
  return path;
}

function planOf(path: string, changes: Partial<SweepPlan> = {}): SweepPlan {
  return {
    path,
    settings: { scenario: 's', operationsMax: 6, faults: 'none', sampling: SWEEP_SAMPLING },
    from: 0n,
    count: 20,
    workers: 1,
    shard: { index: 1, total: 1 },
    ...changes,
  };
}

async function sweep(path: string, changes: Partial<SweepPlan> = {}): Promise<SweepReport> {
  return startSweep(await loadMachine(path), planOf(path, changes)).report;
}

/** What does not depend on how long it took. */
const timeless = ({ seconds: _, stepsPerSecond: __, shards: ___, ...rest }: SweepReport) => rest;

describe('a sweep', () => {
  it('finds what the same seeds find in this process', async () => {
    const path = pathOfMachine({ kind: 'sample', name: 'dentist-booking' });
    const loaded = await loadMachine(path);
    const { machine, guard, locate } = loaded;
    const scenario = findScenario(loaded, undefined);
    for (const faults of ['none', 'chaos']) {
      const settings = {
        scenario: scenario.name,
        operationsMax: 150,
        faults,
        sampling: SWEEP_SAMPLING,
      };
      const { groups, steps, operations, checks, sometimes } = await sweep(path, {
        settings,
        from: 3n,
        count: 1,
      });
      const own = await checkSeed(
        {
          machine,
          guard,
          sampling: SWEEP_SAMPLING,
          settings: {
            scenario,
            operationsMax: 150,
            faults: findFaultProfile(loaded, faults),
            locate,
          },
        },
        3n,
        () => true,
        () => true,
      );
      expect(groups).toEqual(own?.groups.toSorted((a, b) => a.stepIndex - b.stepIndex));
      expect({ steps, operations }).toEqual({ steps: own?.steps, operations: own?.operations });
      expect(checks).toMatchObject({ ...own?.checks });
      expect(Object.fromEntries(sometimes.map(({ name, seeds }) => [name, seeds]))).toEqual(
        own?.sometimes,
      );
    }
  });

  it('is the sum of its shards, however many threads there are', async () => {
    const path = machineFile();
    const shardOf = (index: number) => sweep(path, { count: 37, shard: { index, total: 2 } });
    const [one, two] = [await shardOf(1), await shardOf(2)];
    const whole = await sweep(path, { count: 37, workers: 2 });
    expect(timeless(mergeReports([two, one]))).toEqual(timeless(whole));
    expect(whole.seeds).toBe(37);
  });

  it('says what was passed over, and what was never reached', async () => {
    const sometimes = "{ 'an even first draw': first % 2 === 0, 'a miracle': false }";
    const report = await sweep(machineFile({ sometimes }), {
      settings: {
        scenario: 's',
        operationsMax: 6,
        faults: 'none',
        sampling: { invariantsEvery: 3, rulesEvery: 2 },
      },
    });
    expect(report.checks).toMatchObject({ invariantsEvery: 3, rulesEvery: 2 });
    expect(report.checks.rules.determinism).toBe(20 * 3);
    expect(report.checks.skipped).toBeGreaterThan(report.checks.evaluated);
    expect(report.sometimes.find(({ name }) => name === 'a miracle')).toEqual({
      name: 'a miracle',
      reached: false,
      seeds: 0,
    });
    const even = Array.from({ length: 20 }, (_, seed) => firstDraw(BigInt(seed))).filter(
      (drawn) => drawn % 2 === 0,
    );
    expect(report.sometimes[0]).toMatchObject({ reached: true, seeds: even.length });
  });

  it('takes no seed beyond the largest', async () => {
    const report = await sweep(machineFile(), { from: SEED_MAX - 2n, count: 20 });
    expect(report).toMatchObject({ seeds: 3, broken: [] });
  });

  it('says why a machine cannot be loaded', async () => {
    const path = machineFile();
    const loaded = await loadMachine(path);
    writeFileSync(path, 'throw new Error("no luck");');
    await expect(startSweep(loaded, planOf(path)).report).rejects.toThrow('no luck');
  });
});

describe.concurrent.each([
  ['hangs', 'for (;;);', 'it did not come on for 5 seconds'],
  ['ends its thread', 'process.exit(0);', 'it ended its own thread'],
  [
    'leaves a rejection behind',
    "void Promise.reject(new Error('lost'));",
    'it broke its thread: Error: lost',
  ],
])('a seed that %s', (_, deed, reason) => {
  it('is named, and all others are counted once', async () => {
    const path = machineFile({ trap: `if (first === ${firstDraw(7n)}) { ${deed} }` });
    const report = await sweep(path);
    expect(report.broken).toEqual([{ seed: '7', reason: `The machine is to blame: ${reason}.` }]);
    expect(report.seeds).toBe(19);
    expect(report.steps).toBe(19 * 6);
    expect(report.isCancelled).toBe(false);
  });
});

it('names every seed at which the scenario throws, with its line', async () => {
  const path = machineFile({ trap: "if (first % 2 === 0) throw new Error('no ideas');" });
  const { broken, seeds } = await sweep(path);
  expect(broken.length + seeds).toBe(20);
  expect(broken[0]?.reason).toMatch(/^The scenario s threw in start at machine-\d+\.ts:\d+:\d+/);
});

describe('a slow machine', () => {
  // About a millisecond for each execution of a step.
  const slow =
    'let sum = 0; for (let round = 0; round < 1_000_000; round += 1) sum += round % 7; if (sum < 0) return ok();';
  const settings = { ...planOf('').settings, operationsMax: 100_000 };

  it('is not to blame when the time is over', async () => {
    const plan = planOf(machineFile({ stf: slow }), { settings, timeBudgetMs: 2_000 });
    const { broken, isCancelled, elapsedMs } = await new SweepPool(plan).run();
    expect({ broken, isCancelled }).toEqual({ broken: [], isCancelled: false });
    expect(elapsedMs).toBeLessThan(6_000);
  });
});

describe('a sweep that is stopped', () => {
  const endless = (): Partial<SweepPlan> => ({ count: 1_000_000_000 });

  it('keeps what it has found', async () => {
    const path = machineFile();
    const pool = new SweepPool(planOf(path, endless()), ({ seeds }) => {
      if (seeds > 100) pool.cancel();
    });
    const { isCancelled, part, broken } = await pool.run();
    expect(isCancelled).toBe(true);
    expect(part.seeds).toBeGreaterThan(100);
    expect(part.groups.map(({ name }) => name).toSorted()).toEqual(['n is no 11', 'n is no 7']);
    expect(broken).toEqual([]);
  });

  it('before it began has found nothing', async () => {
    const pool = new SweepPool(planOf(machineFile(), endless()));
    pool.cancel();
    const { isCancelled, part } = await pool.run();
    expect({ isCancelled, seeds: part.seeds }).toEqual({ isCancelled: true, seeds: 0 });
  });

  it('while a seed hangs does not wait for it', async () => {
    const path = machineFile({ trap: 'for (;;);' });
    const pool = new SweepPool(planOf(path, endless()), ({ elapsedMs }) => {
      if (elapsedMs > 1_500) pool.cancel();
    });
    const { elapsedMs, broken } = await pool.run();
    expect(elapsedMs).toBeLessThan(5_000);
    expect(broken).toEqual([]);
  });
});
