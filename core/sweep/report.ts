import { z } from 'zod';
import { FINDING_KINDS } from '../machine/executed.ts';
import { RULE_NAMES, type RuleName } from '../machine/rules.ts';

const count = z.number().int().nonnegative();
const ruleName = z.enum(RULE_NAMES as [RuleName, ...RuleName[]]);
/** Seeds are decimal text: they may be larger than a number holds exactly. */
const seedText = z.string().regex(/^\d+$/, 'a seed is decimal text');

/** Findings of one cause: the same requirement, broken by the same kind of step. */
export const sweepGroupSchema = z.object({
  kind: z.enum(FINDING_KINDS),
  /** Of the invariant, rule or settled property; for a panic that of the error. */
  name: z.string(),
  /** What happened in the example. */
  message: z.string(),
  /** How many seeds it was found in. */
  count,
  /** The smallest known seed, which is the example. */
  seed: seedText,
  /** Where the example has it, when it is recorded with every check on. */
  stepIndex: z.number().int().min(-1),
  /** How many operations of the scenario the example needs. */
  operations: count,
  /** The kind and shape of the step, such as `completion Success`. */
  shape: z.string(),
  expected: z.string().optional(),
  actual: z.string().optional(),
  /** In the author's source, where that is known. */
  source: z.string().optional(),
  /** What findings are grouped by. */
  signature: z.string(),
});
export type SweepGroup = z.infer<typeof sweepGroupSchema>;

/** What was checked in a sweep, and how often. */
export const sweepChecksSchema = z.object({
  /** Answers of invariants: asked, needless because the state had not changed, passed over. */
  evaluated: count,
  carriedOver: count,
  skipped: count,
  /** How often each rule was asked. A rule that is missing was not asked at all. */
  rules: z.partialRecord(ruleName, count),
  /** Every n-th occasion is checked. */
  invariantsEvery: count,
  rulesEvery: count,
  /** Rules that the machine need not keep, with the reasons. */
  waivers: z.partialRecord(ruleName, z.string()),
});
export type SweepChecks = z.infer<typeof sweepChecksSchema>;

/** What a sweep found. Reports of shards add up to that of the whole. */
export const sweepReportSchema = z.object({
  machine: z.string(),
  sourceHash: z.string(),
  scenario: z.string(),
  faults: z.string(),
  operationsMax: count,
  /** The first seed of all shards together. */
  from: seedText,
  /** Seeds run to their end. */
  seeds: count,
  operations: count,
  steps: count,
  /** How long the sweep took; of merged reports, all of them together. */
  seconds: z.number(),
  stepsPerSecond: z.number(),
  /** Ordered by their smallest seed and step. */
  groups: z.array(sweepGroupSchema),
  /** What the scenario must reach now and then, whether it was reached, and in how many seeds. */
  sometimes: z.array(z.object({ name: z.string(), reached: z.boolean(), seeds: count })),
  checks: sweepChecksSchema,
  /** Seeds at which the machine hung or ended its thread, or the scenario threw. */
  broken: z.array(z.object({ seed: seedText, reason: z.string() })),
  /** Saved seeds that were tried first. */
  regressions: z.array(
    z.object({
      seed: seedText,
      kind: z.enum(FINDING_KINDS),
      name: z.string(),
      message: z.string(),
      signature: z.string(),
      /** Absent when it does not fail any more. */
      stepIndex: z.number().int().optional(),
      fails: z.boolean(),
    }),
  ),
  /** Which part of the seeds this was. */
  shards: z.array(z.object({ index: count, total: count })),
  isCancelled: z.boolean(),
});
export type SweepReport = z.infer<typeof sweepReportSchema>;

/** Thrown for reports that are not of one sweep. */
export class MergeError extends Error {
  override readonly name = 'MergeError';
}

/** The settings that reports of one sweep share. */
const SHARED = ['machine', 'sourceHash', 'scenario', 'faults', 'operationsMax', 'from'] as const;

/**
 * Adds up the reports of shards.
 *
 * @throws {MergeError} when they are not of the same machine and settings, or overlap.
 */
export function mergeReports(reports: readonly SweepReport[]): SweepReport {
  const [first, ...others] = reports;
  if (!first) throw new MergeError('There is nothing to merge: give at least one report.');
  return others.reduce((sum, report) => addReports(sum, report), first);
}

