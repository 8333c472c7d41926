import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SWEEP_SAMPLING } from '../../engine/check-plan.ts';
import type { SweepReport } from '../../sweep/report.ts';
import { checkSeed } from '../../sweep/seed-check.ts';
import { addGroups, mergeReports } from '../../sweep/sums.ts';
import { SEED_MAX } from '../../text/quantities.ts';
import { findFaultProfile, findScenario, loadMachine } from '../load/machine-loader.ts';
import { pathOfMachine } from '../load/samples.ts';
import {
  HANG_MS,
  LONG_MS,
  causeOf,
  firstDraw,
  machineFiles,
  planOf,
  sweep,
} from '../test-helpers/test-sweep.ts';
import { SweepPool, type SweepPlan, type SweepProgress } from './pool.ts';
import { startSweep } from './sweep.ts';

const machineFile = machineFiles();

/** The report without what depends on the time. */
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
      expect(groups).toEqual(addGroups([], own.groups));
      expect({ steps, operations }).toEqual({ steps: own.steps, operations: own.operations });
      expect(checks).toMatchObject({ ...own.checks });
      expect(Object.fromEntries(sometimes.map(({ name, seeds }) => [name, seeds]))).toEqual(
        own.sometimes,
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

  it('reports what was skipped, and what was never reached', async () => {
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

describe.concurrent.each<[does: string, deed: string, reason: string, limits: Partial<SweepPlan>]>([
  ['hangs', 'for (;;);', 'it made no progress for 2 seconds', { hangMs: HANG_MS }],
  ['ends its thread', 'isEnding = true;', 'it ended its own thread', {}],
  [
    'leaves a rejection behind',
    "void Promise.reject(new Error('lost'));",
    'it broke outside its steps, at machine.*.ts:\\d+:\\d+: Error: lost',
    {},
  ],
  [
    'takes all memory',
    'const kept = []; for (;;) kept.push(new Array(1_000_000).fill(kept.length));',
    'it ran out of memory, which was 200 MB',
    // On a busy machine this takes long, and must not be treated as a hang.
    { hangMs: LONG_MS },
  ],
])('a seed that %s', (_, deed, reason, limits) => {
  it('is named, and all others are counted once', async () => {
    const path = machineFile({ trap: `if (first === ${firstDraw(7n)}) { ${deed} }` });
    const report = await sweep(path, { memoryMbMax: 200, ...limits });
    const told = new RegExp(`^The machine file is to blame: ${reason}\\.$`);
    expect(report.broken).toEqual([{ seed: '7', reason: expect.stringMatching(told) as string }]);
    expect(report.seeds).toBe(19);
    expect(report.steps).toBe(19 * 6);
    expect(report.isCancelled).toBe(false);
  });
});

it('names the seeds at which the scenario throws, with its line, and counts the others', async () => {
  const path = machineFile({ trap: "if (first % 2 === 0) throw new Error('no ideas');" });
  const { broken, brokenMore, seeds, unfinished } = await sweep(path, { count: 300 });
  expect(broken).toHaveLength(100);
  expect(broken.length + brokenMore + seeds).toBe(300);
  expect(unfinished).toBe(broken.length + brokenMore);
  expect(broken[0]?.reason).toMatch(/^The scenario s threw in start at machine-\d+\.ts:\d+:\d+/);
});

/** Its sums are 2, 3, 4, 6, 7, 10. */
const SUMS_TO_7 = 1n;

it('keeps the findings of a seed before it hung', async () => {
  const path = machineFile({ stf: 'if (state.current.n === 7) for (;;);' });
  const { broken, groups, seeds, unfinished } = await sweep(path, {
    from: SUMS_TO_7,
    count: 1,
    hangMs: HANG_MS,
  });
  expect({ seeds, unfinished }).toEqual({ seeds: 0, unfinished: 1 });
  expect(broken).toMatchObject([{ seed: '1' }]);
  expect(groups).toMatchObject([{ name: 'n is no 7', seed: '1', stepIndex: 4, count: 1 }]);
});

describe('a slow machine', () => {
  // About a millisecond for each execution of a step.
  const slow =
    'let sum = 0; for (let round = 0; round < 1_000_000; round += 1) sum += round % 7; if (sum < 0) return ok();';
  const settings = { ...planOf('').settings, operationsMax: 100_000 };

  it('counts what is found in seeds that are done, as the number of seeds does', async () => {
    const plan = planOf(machineFile({ stf: slow }), {
      settings,
      timeBudgetMs: 4_000,
      from: SUMS_TO_7,
    });
    const seen: SweepProgress[] = [];
    const pool = new SweepPool(plan, (progress) => {
      seen.push(progress);
      if (progress.part.groups.length > 0) pool.cancel();
    });
    const { part } = await pool.run();
    const found = seen.find((progress) => progress.part.groups.length > 0);
    expect(found?.part).toMatchObject({ seeds: 0, unfinished: 0 });
    expect(new Set(found?.part.groups.map(({ count }) => count))).toEqual(new Set([0]));
    // Stopped seeds do not finish, and keep their findings.
    expect(part.unfinished).toBeGreaterThan(0);
    expect(part.groups.every(({ count }) => count > 0)).toBe(true);
  });

  it('is not to blame when the time is over', async () => {
    const plan = planOf(machineFile({ stf: slow }), {
      settings,
      // Longer than a hang, but steps are completed.
      timeBudgetMs: 4_000,
      hangMs: HANG_MS,
      from: SUMS_TO_7,
    });
    const { broken, isCancelled, part } = await new SweepPool(plan).run();
    expect({ broken, isCancelled }).toEqual({ broken: [], isCancelled: false });
    expect(part).toMatchObject({ seeds: 0, unfinished: 1 });
    expect(part.steps).toBeGreaterThan(0);
    expect(part.groups.map(({ name }) => name)).toContain('n is no 7');
  });
});

describe('a sweep that is stopped', () => {
  const endless = (): Partial<SweepPlan> => ({ count: 1_000_000_000 });

  it('keeps its findings', async () => {
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

  it('before it began has no findings', async () => {
    const pool = new SweepPool(planOf(machineFile(), endless()));
    pool.cancel();
    const { isCancelled, part } = await pool.run();
    expect({ isCancelled, seeds: part.seeds }).toEqual({ isCancelled: true, seeds: 0 });
  });

  it('while a seed hangs does not wait for it', async () => {
    const path = machineFile({ trap: 'for (;;);' });
    const pool = new SweepPool(planOf(path, { ...endless(), hangMs: LONG_MS }), ({ elapsedMs }) => {
      if (elapsedMs > 1_500) pool.cancel();
    });
    const { elapsedMs, broken } = await pool.run();
    expect(elapsedMs).toBeLessThan(LONG_MS);
    expect(broken).toEqual([]);
  });
});

describe('a sweep that is to end at the first failure', () => {
  it('ends at a new seed that fails', async () => {
    const report = await sweep(machineFile(), { until: {}, count: 100_000 });
    expect(report).toMatchObject({ endedAtFailure: true, isCancelled: false });
    expect(report.groups.length).toBeGreaterThan(0);
    expect(report.seeds).toBeLessThan(100_000);
  });

  it('goes on as long as only other causes are found', async () => {
    const report = await sweep(machineFile(), { until: { causes: [causeOf('another')] } });
    expect(report.groups.length).toBeGreaterThan(0);
    expect(report).not.toHaveProperty('endedAtFailure');
    expect(report.seeds).toBe(20);
  });
});
