import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { ZodError } from 'zod';
import { SWEEP_SAMPLING } from '../../engine/check-plan.ts';
import { ProblemError, toProblem, type Problem } from '../../problem.ts';
import { CONFIDENCE_PERCENT, seedsNeeded } from '../../sweep/confidence.ts';
import {
  MergeError,
  mergeReports,
  missingShards,
  sweepReportSchema,
  type SweepReport,
} from '../../sweep/report.ts';
import {
  toSeedRange,
  valueOf,
  type Seeds,
  type Shard,
  formatCount,
} from '../../text/quantities.ts';
import { parseJson } from '../../value/json.ts';
import { writeWholeFile } from '../files/write-file.ts';
import { withMachine, type LoadedMachine } from '../load/machine-loader.ts';
import { findMachine, pathOfMachine } from '../load/samples.ts';
import { withAdvice } from '../report/findings-text.ts';
import { writeJunit } from '../report/junit.ts';
import { formatJson, printJson } from '../report/print.ts';
import {
  hasFailed,
  isEmptyShard,
  printReport,
  printSaved,
  printTraced,
} from '../report/sweep-text.ts';
import type { SweepPlan, SweepProgress } from '../sweep/pool.ts';
import { regressionsPath } from '../sweep/regressions.ts';
import { startSaving, type Saved } from '../sweep/saving.ts';
import { shardOf } from '../sweep/shard.ts';
import { startSweep } from '../sweep/sweep.ts';
import { startTracing, type Traced } from '../sweep/tracing.ts';
import { cancelOnInterrupt } from './interrupt.ts';
import {
  EXIT,
  ProgressLine,
  OUTPUT,
  requireDistinct,
  requireFolder,
  requireWritable,
  printProblem,
  type ExitCode,
} from './output.ts';
import { planOptions, type ScenarioOptions } from './run-command.ts';

/** How many seeds are swept by default. */
const COUNT_DEFAULT = 100;

/** The options of `sweep`. */
export interface SweepOptions extends OutputOptions, ScenarioOptions {
  readonly seeds?: Seeds;
  readonly count?: number;
  readonly from?: bigint;
  /** Run as many seeds as it takes to show that fewer than 1 in this number fail. */
  readonly oneIn?: number;
  /** In milliseconds. */
  readonly timeBudget?: number;
  readonly operations?: number;
  readonly faults?: string;
  /** The time that a step may take, in milliseconds. */
  readonly timeLimit?: number;
  readonly workers?: number;
  readonly shard?: Shard;
  readonly rulesEvery?: number;
  readonly invariantsEvery?: number;
  readonly save?: boolean;
  /** The folder of the traces. */
  readonly traces?: string;
}

/** Where a report goes. */
export interface OutputOptions {
  /** The confidence of what a sweep without findings says of all seeds, in percent. */
  readonly confidence?: number;
  readonly report?: string;
  readonly junit?: string;
  readonly json?: boolean;
}

/** `phasmoscope sweep`: runs many seeds on all cores and prints their findings by cause. */
export async function sweepCommand(machineText: string, options: SweepOptions): Promise<ExitCode> {
  const path = pathOfMachine(findMachine(machineText, process.cwd()));
  const saved = options.save ? regressionsPath(path) : undefined;
  await requireOutputs(options);
  await requireWritable(saved);
  await requireFolder(options.traces);
  return withMachine(path, (loaded) => sweep(loaded, path, options));
}

async function sweep(given: LoadedMachine, path: string, options: SweepOptions): Promise<ExitCode> {
  const { loaded, label } = await planOptions(given, options);
  const { scenario, faults, operationsMax } = label;
  const plan: SweepPlan = {
    path,
    ...seedsOf(options),
    settings: {
      scenario,
      ...(options.inputs === undefined ? {} : { inputs: resolve(options.inputs) }),
      faults,
      operationsMax,
      timeLimitMs: loaded.watch.limitMs,
      sampling: {
        rulesEvery: options.rulesEvery ?? SWEEP_SAMPLING.rulesEvery,
        invariantsEvery: options.invariantsEvery ?? SWEEP_SAMPLING.invariantsEvery,
      },
    },
    workers: options.workers ?? availableParallelism(),
    shard: options.shard ?? shardOf(process.env),
  };
  const line = new ProgressLine();
  const handle = startSweep(loaded, plan, (progress) =>
    line.show(() => describeProgress(progress)),
  );
  const report = await cancelOnInterrupt(handle.report, () => handle.cancel());
  line.clear();
  return conclude(report, options, await keepExamples(plan, report, options, line));
}

