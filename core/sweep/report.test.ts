import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SWEEP_SAMPLING, type Sampling } from '../engine/check-plan.ts';
import { Guard } from '../engine/guard.ts';
import { adder, adderScenario } from '../engine/test-machines.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { compareSeeds, MergeError, mergeReports, type SweepReport } from './report.ts';
import {
  addParts,
  checkSeed,
  NOTHING_SWEPT,
  type SweepPart,
  type SweepSubject,
} from './seed-check.ts';

const SEEDS = 24;

function subjectWith(sampling: Sampling): SweepSubject {
  const faults = FAULT_PROFILES.chaos;
  const settings = { scenario: adderScenario, operationsMax: 40, faults };
  return { machine: adder(), guard: new Guard(), settings, sampling };
}

/** Checks seeds one after the other, as one worker does. */
async function sweep(subject: SweepSubject, seeds: readonly bigint[]): Promise<SweepPart> {
  const smallest = new Map<string, bigint>();
  let part = NOTHING_SWEPT;
  for (const seed of seeds) {
    const isNews = (signature: string) => (smallest.get(signature) ?? seed + 1n) > seed;
    const checked = await checkSeed(subject, seed, isNews, () => true);
    if (!checked) throw new Error('nobody stopped it');
    for (const { signature } of checked.groups)
      if (isNews(signature)) smallest.set(signature, seed);
    part = addParts(part, checked);
  }
  return part;
}

function toReport(part: SweepPart, shard: SweepReport['shards'][number]): SweepReport {
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
    regressions: [],
    shards: [shard],
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

  it('keep the example of the smallest seed, as a number', () => {
    const smaller = { ...example, seed: '9', message: 'of a smaller seed', stepIndex: 8 };
    const merged = mergeReports([
      report(1, 2, { groups: [example] }),
      report(2, 2, { groups: [smaller] }),
    ]);
    expect(merged.groups).toEqual([{ ...smaller, count: 4 }]);
  });

  it('were cancelled when one of them was', () => {
    expect(mergeReports([report(1, 2), report(2, 2, { isCancelled: true })]).isCancelled).toBe(
      true,
    );
  });

  it('tell a saved seed once: all of them have tried it', () => {
    const { kind, name, message, seed, signature } = example;
    const regressions = [{ kind, name, message, seed, signature, fails: true }];
    expect(
      mergeReports([report(1, 2, { regressions }), report(2, 2, { regressions })]).regressions,
    ).toEqual(regressions);
  });

  it.each([
    ['nothing', [], 'give at least one report'],
    ['the same shard twice', [report(1, 2), report(1, 2)], 'Shard 1/2 is given twice.'],
    ['another machine', [report(1, 2), report(2, 2, { machine: 'x' })], 'machine is adder in one'],
    ['another source', [report(1, 2), report(2, 2, { sourceHash: 'x' })], 'sourceHash is 0000'],
    ['other seeds', [report(1, 2), report(2, 2, { from: '9' })], 'from is 0'],
    ['another length', [report(1, 2), report(2, 2, { operationsMax: 9 })], 'operationsMax is 40'],
    ['another profile', [report(1, 2), report(2, 2, { faults: 'none' })], 'faults is chaos'],
    ['another division', [report(1, 2), report(2, 3)], 'one sweep was divided by 2, another by 3'],
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
  it('has its example where a recorded run has it', async () => {
    const seed = 2n;
    const every = await checkSeed(
      subjectWith({ invariantsEvery: 1, rulesEvery: 1 }),
      seed,
      () => true,
      () => true,
    );
    const sampled = await checkSeed(
      subjectWith({ invariantsEvery: 5, rulesEvery: 16 }),
      seed,
      () => true,
      () => true,
    );
    expect(sampled?.groups.length).toBeGreaterThan(0);
    expect(every?.groups).toEqual(expect.arrayContaining([...(sampled?.groups ?? [])]));
  });

  it('says what was passed over', async () => {
    const sampled = await sweep(subjectWith({ invariantsEvery: 5, rulesEvery: 16 }), [1n]);
    const all = await sweep(subjectWith({ invariantsEvery: 1, rulesEvery: 1 }), [1n]);
    expect(all.checks.skipped).toBe(0);
    expect(sampled.checks.evaluated + sampled.checks.skipped).toBe(all.checks.evaluated);
    expect(sampled.checks.rules.determinism ?? 0).toBe(
      Math.ceil((all.checks.rules.determinism ?? 0) / 16),
    );
  });

  it('shows every hundred steps that it goes on', async () => {
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
    expect(beats.reduce((sum, steps) => sum + steps, 0)).toBe(checked?.steps);
  });

  it('ends when the pulse says so', async () => {
    const subject = subjectWith(SWEEP_SAMPLING);
    const long = { ...subject, settings: { ...subject.settings, operationsMax: 5_000 } };
    expect(
      await checkSeed(
        long,
        1n,
        () => true,
        () => false,
      ),
    ).toBeUndefined();
  });
});
