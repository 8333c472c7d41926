import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHECK_EVERYTHING, SWEEP_SAMPLING, type Sampling } from '../engine/check-plan.ts';
import type { RunPlan } from '../engine/run.ts';
import { Guard } from '../isolation/guard.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { ok } from '../machine/machine.ts';
import { adder, adderScenario } from '../test-helpers/test-machines.ts';
import {
  BROKEN_LISTED_MAX,
  describeStillFailing,
  sweepGroupSchema,
  sweepReportSchema,
  type SweepReport,
} from './report.ts';
import { addParts, checkSeed, NOTHING_SWEPT, type SweepPart } from './seed-check.ts';
import { compareSeeds } from './seeds.ts';
import { addBroken, MergeError, mergeReports, missingShards } from './sums.ts';

const SEEDS = 24;

function subjectWith(sampling: Sampling): RunPlan {
  const faults = FAULT_PROFILES.chaos;
  const settings = { scenario: adderScenario, operationsMax: 40, faults };
  return { machine: adder(), guard: new Guard(), settings, sampling };
}

/** Checks seeds one after the other, as a single worker does. */
async function sweep(subject: RunPlan, seeds: readonly bigint[]): Promise<SweepPart> {
  const smallest = new Map<string, bigint>();
  let part = NOTHING_SWEPT;
  for (const seed of seeds) {
    const isNews = (signature: string) => (smallest.get(signature) ?? seed + 1n) > seed;
    const checked = await checkSeed(subject, seed, isNews, () => true);
    for (const { signature } of checked.groups)
      if (isNews(signature)) smallest.set(signature, seed);
    part = addParts(part, checked);
  }
  return part;
}

function toReport(part: SweepPart, shard: { index: number; total: number }): SweepReport {
  const { invariantsEvery, rulesEvery } = SWEEP_SAMPLING;
  return {
    machine: 'adder',
    sourceHash: '0'.repeat(32),
    scenario: 'everything',
    faults: 'chaos',
    operationsMax: 40,
    from: '0',
    ...part,
    groups: [...part.groups],
    sometimes: Object.entries(part.sometimes).map(([name, seeds]) => ({
      name,
      reached: seeds > 0,
      seeds,
    })),
    seconds: 1,
    stepsPerSecond: part.steps,
    checks: { ...part.checks, invariantsEvery, rulesEvery, waivers: {} },
    broken: [],
    brokenMore: 0,
    regressions: [],
    shards: [{ ...shard, isCancelled: false }],
    isCancelled: false,
  };
}

const seedsOf = (count: number, total: number, index: number) =>
  Array.from({ length: count }, (_, seed) => BigInt(seed)).filter(
    (seed) => Number(seed) % total === index - 1,
  );