/** @throws {ProblemError} when a report cannot be written, or two would go to the same file. */
async function requireOutputs({ report, junit }: OutputOptions): Promise<void> {
  requireDistinct({ '--report': report, '--junit': junit });
  await requireWritable(report, OUTPUT.report);
  await requireWritable(junit, OUTPUT.junit);
}

/** What was kept of the examples of a sweep, or why keeping failed. */
interface Kept {
  readonly saved?: Saved;
  readonly traced?: Traced;
  readonly problem?: Problem;
}

async function keepExamples(
  plan: SweepPlan,
  report: SweepReport,
  { save, traces }: SweepOptions,
  line: ProgressLine,
): Promise<Kept> {
  const show = (what: string) => (progress: SweepProgress) =>
    line.show(() => `${what}: ${formatCount(progress.errandsLeft)} examples left`);
  let kept: Kept = {};
  try {
    if (save) {
      const saving = startSaving(plan, report, show('Saving'));
      kept = { saved: await cancelOnInterrupt(saving.saved, () => saving.cancel()) };
    }
    if (traces !== undefined) {
      const tracing = startTracing(plan, report, traces, show('Recording'));
      kept = { ...kept, traced: await cancelOnInterrupt(tracing.traced, () => tracing.cancel()) };
    }
  } catch (error) {
    // What the sweep found is printed nevertheless.
    kept = { ...kept, problem: toProblem(error, 'The examples could not be kept') };
  }
  line.clear();
  return kept;
}

/** `phasmoscope merge`: adds up the reports of shards. */
export async function mergeCommand(
  files: readonly string[],
  options: OutputOptions,
): Promise<ExitCode> {
  await requireOutputs(options);
  const reports = await Promise.all(files.map(readReport));
  try {
    const report = mergeReports(reports);
    const problem = problemOfShards(report);
    return await conclude(report, options, problem ? { problem } : {});
  } catch (error) {
    if (!(error instanceof MergeError)) throw error;
    throw new ProblemError(
      { title: error.message, remedy: 'Merge the reports of the shards of one sweep.' },
      { cause: error },
    );
  }
}

async function readReport(file: string): Promise<SweepReport> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ProblemError(
      {
        title: `${file} cannot be read: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}.`,
        remedy: 'Give files that `phasmoscope sweep --report FILE` wrote.',
      },
      { cause: error },
    );
  });
  try {
    return sweepReportSchema.parse(parseJson(text));
  } catch (error) {
    throw new ProblemError(
      {
        title: `${file} is not a report of a sweep: ${explain(error)}`,
        remedy: 'Give files that `phasmoscope sweep --report FILE` wrote.',
      },
      { cause: error },
    );
  }
}

function explain(error: unknown): string {
  const issue = error instanceof ZodError ? error.issues[0] : undefined;
  if (issue) return `${issue.path.join('.') || 'the document'}: ${issue.message}`;
  return error instanceof Error ? error.message : String(error);
}

/** Prints and writes a report as the options say, and returns the exit code of the command. */
async function conclude(
  report: SweepReport,
  options: OutputOptions,
  { saved, traced, problem = problemOfTooLittle(report) }: Kept,
): Promise<ExitCode> {
  const document = {
    ...report,
    groups: report.groups.map(withAdvice),
    ...(traced ? { traces: traced.files } : {}),
    ...(problem ? { error: problem } : {}),
  };
  // A full disk must not lose what was found: it is printed in any case.
  const unwritten = await writeOutputs(report, document, options, problem);
  if (options.json) printJson(document);
  else {
    printReport(report, options.confidence);
    if (saved) printSaved(saved);
    if (traced) printTraced(traced);
  }
  const problems = [problem, ...unwritten].filter((one) => one !== undefined);
  problems.forEach(printProblem);
  if (problems.length > 0) return EXIT.refused;
  return hasFailed(report) ? EXIT.found : EXIT.done;
}

