import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SWEEP_SAMPLING } from '../../engine/check-plan.ts';
import { ChaCha8Rng } from '../../random/chacha8-rng.ts';
import { LINE_STATES } from '../../sweep/covered-lines.ts';
import { requirementOf } from '../../sweep/minimal-run.ts';
import type { SweepReport } from '../../sweep/report.ts';
import { checkSeed } from '../../sweep/seed-check.ts';
import { addGroups, mergeReports } from '../../sweep/sums.ts';
import { SEED_MAX } from '../../text/quantities.ts';
import { findFaultProfile, findScenario, loadMachine } from '../load/machine-loader.ts';
import { pathOfMachine } from '../load/samples.ts';
import { SweepPool, type SweepPlan, type SweepProgress } from './pool.ts';
import { readRegressions, writeRegressions, type Regression } from './regressions.ts';
import { startSaving } from './saving.ts';
import { startSweep } from './sweep.ts';

/** The time limit for hangs in tests that plan one, and in tests that would fail by one. */
const HANG_MS = 2_000;
const LONG_MS = 50_000;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-sweep-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** The first draw of a scenario in a machine file, which distinguishes seeds. */
const firstDraw = (seed: bigint) => ChaCha8Rng.seedFromU64(seed).genRange('u32', 0, 1_000_000_000);

let files = 0;

/**
 * A machine that violates an invariant at every third input.
 *
 * @param trap code that runs when a seed begins; `first` is the first draw.
 */