describe('shards', () => {
  it('add up to the whole, whatever their number and order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: SEEDS }),
        fc.integer({ min: 1, max: 5 }),
        fc.infiniteStream(fc.nat()),
        async (count, total, order) => {
          const subject = subjectWith(SWEEP_SAMPLING);
          const reports: SweepReport[] = [];
          for (let index = 1; index <= total; index += 1) {
            const part = await sweep(subject, seedsOf(count, total, index));
            reports.push(toReport(part, { index, total }));
          }
          const places = [...order.take(total)];
          const shuffled = reports
            .map((report, at) => ({ report, place: places[at] ?? 0 }))
            .toSorted((a, b) => a.place - b.place)
            .map(({ report }) => report);
          const merged = mergeReports(shuffled);
          const whole = toReport(await sweep(subject, seedsOf(count, 1, 1)), {
            index: 1,
            total: 1,
          });
          expect({ ...merged, shards: [], seconds: 0, stepsPerSecond: 0 }).toEqual({
            ...whole,
            shards: [],
            seconds: 0,
            stepsPerSecond: 0,
          });
          expect(merged.shards.map(({ index }) => index)).toEqual(
            Array.from({ length: total }, (_, at) => at + 1),
          );
        },
      ),
      { numRuns: 12 },
    );
  });

  const report = (index: number, total: number, changes: Partial<SweepReport> = {}) => ({
    ...toReport(NOTHING_SWEPT, { index, total }),
    ...changes,
  });
  const example = {
    kind: 'panic',
    name: 'Error',
    message: 'of a larger seed',
    count: 2,
    seed: '10',
    stepIndex: 4,
    operations: 3,
    shape: 'input',
    signature: 's',
  } as const;

  const sampled = (changes: Partial<SweepReport['checks']>) => ({
    ...report(1, 2).checks,
    ...changes,
  });

  it('keep the example of the smallest seed, as a number', () => {
    const smaller = { ...example, seed: '9', message: 'of a smaller seed', stepIndex: 8 };
    const merged = mergeReports([
      report(1, 2, { groups: [example] }),
      report(2, 2, { groups: [smaller] }),
    ]);
    expect(merged.groups).toEqual([{ ...smaller, count: 4 }]);
  });

  it('list the smallest seeds that fail, each once', () => {
    const seeds = (from: number) => Array.from({ length: 70 }, (_, at) => String(from + at));
    const [one, other] = [seeds(5), seeds(60)].map((failing) => ({ ...example, failing }));
    const merged = mergeReports([
      report(1, 2, { groups: other ? [other] : [] }),
      report(2, 2, { groups: one ? [one] : [] }),
    ]);
    expect(merged.groups[0]?.failing).toEqual(Array.from({ length: 100 }, (_, at) => `${5 + at}`));
  });

  it('are cancelled if one of them is', () => {
    expect(mergeReports([report(1, 2), report(2, 2, { isCancelled: true })]).isCancelled).toBe(
      true,
    );
  });

  it('report a saved seed once, although all of them have tried it', () => {
    const { kind, name, message, seed, signature } = example;
    const regressions = [{ kind, name, message, seed, signature, fails: true }];
    expect(
      mergeReports([report(1, 2, { regressions }), report(2, 2, { regressions })]).regressions,
    ).toEqual(regressions);
  });

  it('report a saved seed that one of them had no time for as the other reports it', () => {
    const { kind, name, message, seed, signature } = example;
    const fails = { kind, name, message, seed, signature, fails: true };
    const untried = { ...fails, fails: false, untried: 'there was no time' };
    const reports = [
      report(1, 2, { regressions: [untried] }),
      report(2, 2, { regressions: [fails] }),
    ];
    expect(mergeReports(reports).regressions).toEqual([fails]);
    expect(mergeReports(reports.toReversed()).regressions).toEqual([fails]);
  });

  it('report a saved seed that fails in one shard and passes in another as failing, in any order', () => {
    const { kind, name, message, seed, signature } = example;
    const saved = { kind, name, message, seed, signature };
    const reports = [
      report(1, 2, { regressions: [{ ...saved, fails: false }] }),
      report(2, 2, { regressions: [{ ...saved, fails: true }] }),
    ];
    for (const order of [reports, reports.toReversed()]) {
      expect(mergeReports(order).regressions).toMatchObject([{ fails: true }]);
    }
  });

  it('add up how often settled properties were checked, which older reports lack', () => {
    const { settled: _, ...older } = report(1, 3).checks;
    const first = sweepReportSchema.parse({ ...report(1, 3), checks: older });
    const asked = (settled: Record<string, number>) => ({ checks: sampled({ settled }) });
    const merged = mergeReports([
      first,
      report(2, 3, asked({ 'all is paid': 2, 'none is left': 0 })),
      report(3, 3, asked({ 'all is paid': 3 })),
    ]);
    expect(merged.checks.settled).toEqual({ 'all is paid': 5, 'none is left': 0 });
  });

  it('that are missing are listed', () => {
    expect(missingShards(mergeReports([report(4, 4), report(1, 4)]))).toEqual([2, 3]);
    expect(missingShards(report(1, 1))).toEqual([]);
  });

  it.each([
    ['nothing', [], 'give at least one report'],
    ['the same shard twice', [report(1, 2), report(1, 2)], 'Shard 1/2 is given twice.'],
    ['another machine', [report(1, 2), report(2, 2, { machine: 'x' })], 'machine is adder in one'],
    [
      'another source',
      [report(1, 2), report(2, 2, { sourceHash: 'x' })],
      'source of the machine is 0000',
    ],
    ['other seeds', [report(1, 2), report(2, 2, { from: '9' })], 'first seed is 0'],
    ['another length', [report(1, 2), report(2, 2, { operationsMax: 9 })], 'operations is 40'],
    ['another profile', [report(1, 2), report(2, 2, { faults: 'none' })], 'faults is chaos'],
    [
      'another division',
      [report(1, 2), report(2, 3)],
      'number of shards is 2 in one, 3 in another',
    ],
    ['a whole one again', [report(1, 1), report(1, 1)], 'Shard 1/1 is given twice.'],
    [
      'more seeds',
      [report(1, 2), report(2, 2, { count: 9 })],
      'number of seeds is not given in one',
    ],
    ['more time', [report(1, 2), report(2, 2, { timeBudgetMs: 9 })], 'time budget is not given'],
    [
      'other sampling of rules',
      [report(1, 2), report(2, 2, { checks: sampled({ rulesEvery: 2 }) })],
      'rules-every is 16 in one, 2 in another',
    ],
    [
      'other sampling of invariants',
      [report(1, 2), report(2, 2, { checks: sampled({ invariantsEvery: 2 }) })],
      'invariants-every is 1 in one, 2 in another',
    ],
  ])('are refused for %s', (_, reports, reason) => {
    expect(() => mergeReports(reports)).toThrow(MergeError);
    expect(() => mergeReports(reports)).toThrow(reason);
  });
});

