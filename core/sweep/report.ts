import { z } from 'zod';
import { FINDING_KINDS } from '../machine/finding.ts';
import { seedSchema, SHARDS_MAX, formatCount, formatAll, byCount } from '../text/quantities.ts';
import { caughtFailureSchema, printed, ruleName } from '../trace/format/codecs.ts';
import { coveredLinesSchema, type CoveredLines } from './covered-lines.ts';
import { minimalRunSchema } from './minimal-run.ts';
import { phaseTallySchema, type PhaseTally } from './phase-tally.ts';
import { soughtSchema } from './sought.ts';
import { unaskedSeedsSchema } from './unasked-seeds.ts';

const count = z.number().int().nonnegative();

/** Findings of one cause: the same requirement, broken by the same kind of step. */
export const sweepGroupSchema = z.object({
  kind: z.enum(FINDING_KINDS),
  /** The name of the invariant, rule or settled property; for a panic, of the error. */
  name: z.string(),
  /** What happened in the example. */
  message: z.string(),
  /** The number of seeds in which it was found. */
  count,
  /** The smallest known seed, which is the example. */
  seed: seedSchema,
  /** The smallest seeds in which it was found, ascending, at most 100. Older reports lack them. */
  failing: z.array(seedSchema).optional(),
  /** The step of the finding when the example is recorded with every check on. */
  stepIndex: z.number().int().min(-1),
  /** The number of the scenario's operations that the example needs. */
  operations: count,
  /** The kind and shape of the step, such as `completion Success`. */
  shape: z.string(),
  expected: z.string().optional(),
  actual: z.string().optional(),
  /** The place in the author's source, where that is known. */
  source: z.string().optional(),
  /** Where the invariant or settled property of the example begins, likewise. */
  predicate: z.string().optional(),
  /** The id of the tracked action that the example is about, if it names one; as `encodeValue` writes it. */
  about: z.unknown().optional(),
  /** The caught failure that the example is likely to follow from. */
  caught: caughtFailureSchema.optional(),
  /** What was printed in the step of the example; not all of it, if that is much. */
  output: z.array(printed).readonly().optional(),
  /** The signature that the findings share. */
  signature: z.string(),
  /** The shortest runs that its seeds were shrunk to, each of another pattern. */
  minima: z.array(minimalRunSchema).readonly().optional(),
  /** The shortest run to the same finding without a fault that all of those need, where it needs other things. */
  otherwise: minimalRunSchema.optional(),
  /** The example was not found when its seed was run again with every check on. */
  isUnsteady: z.literal(true).optional(),
});
export type SweepGroup = z.infer<typeof sweepGroupSchema>;

/** What it means that an example is unsteady, and what to do. */
export const UNSTEADY =
  'It was not found when this seed was run again: machine or scenario keep something outside ' +
  'of the state, such as in a variable of their module. Keep it in the state, or in what start makes.';

/** The most seeds of a cause that are listed. */
export const FAILING_LISTED_MAX = 100;

/** At most this many broken seeds are listed: a scenario that always throws breaks all seeds. */
export const BROKEN_LISTED_MAX = 100;

/** What was checked in a sweep, and how often. */
export const sweepChecksSchema = z.object({
  /** Verdicts of invariants: evaluated, carried over from an unchanged state, skipped. */
  evaluated: count,
  carriedOver: count,
  skipped: count,
  /** How often each rule was checked. A missing rule was not checked at all. */
  rules: z.partialRecord(ruleName, count),
  /** The number of runs in which each settled property was checked. Older reports lack it. */
  settled: z.record(z.string(), count).default({}),
  /** Every n-th occasion is checked. */
  invariantsEvery: count,
  rulesEvery: count,
  /** Rules that the machine need not keep, with the reasons. */
  waivers: z.partialRecord(ruleName, z.string()),
});
export type SweepChecks = z.infer<typeof sweepChecksSchema>;

/** The kinds of saved seeds: those with a finding, and those that hung or died. */
export const REGRESSION_KINDS = [...FINDING_KINDS, 'broken'] as const;
export type RegressionKind = (typeof REGRESSION_KINDS)[number];

/** A saved seed that was tried first. */
export const triedRegressionSchema = z.object({
  /** The scenario in which it was found; older reports lack it. */
  scenario: z.string().optional(),
  faults: z.string().optional(),
  seed: seedSchema,
  kind: z.enum(REGRESSION_KINDS),
  name: z.string(),
  message: z.string(),
  signature: z.string(),
  /** Absent when the seed no longer fails, or hangs or dies. */
  stepIndex: z.number().int().optional(),
  fails: z.boolean(),
  /** The seed fails, but not for its cause. */
  isOtherwise: z.literal(true).optional(),
  /** Why the seed was skipped. */
  untried: z.string().optional(),
});
export type TriedRegression = z.infer<typeof triedRegressionSchema>;