function machineFile({ trap = '', stf = '', sometimes = '{}' } = {}): string {
  files += 1;
  const path = join(folder, `machine-${files}.ts`);
  writeFileSync(
    path,
    `import { ok } from 'phasmoscope';
    let isEnding = false;
    export const machine: any = {
      name: 'small', description: '', initialState: () => ({ n: 0 }),
      // Only a run is kept from the process, and this is read before it.
      get waivers() { if (isEnding) process.exit(0); return {}; },
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
          next: () => ({ kind: 'normal', input: random.genRange('u32', 1, 4) }),
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

const causeOf = (name: string) => JSON.stringify(['invariant', name, 'input number', '']);

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

describe('saved seeds', () => {
  const input = (value: unknown) => ({ kind: 'normal', input: value }) as const;
  const saved = (seed: bigint, name: string, inputs: readonly unknown[]): Regression => ({
    scenario: 's',
    faults: 'none',
    seed,
    kind: 'invariant',
    name,
    message: 'it failed',
    signature: causeOf(name),
    operations: inputs.map(input),
  });

  it('that hang or never answer are named, and the sweep goes on', async () => {
    const stf = `if (input.input === 'hang') for (;;);
      if (input.input === 'never') return new Promise(() => {});`;
    const path = machineFile({ stf });
    await writeRegressions(path, [
      saved(100n, 'hangs', [1, 'hang']),
      saved(101n, 'never answers', ['never']),
      saved(102n, 'n is no 7', [3, 4]),
      saved(103n, 'n is no 11', [3, 4]),
    ]);
    const { broken, regressions, seeds } = await sweep(path, { workers: 2, hangMs: HANG_MS });
    const reason = 'The machine file is to blame: it made no progress for 2 seconds.';
    expect(broken).toEqual([
      { seed: '100', reason, saved: 'hangs' },
      { seed: '101', reason, saved: 'never answers' },
    ]);
    expect(regressions.map(({ fails }) => fails)).toEqual([true, true, true, false]);
    expect(regressions[2]).toMatchObject({ stepIndex: 1, scenario: 's', faults: 'none' });
    expect(seeds).toBe(20);
  });

  it('count among what executes lines, although their thread sweeps no seed', async () => {
    const path = machineFile({ stf: 'if (input.input === 9)\n return ok();' });
    await writeRegressions(path, [saved(100n, 'n is no 7', [9])]);
    const settings = { ...planOf(path).settings, hasCoverage: true };
    const { covered } = await sweep(path, { settings, count: 0 });
    const lines = readFileSync(path, 'utf8').split('\n');
    const own = lines.findIndex((line) => line.trim() === 'return ok();');
    expect(covered?.[0]?.lines[own]).toBe(LINE_STATES.executed);
  });

  it('wait no longer than the time budget', async () => {
    const path = machineFile({ stf: "if (input.input === 'hang') for (;;);" });
    await writeRegressions(path, [saved(100n, 'hangs', ['hang'])]);
    const { broken, regressions, seconds } = await sweep(path, {
      timeBudgetMs: 1_500,
      hangMs: LONG_MS,
    });
    expect(seconds).toBeLessThan(LONG_MS / 1000);
    expect(broken).toEqual([]);
    expect(regressions).toMatchObject([{ untried: 'there was no time left for it' }]);
  });

  it('of other scenarios and profiles are tried, too', async () => {
    const path = machineFile();
    await writeRegressions(path, [
      { ...saved(100n, 'n is no 7', [3, 4]), scenario: 'gone', faults: 'chaos' },
      { ...saved(101n, 'n is no 7', [3, 4]), scenario: 'gone', kind: 'settled' },
    ]);
    const { regressions } = await sweep(path, { count: 1 });
    expect(regressions).toMatchObject([
      { fails: true, stepIndex: 1 },
      { fails: false, untried: 'the scenario "gone" no longer exists' },
    ]);
  });

  it('end a sweep that is to end at a failure, before any new seed', async () => {
    const path = machineFile();
    await writeRegressions(path, [
      saved(100n, 'n is no 11', [3, 4]),
      saved(101n, 'n is no 7', [3, 4]),
    ]);
    const report = await sweep(path, { until: { causes: [causeOf('n is no 7')] }, count: 100_000 });
    expect(report.regressions).toMatchObject([{ fails: false }, { fails: true, stepIndex: 1 }]);
    expect(report).toMatchObject({ endedAtFailure: true, isCancelled: false, seeds: 0 });
  });

  it('that fail for another cause end a sweep in which every finding counts', async () => {
    const path = machineFile();
    await writeRegressions(path, [saved(100n, 'n is no 11', [3, 4])]);
    const report = await sweep(path, { until: {}, count: 100_000 });
    expect(report.regressions).toMatchObject([{ fails: true, isOtherwise: true, stepIndex: 1 }]);
    expect(report).toMatchObject({ endedAtFailure: true, seeds: 0 });
  });

  const save = async (plan: SweepPlan, report: SweepReport) => startSaving(plan, report).saved;

  it('are saved with their operations, once for each cause; broken ones by their number', async () => {
    const path = machineFile({ trap: `isEnding = first === ${firstDraw(7n)};` });
    const report = await sweep(path);
    const plan = planOf(path);
    const answer = await save(plan, report);
    expect(answer).toMatchObject({ added: 3, numbered: 1, left: 0 });
    const kept = await readRegressions(path);
    expect(kept.map(({ name }) => name)).toEqual([
      ...report.groups.map(({ name }) => name),
      'a seed that breaks',
    ]);
    for (const [at, { stepIndex }] of report.groups.entries()) {
      expect(kept[at]).toHaveProperty('operations.length', stepIndex + 1);
    }
    expect(kept[2]).toMatchObject({ seed: 7n, operationsMax: 6, faults: 'none', scenario: 's' });
    expect(await save(plan, report)).toMatchObject({ added: 0 });
    expect(await readRegressions(path)).toEqual(kept);
    const again = await sweep(path, { from: 100n, count: 1 });
    expect(again.regressions.map(({ fails }) => fails)).toEqual([true, true, true]);
    expect(again.broken).toMatchObject([{ seed: '7', saved: 'a seed that breaks' }]);
  });

  it('are not saved again when only their place in the source has moved', async () => {
    const path = machineFile({ stf: "if (state.current.n > 3) throw new RangeError('4');" });
    await save(planOf(path), await sweep(path));
    const kept = await readRegressions(path);
    writeFileSync(path, `// One line more.\n${readFileSync(path, 'utf8')}`);
    const report = await sweep(path);
    expect(report.groups.length).toBeGreaterThan(0);
    expect(await save(planOf(path), report)).toMatchObject({ added: 0 });
    expect(await readRegressions(path)).toEqual(kept);
  });

  it('are saved beside one that still fails, when they fail elsewhere for the same cause', async () => {
    const path = machineFile({ stf: "if (state.current.n > 3) throw new RangeError('4');" });
    await save(planOf(path), await sweep(path));
    const kept = await readRegressions(path);
    const source = readFileSync(path, 'utf8');
    const second = "if (state.current.n === 2) throw new RangeError('2');";
    writeFileSync(path, source.replace('state.update(', `${second}\nstate.update(`));
    const report = await sweep(path);
    expect(report.regressions.every(({ fails }) => fails)).toBe(true);
    expect(await save(planOf(path), report)).toMatchObject({ added: 1 });
    expect(await readRegressions(path)).toHaveLength(kept.length + 1);
  });

  it('are saved by their number if they can no longer be recorded', async () => {
    const path = machineFile();
    const report = await sweep(path, { count: 5 });
    const [group, ...others] = report.groups;
    if (!group) throw new Error('something was found');
    const gone = { ...group, signature: JSON.stringify(['invariant', 'gone', '', '']) };
    const answer = await save(planOf(path), { ...report, groups: [gone, ...others] });
    expect(answer).toMatchObject({ added: report.groups.length, numbered: 1 });
    expect((await readRegressions(path)).at(-1)).toMatchObject({
      seed: BigInt(group.seed),
      operationsMax: 6,
    });
  });

  it('are one for a cause of several groups, and none when one of these is saved', async () => {
    const path = machineFile();
    const report = await sweep(path, { count: 5 });
    const breaks = report.groups.map(requirementOf);
    const pattern = [{ what: 'request number', actions: [] }];
    const minimal = { steps: 1, pattern, breaks, sentences: [] };
    const groups = report.groups.map((group) => {
      const { seed, stepIndex } = group;
      return { ...group, minima: [{ ...minimal, seed, stepIndex }] };
    });
    expect(groups.length).toBeGreaterThan(1);
    expect(await save(planOf(path), { ...report, groups })).toMatchObject({ added: 1 });
    const turned = groups.toReversed();
    expect(await save(planOf(path), { ...report, groups: turned })).toMatchObject({ added: 0 });
  });

  it('include only a few of many that break alike', async () => {
    const path = machineFile({ trap: "if (first >= 0) throw new Error('no ideas');" });
    const report = await sweep(path, { count: 120 });
    expect(await save(planOf(path), report)).toMatchObject({ added: 10, numbered: 10, left: 110 });
  });
});