it('orders seeds as numbers', () => {
  const seed = fc.bigInt(0n, 2n ** 64n - 1n);
  fc.assert(
    fc.property(seed, seed, (a, b) => {
      expect(Math.sign(compareSeeds(a.toString(), b.toString()))).toBe(a < b ? -1 : a > b ? 1 : 0);
    }),
  );
});

describe('a sampled seed', () => {
  /** The findings of a seed when no cause is known yet. */
  const groupsOf = async (subject: RunPlan, seed: bigint) => {
    const yes = () => true;
    return (await checkSeed(subject, seed, yes, yes)).groups;
  };

  it('has its example at the step where a recorded run has it', async () => {
    const seed = 2n;
    const every = await groupsOf(subjectWith({ invariantsEvery: 1, rulesEvery: 1 }), seed);
    const sampled = await groupsOf(subjectWith({ invariantsEvery: 5, rulesEvery: 16 }), seed);
    expect(sampled.length).toBeGreaterThan(0);
    expect(every).toEqual(expect.arrayContaining([...sampled]));
  });

  it('reports an example that was not found again', async () => {
    let runs = 0;
    const machine = {
      ...adder(),
      initialState: () => {
        runs += 1;
        return { ...adder().initialState(), total: runs === 1 ? 100 : 0 };
      },
    };
    const groups = await groupsOf({ ...subjectWith(SWEEP_SAMPLING), machine }, 2n);
    const unsteady = groups.filter(({ isUnsteady }) => isUnsteady);
    expect(unsteady).toMatchObject([{ name: 'the total is below 100', stepIndex: -1 }]);
    expect(sweepGroupSchema.parse(unsteady[0])).toEqual(unsteady[0]);
  });

  it('is steady if only the closer run goes elsewhere', async () => {
    // Writes to its input, which panics if the input is frozen, and breaks an invariant otherwise.
    const machine = {
      ...adder(),
      stf: ((state, given) => {
        if (given.kind !== 'normal') return ok();
        (given.input as { amount: number }).amount = 100;
        state.update((draft) => {
          draft.total = 100;
        });
        return ok();
      }) as ReturnType<typeof adder>['stf'],
    };
    const groups = await groupsOf({ ...subjectWith(SWEEP_SAMPLING), machine }, 2n);
    expect(groups.map(({ name }) => name)).toContain('the total is below 100');
    expect(groups.filter(({ isUnsteady }) => isUnsteady)).toEqual([]);
  });

  it('reports what was skipped', async () => {
    const sampled = await sweep(subjectWith({ invariantsEvery: 5, rulesEvery: 16 }), [1n]);
    const all = await sweep(subjectWith({ invariantsEvery: 1, rulesEvery: 1 }), [1n]);
    expect(all.checks.skipped).toBe(0);
    expect(sampled.checks.evaluated + sampled.checks.skipped).toBe(all.checks.evaluated);
    expect(sampled.checks.rules.determinism ?? 0).toBe(
      Math.ceil((all.checks.rules.determinism ?? 0) / 16),
    );
  });

  it('reports its progress every hundred steps', async () => {
    const beats: number[] = [];
    const subject = subjectWith(SWEEP_SAMPLING);
    const long = { ...subject, settings: { ...subject.settings, operationsMax: 1_000 } };
    const checked = await checkSeed(
      long,
      1n,
      () => false,
      (steps) => beats.push(steps) > 0,
    );
    expect(Math.max(...beats)).toBeLessThanOrEqual(100);
    expect(beats.reduce((sum, steps) => sum + steps, 0)).toBe(checked.steps);
  });

  it('that is stopped keeps its findings, and does not count as run', async () => {
    const subject = subjectWith(SWEEP_SAMPLING);
    const long = { ...subject, settings: { ...subject.settings, operationsMax: 5_000 } };
    const news: string[] = [];
    let steps = 0;
    const checked = await checkSeed(
      long,
      1n,
      () => true,
      (more) => (steps += more) < 60,
      ({ signature }) => news.push(signature),
    );
    expect(checked).toMatchObject({ end: { kind: 'stopped' }, seeds: 0, unfinished: 1, steps });
    expect(steps).toBeLessThan(200);
    expect(checked.groups.length).toBeGreaterThan(0);
    expect(news).toEqual(checked.groups.map(({ signature }) => signature));
  });

  it('whose scenario throws keeps its findings, at the steps of a recorded run', async () => {
    const { settings, ...subject } = subjectWith(SWEEP_SAMPLING);
    const throwing = (operations: number): RunPlan['settings']['scenario'] => ({
      ...adderScenario,
      start(...given) {
        const driver = adderScenario.start(...given);
        let left = operations;
        const next: typeof driver.next = (state) => {
          left -= 1;
          if (left < 0) throw new Error('no ideas');
          return driver.next(state);
        };
        return { ...driver, next };
      },
    });
    const broken = await checkSeed(
      { ...subject, settings: { ...settings, scenario: throwing(30) } },
      2n,
      () => true,
      () => true,
    );
    expect(broken).toMatchObject({ end: { kind: 'broken' }, seeds: 0, unfinished: 1 });
    const whole = await checkSeed(
      { ...subject, settings, sampling: CHECK_EVERYTHING },
      2n,
      () => true,
      () => true,
    );
    expect(broken.groups.length).toBeGreaterThan(0);
    expect(whole.groups).toEqual(expect.arrayContaining([...broken.groups]));
  });
});

