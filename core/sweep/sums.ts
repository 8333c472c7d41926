import { RULE_NAMES } from '../machine/rules.ts';
import { addCovered } from './covered-lines.ts';
import { isTelling, isPatternWithin, type MinimalRun } from './minimal-run.ts';
import { addTallies } from './phase-tally.ts';
import {
  BROKEN_LISTED_MAX,
  FAILING_LISTED_MAX,
  partOfCovered,
  partOfPhases,
  type BrokenSeed,
  type SweepChecks,
  type SweepGroup,
  type SweepReport,
  type TriedRegression,
} from './report.ts';
import { compareSeeds, compareTexts } from './seeds.ts';
import { addUnasked } from './unasked-seeds.ts';

/** @file Adds up what the seeds, workers and shards of a sweep found. */

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

function smallestOf(seeds: readonly string[]): string[] {
  return [...new Set(seeds)].toSorted(compareSeeds).slice(0, FAILING_LISTED_MAX);
}

function addMinima(one: SweepGroup, other: SweepGroup): Pick<SweepGroup, 'minima'> {
  const all = [...(one.minima ?? []), ...(other.minima ?? [])];
  return all.length === 0 ? {} : { minima: distinctMinima(all) };
}

/**
 * Of minimal runs of one group, those that need different things: the shortest first, and none that needs all
 * that a shorter one needs, and more, or so much that this is not known.
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
