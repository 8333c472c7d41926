import { z } from 'zod';
import { FINDING_KINDS } from '../machine/finding.ts';
import { RULE_NAMES } from '../machine/rules.ts';
import { seedSchema, SHARDS_MAX, formatCount, formatAll, byCount } from '../text/quantities.ts';
import { caughtFailureSchema, printed, ruleName } from '../trace/format/codecs.ts';
import { addCovered, coveredLinesSchema, type CoveredLines } from './covered-lines.ts';
import { isTelling, isPatternWithin, minimalRunSchema, type MinimalRun } from './minimal-run.ts';
import { addTallies, phaseTallySchema, type PhaseTally } from './phase-tally.ts';
import { compareSeeds, compareTexts } from './seeds.ts';
import { soughtSchema } from './sought.ts';
import { addUnasked, unaskedSeedsSchema } from './unasked-seeds.ts';

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

/** Thrown for reports that are not of the same sweep. */
export class MergeError extends Error {
  override readonly name = 'MergeError';
}

/** What reports of one sweep share, by the names that users know. */
const SHARED: Readonly<Record<string, (report: SweepReport) => string | number | undefined>> = {
  machine: ({ machine }) => machine,
  'source of the machine': ({ sourceHash }) => sourceHash,
  scenario: ({ scenario }) => scenario,
  faults: ({ faults }) => faults,
  operations: ({ operationsMax }) => operationsMax,
  'first seed': ({ from }) => from,
  'number of seeds': ({ count: seeds }) => seeds,
  'time budget': ({ timeBudgetMs }) => timeBudgetMs,
  'rules-every': ({ checks }) => checks.rulesEvery,
  'invariants-every': ({ checks }) => checks.invariantsEvery,
  'finding asked about': ({ sought }) => sought && JSON.stringify(sought),
  'number of shards': ({ shards }) => shards[0]?.total,
};

/**
 * Adds up the reports of shards. Missing shards are not noticed here, see {@link missingShards}.
 *
 * @throws {MergeError} when they are not of the same machine and settings, or overlap.
 */
export function mergeReports(reports: readonly SweepReport[]): SweepReport {
  const [first, ...others] = reports;
  if (!first) throw new MergeError('There is nothing to merge: give at least one report.');
  return others.reduce((sum, report) => addReports(sum, report), first);
}

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

/** Returns the shards of a sweep, counted from 1, that a report lacks. */
export function missingShards({ shards }: SweepReport): readonly number[] {
  const held = new Set(shards.map(({ index }) => index));
  const all = Array.from({ length: shards[0]?.total ?? 0 }, (_, at) => at + 1);
  return all.filter((index) => !held.has(index));
}

function addReports(one: SweepReport, other: SweepReport): SweepReport {
  for (const [name, valueOf] of Object.entries(SHARED)) {
    const [mine, its] = [valueOf(one), valueOf(other)];
    if (mine === its) continue;
    throw new MergeError(
      `The reports are of two sweeps: the ${name} is ${mine ?? 'not given'} in one, ` +
        `${its ?? 'not given'} in another.`,
    );
  }
  const twice = other.shards.find(({ index }) => one.shards.some((shard) => shard.index === index));
  if (twice) throw new MergeError(`Shard ${twice.index}/${twice.total} is given twice.`);
  const seconds = one.seconds + other.seconds;
  const steps = one.steps + other.steps;
  return {
    ...one,
    seeds: one.seeds + other.seeds,
    unfinished: one.unfinished + other.unfinished,
    endedEarly: one.endedEarly + other.endedEarly,
    operations: one.operations + other.operations,
    steps,
    ...addUnasked(one, other),
    seconds,
    stepsPerSecond: seconds > 0 ? Math.round(steps / seconds) : 0,
    groups: addGroups(one.groups, other.groups),
    ...(one.others ? { others: addGroups(one.others, other.others ?? []) } : {}),
    sometimes: addSometimes(one.sometimes, other.sometimes),
    checks: addChecks(one.checks, other.checks),
    ...partOfPhases(addTallies(one.phases, other.phases)),
    ...partOfCovered(addCovered(one.covered, other.covered)),
    ...addBroken(one, other),
    regressions: addRegressions(one.regressions, other.regressions),
    shards: [...one.shards, ...other.shards].toSorted((a, b) => a.index - b.index),
    isCancelled: one.isCancelled || other.isCancelled,
    ...(one.endedAtFailure || other.endedAtFailure ? { endedAtFailure: true } : {}),
  };
}