it('lists a saved seed that breaks once, however many others break', () => {
  const saved = { seed: '99999', reason: 'it hung', saved: 'a seed that breaks' };
  const broken = Array.from({ length: BROKEN_LISTED_MAX }, (_, at) => {
    return { seed: String(at), reason: 'it hung' };
  });
  const shards = [0, 1, 2].map((shard) => ({
    broken: [...broken.map((one) => ({ ...one, seed: `${one.seed}${shard}` })), saved],
    brokenMore: 0,
  }));
  const [a, b, c] = shards as [(typeof shards)[0], (typeof shards)[0], (typeof shards)[0]];
  const all = addBroken(addBroken(a, b), c);
  expect(addBroken(a, addBroken(b, c))).toEqual(all);
  expect(all.broken.filter((one) => one.saved !== undefined)).toEqual([saved]);
  expect(all.brokenMore).toBe(2 * BROKEN_LISTED_MAX);
});

it('lists the smallest broken seeds, and counts the others', () => {
  const seedsFrom = (first: number) => ({
    broken: Array.from({ length: BROKEN_LISTED_MAX }, (_, at) => ({
      seed: String(first + 2 * at),
      reason: 'it hung',
    })),
    brokenMore: 3,
  });
  const { broken, brokenMore } = addBroken(seedsFrom(1), seedsFrom(0));
  expect(broken.map(({ seed }) => seed)).toEqual(
    Array.from({ length: BROKEN_LISTED_MAX }, (_, seed) => String(seed)),
  );
  expect(brokenMore).toBe(BROKEN_LISTED_MAX + 6);
});

it.each([
  [0, 1, 'The only saved seed no longer fails'],
  [1, 1, 'The only saved seed still fails'],
  [0, 3, 'None of the 3 saved seeds still fails'],
  [1, 3, '1 of 3 saved seeds still fails'],
  [2, 3, '2 of 3 saved seeds still fail'],
  [3, 3, 'All 3 saved seeds still fail'],
])('says of %i of %i saved seeds whether they still fail', (failing, all, sentence) => {
  expect(describeStillFailing(failing, all, 'saved seed')).toBe(sentence);
});