/** Writes the files that are asked for, and returns why some could not be written. */
async function writeOutputs(
  report: SweepReport,
  document: object,
  options: OutputOptions,
  problem: Problem | undefined,
): Promise<readonly Problem[]> {
  const written = await Promise.allSettled([
    options.report === undefined
      ? undefined
      : writeWholeFile(options.report, `${formatJson(document)}\n`),
    options.junit === undefined ? undefined : writeJunit(options.junit, report, problem),
  ]);
  return written.flatMap((one) =>
    one.status === 'rejected' ? [toProblem(one.reason, 'A report could not be written')] : [],
  );
}

const STOPPED_EARLY: Problem = {
  title: 'The sweep was stopped early and had found nothing by then.',
  remedy: 'Sweep again: the remaining seeds may fail.',
};

/** An incomplete report must not look like that of a sound machine. */
function problemOfTooLittle(report: SweepReport): Problem | undefined {
  if (hasFailed(report) || isEmptyShard(report)) return undefined;
  if (report.seeds > 0) return report.isCancelled ? STOPPED_EARLY : undefined;
  const after = report.steps > 0 ? ` after ${formatCount(report.steps)} steps` : '';
  return {
    title: `No seed finished: the sweep was ${report.isCancelled ? 'stopped' : 'out of time'}${after}.`,
    remedy: 'This says nothing about the machine. Give the sweep more time, or fewer operations.',
  };
}

/** Says which shards are missing from a report, or were stopped. */
function problemOfShards(report: SweepReport): Problem | undefined {
  const total = report.shards[0]?.total ?? 0;
  const missing = missingShards(report);
  if (missing.length > 0) {
    const names = nameShards(missing, total);
    return {
      title: `The sweep is not complete: of ${formatCount(total)} shards, ${names} missing.`,
      remedy: `Sweep with the same settings and --shard ${missing[0]}/${total}, and merge all reports.`,
    };
  }
  const stopped = report.shards.filter(({ isCancelled }) => isCancelled);
  if (stopped.length === 0) return undefined;
  const names = nameShards(
    stopped.map(({ index }) => index),
    total,
  );
  return {
    title: `The sweep is not complete: ${names} stopped early.`,
    remedy: 'Sweep these shards again with the same settings, and merge all reports.',
  };
}

const SHARDS_NAMED_MAX = 5;

function nameShards(indices: readonly number[], total: number): string {
  const names = indices.slice(0, SHARDS_NAMED_MAX).map((index) => `${index}/${total}`);
  const more = indices.length - names.length;
  const list = more > 0 ? `${names.join(', ')} and ${formatCount(more)} more` : names.join(', ');
  return indices.length === 1 ? `shard ${list} is` : `shards ${list} are`;
}

/** Which seeds: a range, a number of them, or as many as a time allows. */
function seedsOf({
  seeds,
  count,
  from,
  timeBudget,
  oneIn,
  confidence: confidencePercent = CONFIDENCE_PERCENT,
}: SweepOptions): Pick<SweepPlan, 'from' | 'count' | 'timeBudgetMs'> {
  const ways = [seeds, count, timeBudget, oneIn].filter((way) => way !== undefined);
  if (ways.length > 1) {
    throw new ProblemError({
      title: 'The seeds are given in more than one way.',
      remedy: 'Give one of --seeds A..B, --count N, --one-in N and --time-budget 60s.',
    });
  }
  if (seeds !== undefined && from !== undefined) {
    throw new ProblemError({
      title: 'The first seed is given in two ways.',
      remedy: 'Give either --seeds A..B, or --from A with --count N.',
    });
  }
  if (seeds !== undefined) return seeds;
  if (timeBudget !== undefined) return { from: from ?? 0n, timeBudgetMs: timeBudget };
  const needed = oneIn === undefined ? undefined : seedsNeeded({ oneIn, confidencePercent });
  return valueOf(toSeedRange(from ?? 0n, needed ?? count ?? COUNT_DEFAULT));
}

function describeProgress({
  seeds,
  seedsMax,
  stepsPerSecond,
  part,
  elapsedMs,
  errandsLeft,
}: SweepProgress): string {
  const of = seedsMax === undefined ? '' : ` of ${formatCount(seedsMax)}`;
  const causes = part.groups.length === 1 ? '1 cause' : `${part.groups.length} causes`;
  return (
    `${formatCount(seeds)}${of} seeds in ${(elapsedMs / 1000).toFixed(0)} s, ` +
    `${formatCount(stepsPerSecond)} steps a second, ${causes} found` +
    (errandsLeft > 0 ? `, ${formatCount(errandsLeft)} saved seeds to try` : '')
  );
}
