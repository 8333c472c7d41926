import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SWEEP_SAMPLING } from '../engine/check-plan.ts';
import { checkSeeds, subjectWith } from '../test-helpers/test-seeds.ts';
import { BROKEN_LISTED_MAX, sweepReportSchema, type SweepReport } from './report.ts';
import { NOTHING_SWEPT, type SweepPart } from './seed-check.ts';
import { addBroken, MergeError, mergeReports, missingShards } from './sums.ts';

const SEEDS = 24;

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
            const part = await checkSeeds(subject, seedsOf(count, total, index));
            reports.push(toReport(part, { index, total }));
          }
          const places = [...order.take(total)];
          const shuffled = reports
            .map((report, at) => ({ report, place: places[at] ?? 0 }))
            .toSorted((a, b) => a.place - b.place)
            .map(({ report }) => report);
          const merged = mergeReports(shuffled);
          const whole = toReport(await checkSeeds(subject, seedsOf(count, 1, 1)), {
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