type Broken = Pick<SweepReport, 'broken' | 'brokenMore'>;

/** Adds up broken seeds; the smallest are listed. */
export function addBroken(one: Broken, other: Broken): Broken {
  // Every shard tries all saved seeds.
  const known = new Set(one.broken.filter(({ saved }) => saved !== undefined).map(brokenKey));
  const all = [...one.broken, ...other.broken.filter((seed) => !known.has(brokenKey(seed)))];
  const sorted = all.toSorted(
    (a, b) => compareSeeds(a.seed, b.seed) || compareTexts(brokenKey(a), brokenKey(b)),
  );
  // Saved seeds are always listed: an unlisted one would be counted again in the next shard.
  const own = sorted.filter(({ saved }) => saved === undefined);
  const beyond = new Set(own.slice(BROKEN_LISTED_MAX));
  const listed = sorted.filter((seed) => !beyond.has(seed));
  return {
    broken: listed,
    brokenMore: one.brokenMore + other.brokenMore + all.length - listed.length,
  };
}

function brokenKey({ seed, saved = '' }: BrokenSeed): string {
  return `${seed} ${saved}`;
}

function addRegressions(
  one: readonly TriedRegression[],
  other: readonly TriedRegression[],
): TriedRegression[] {
  // Every shard tries all saved seeds, unless it has no time left.
  const keyOf = ({ scenario = '', faults = '', seed, signature }: TriedRegression) =>
    JSON.stringify([scenario, faults, seed, signature]);
  const all = new Map(one.map((tried) => [keyOf(tried), tried]));
  for (const tried of other) {
    const known = all.get(keyOf(tried));
    // If a machine keeps something in its module, one shard may see a failure that others do not.
    const isWorse = tried.untried === undefined && tried.fails && known?.fails !== true;
    if (!known || known.untried !== undefined || isWorse) all.set(keyOf(tried), tried);
  }
  return [...all.values()];
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
    const { minima: _, ...facts } = example;
    const failing = smallestOf([...(known.failing ?? []), ...(group.failing ?? [])]);
    groups.set(group.signature, {
      ...facts,
      count: known.count + group.count,
      ...(failing.length > 0 ? { failing } : {}),
      ...addMinima(known, group),
      otherwise: known.otherwise ?? group.otherwise,
    });
  }
  return [...groups.values()].toSorted(
    (a, b) =>
      compareSeeds(a.seed, b.seed) ||
      a.stepIndex - b.stepIndex ||
      compareTexts(a.signature, b.signature),
  );
}

/** The most seeds of a cause that are listed. */
export const FAILING_LISTED_MAX = 100;

function smallestOf(seeds: readonly string[]): string[] {
  return [...new Set(seeds)].toSorted(compareSeeds).slice(0, FAILING_LISTED_MAX);
}

function addMinima(one: SweepGroup, other: SweepGroup): Pick<SweepGroup, 'minima'> {
  const all = [...(one.minima ?? []), ...(other.minima ?? [])];
  return all.length === 0 ? {} : { minima: distinctMinima(all) };
}

/**
 * Of minimal runs of one group, those that need different things: the shortest first, and none that needs all
 * that a shorter one needs, and more, or so much that this cannot be told.
 */
export function distinctMinima(all: readonly MinimalRun[]): readonly MinimalRun[] {
  const sorted = all.toSorted((a, b) => a.steps - b.steps || compareSeeds(a.seed, b.seed));
  const isNew = ({ pattern }: MinimalRun, at: number) =>
    isTelling(pattern) && !sorted.slice(0, at).some((one) => isPatternWithin(one.pattern, pattern));
  return sorted.filter((run, at) => at === 0 || isNew(run, at));
}

function addSometimes(
  one: SweepReport['sometimes'],
  other: SweepReport['sometimes'],
): SweepReport['sometimes'] {
  const seedsByName = new Map(one.map(({ name, seeds }) => [name, seeds]));
  for (const { name, seeds } of other) seedsByName.set(name, (seedsByName.get(name) ?? 0) + seeds);
  return [...seedsByName].map(([name, seeds]) => ({ name, reached: seeds > 0, seeds }));
}

/** Adds up counts by name. */
export function addCounts(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Record<string, number> {
  const sums = new Map(Object.entries(one));
  for (const [name, more] of Object.entries(other)) sums.set(name, (sums.get(name) ?? 0) + more);
  return Object.fromEntries(sums);
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
    settled: addCounts(one.settled, other.settled),
  };
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