function addReports(one: SweepReport, other: SweepReport): SweepReport {
  for (const field of SHARED) {
    if (one[field] === other[field]) continue;
    throw new MergeError(
      `The reports are of two sweeps: ${field} is ${one[field]} in one, ${other[field]} in another.`,
    );
  }
  const twice = other.shards.find(({ index, total }) =>
    one.shards.some((shard) => shard.index === index && shard.total === total),
  );
  if (twice) throw new MergeError(`Shard ${twice.index}/${twice.total} is given twice.`);
  const [total, otherTotal] = [one.shards[0]?.total, other.shards[0]?.total];
  if (total !== otherTotal) {
    throw new MergeError(
      `The reports are of two sweeps: one sweep was divided by ${total}, another by ${otherTotal}.`,
    );
  }
  const seconds = one.seconds + other.seconds;
  const steps = one.steps + other.steps;
  return {
    ...one,
    seeds: one.seeds + other.seeds,
    operations: one.operations + other.operations,
    steps,
    seconds,
    stepsPerSecond: seconds > 0 ? Math.round(steps / seconds) : 0,
    groups: addGroups(one.groups, other.groups),
    sometimes: addSometimes(one.sometimes, other.sometimes),
    checks: addChecks(one.checks, other.checks),
    broken: [...one.broken, ...other.broken].toSorted((a, b) => compareSeeds(a.seed, b.seed)),
    regressions: addRegressions(one.regressions, other.regressions),
    shards: [...one.shards, ...other.shards].toSorted((a, b) => a.index - b.index),
    isCancelled: one.isCancelled || other.isCancelled,
  };
}

function addRegressions(
  one: SweepReport['regressions'],
  other: SweepReport['regressions'],
): SweepReport['regressions'] {
  // Every shard tries them all.
  const known = new Set(one.map(({ seed, signature }) => `${seed} ${signature}`));
  return [...one, ...other.filter(({ seed, signature }) => !known.has(`${seed} ${signature}`))];
}

/** Adds counts and keeps the example of the smallest seed. */
export function addGroups(one: readonly SweepGroup[], other: readonly SweepGroup[]): SweepGroup[] {
  const groups = new Map(one.map((group) => [group.signature, group]));
  for (const group of other) {
    const known = groups.get(group.signature);
    if (!known) {
      groups.set(group.signature, group);
      continue;
    }
    const example = compareSeeds(group.seed, known.seed) < 0 ? group : known;
    groups.set(group.signature, { ...example, count: known.count + group.count });
  }
  return [...groups.values()].toSorted(
    (a, b) =>
      compareSeeds(a.seed, b.seed) ||
      a.stepIndex - b.stepIndex ||
      a.signature.localeCompare(b.signature),
  );
}

function addSometimes(
  one: SweepReport['sometimes'],
  other: SweepReport['sometimes'],
): SweepReport['sometimes'] {
  const seedsByName = new Map(one.map(({ name, seeds }) => [name, seeds]));
  for (const { name, seeds } of other) seedsByName.set(name, (seedsByName.get(name) ?? 0) + seeds);
  return [...seedsByName].map(([name, seeds]) => ({ name, reached: seeds > 0, seeds }));
}

/** Adds up what was checked. */
export function addChecks<
  Checks extends Omit<SweepChecks, 'invariantsEvery' | 'rulesEvery' | 'waivers'>,
>(one: Checks, other: Omit<SweepChecks, 'invariantsEvery' | 'rulesEvery' | 'waivers'>): Checks {
  const rules = RULE_NAMES.flatMap((name) => {
    const sum = (one.rules[name] ?? 0) + (other.rules[name] ?? 0);
    return sum === 0 && one.rules[name] === undefined && other.rules[name] === undefined
      ? []
      : [[name, sum] as const];
  });
  return {
    ...one,
    evaluated: one.evaluated + other.evaluated,
    carriedOver: one.carriedOver + other.carriedOver,
    skipped: one.skipped + other.skipped,
    rules: Object.fromEntries(rules),
  };
}

/** The order of seeds as numbers; both are decimal text. */
export function compareSeeds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