/** A seed at which the machine hung or ended its thread, or the scenario threw. */
export const brokenSeedSchema = z.object({
  seed: seedSchema,
  reason: z.string(),
  /** The cause that it was saved for, if it is not a seed of the sweep itself. */
  saved: z.string().optional(),
});
export type BrokenSeed = z.infer<typeof brokenSeedSchema>;

/** What a sweep found. Reports of shards add up to that of the whole. */
export const sweepReportSchema = z.object({
  machine: z.string(),
  /** The machine as it was given on the command line, for commands that reproduce what was found. */
  given: z.string().optional(),
  /** The file of inputs that took the place of a scenario. */
  inputs: z.string().optional(),
  sourceHash: z.string(),
  scenario: z.string(),
  faults: z.string(),
  operationsMax: count,
  /** The first seed of all shards together. */
  from: seedSchema,
  /** The number of seeds planned for all shards together; absent when the time decided. */
  count: count.optional(),
  timeBudgetMs: z.number().optional(),
  /** Seeds run to their end. */
  seeds: count,
  /** Seeds that were begun but not finished. Their findings until then count. */
  unfinished: count.default(0),
  /** Seeds whose scenario had no more operations, although it was asked for more. Older reports lack it. */
  endedEarly: count.default(0),
  operations: count,
  steps: count,
  /** Completions of actions that were never emitted. Absent where there are none, and in older reports. */
  unasked: unaskedSeedsSchema.exactOptional(),
  /** The duration of the sweep; in a merged report, the sum of all. */
  seconds: z.number(),
  stepsPerSecond: z.number(),
  /** Ordered by their smallest seed and step. */
  groups: z.array(sweepGroupSchema),
  /** The finding that was asked about, if it was one: the groups have no other … */
  sought: soughtSchema.exactOptional(),
  /** … which are here. */
  others: z.array(sweepGroupSchema).exactOptional(),
  /** What the scenario should reach now and then, whether it was reached, and in how many seeds. */
  sometimes: z.array(z.object({ name: z.string(), reached: z.boolean(), seeds: count })),
  checks: sweepChecksSchema,
  /** The phases through which records went. Absent where none has phases, and in older reports. */
  phases: phaseTallySchema.optional(),
  /** What of the source was executed, if that was watched. */
  covered: z.array(coveredLinesSchema).readonly().optional(),
  /** The smallest broken seeds. */
  broken: z.array(brokenSeedSchema),
  /** The number of broken seeds that are not listed. */
  brokenMore: count.default(0),
  /** Saved seeds that were tried first. */
  regressions: z.array(triedRegressionSchema),
  /** Which part of the seeds this was. */
  shards: z.array(
    z.object({
      index: z.number().int().min(1).max(SHARDS_MAX),
      total: z.number().int().min(1).max(SHARDS_MAX),
      /** Whether the shard did not run all of its seeds. */
      isCancelled: z.boolean().default(false),
    }),
  ),
  isCancelled: z.boolean(),
  /** Whether it was to end at the first seed that fails, and did. */
  endedAtFailure: z.literal(true).optional(),
});
export type SweepReport = z.infer<typeof sweepReportSchema>;

/** The part of a report that says through which phases records went, where some have phases. */
export function partOfPhases(phases: PhaseTally | undefined): Pick<SweepReport, 'phases'> {
  return phases ? { phases } : {};
}

/** The part of a report that says what of the source was executed, if that is known. */
export function partOfCovered(
  covered: readonly CoveredLines[] | undefined,
): Pick<SweepReport, 'covered'> {
  return covered ? { covered } : {};
}

/** How many of some seeds still fail, as a sentence: `1 of 3 saved seeds still fails`. */
export function describeStillFailing(
  failing: number,
  all: number,
  one: string,
  many = `${one}s`,
): string {
  if (failing === all) return `${formatAll(all, one, many)} still ${byCount(all, 'fails', 'fail')}`;
  if (all === 1) return `The only ${one} no longer fails`;
  if (failing === 0) return `None of the ${formatCount(all)} ${many} still fails`;
  return `${formatCount(failing)} of ${formatCount(all)} ${many} still ${byCount(failing, 'fails', 'fail')}`;
}
