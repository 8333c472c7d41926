import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { SWEEP_SAMPLING } from '../../engine/check-plan.ts';
import { ProblemError, toProblem } from '../../problem.ts';
import { CONFIDENCE_PERCENT, seedsNeeded } from '../../sweep/confidence.ts';
import type { SweepReport } from '../../sweep/report.ts';
import {
  formatCount,
  parseSeed,
  parseSeedCount,
  parseSeedRange,
  parseShard,
  parseTime,
  SEEDS_MAX,
  toSeedRange,
  valueOf,
  type Seeds,
  type Shard,
  formatPlural,
  byCount,
} from '../../text/quantities.ts';
import { withMachine, type LoadedMachine } from '../load/machine-loader.ts';
import { findMachine, pathOfMachine } from '../load/samples.ts';
import { printErrorLine, style } from '../report/print.ts';
import type { SweepPlan, SweepProgress } from '../sweep/pool.ts';
import { regressionsPath } from '../sweep/regressions.ts';
import { startSaving } from '../sweep/saving.ts';
import { shardOf, signOfMany } from '../sweep/shard.ts';
import { startShrinking, type ShrunkSweep } from '../sweep/shrinking.ts';
import { startSweep } from '../sweep/sweep.ts';
import { startTracing } from '../sweep/tracing.ts';
import { cancelOnInterrupt } from './interrupt.ts';
import { withOptionRules } from './option-rules.ts';
import {
  type CommandModule,
  FAULTS,
  INPUTS,
  MACHINE,
  OPERATIONS,
  SCENARIO,
  TIME_LIMIT,
  typed,
  whole,
} from './options.ts';
import { requireFolder, requireWritable, type ExitCode } from './output.ts';
import { ProgressLine } from './progress.ts';
import { withProject } from './project-options.ts';
import { planOptions, type ScenarioOptions } from './run-command.ts';
import {
  conclude,
  requireOutputs,
  withReportOptions,
  type Kept,
  type OutputOptions,
} from './sweep-outputs.ts';
import { requireKnown, soughtOf, type SoughtOptions } from './sweep-sought.ts';
import { sweepWhileEdited, type Round, type SweptRound } from './sweep-watch.ts';

const WORKERS_MAX = 256;
const SAMPLING_MAX = 1_000_000;
/** How many seeds are swept by default. */
const COUNT_DEFAULT = 100;

/** The options of `sweep`. */
export interface SweepOptions extends OutputOptions, ScenarioOptions, SoughtOptions {
  readonly seeds?: Seeds;
  readonly count?: number;
  readonly from?: bigint;
  /** Run as many seeds as it takes to show that fewer than 1 in this number fail. */
  readonly oneIn?: number;
  /** End at the first seed that fails. */
  readonly untilFailure?: boolean;
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
  readonly watch?: boolean;
  /** Whether the phases of records are counted. */
  readonly lifecycle?: boolean;
  /** Whether the lines are listed that no seed executes. */
  readonly coverage?: boolean;
  /** Whether what was found is shrunk and explained. */
  readonly explain?: boolean;
}

/** `phasmoscope sweep`: runs many seeds on all cores and prints their findings by cause. */
export const SWEEP: CommandModule = {
  examples: [
    ['Run a thousand seeds under all faults', 'sweep ./machine.ts --faults chaos --count 1000'],
    [
      'Run seeds for a minute, keep an example of each cause, and record it',
      'sweep ./machine.ts --faults chaos --time-budget 60s --save --traces traces',
    ],
    [
      'Show with 95 % confidence that fewer than 1 in 1 000 seeds fail',
      'sweep ./machine.ts --faults chaos --one-in 1000',
    ],
    [
      'Ask whether one finding is mended, whatever else fails',
      'sweep dentist-booking-unchecked --finding "no two bookings overlap" --one-in 1000',
    ],
    [
      'Run the second half of the seeds, as one of two jobs',
      'sweep ./machine.ts --faults chaos --count 10000 --shard 2/2 --report report-2.json',
    ],
  ],
  declare: (command) =>
    withOptionRules(
      withReportOptions(
        withProject(command)
          .argument(...MACHINE)
          .option(...SCENARIO)
          .option(...INPUTS)
          .option('--seeds <a..b>', 'the first and the last seed', typed(parseSeedRange))
          .option('--count <n>', 'the number of seeds (default: 100)', typed(parseSeedCount))
          .option('--from <n>', 'the first seed (default: 0)', typed(parseSeed))
          .option(
            '--one-in <n>',
            'as many seeds as show that fewer than 1 in n fail',
            whole('value of --one-in', SEEDS_MAX),
          )
          .option(
            '--confidence <percent>',
            'the confidence of that (default: 95)',
            whole('confidence in percent', 99),
          )
          .option('--finding <name>', 'ask about this finding only: others do not count')
          .option('--shape <shape>', 'the kind of step of that, such as "completion Success"')
          .option('--until-failure', 'end at the first seed that fails, saved seeds first')
          .option(
            '--time-budget <time>',
            'run as many seeds as fit in this time: 60s, 10m, 2h',
            typed(parseTime),
          )
          .option(...OPERATIONS)
          .option(...FAULTS, 'none')
          .option(...TIME_LIMIT)
          .option(
            '--workers <n>',
            'the number of threads (default: one for each core)',
            whole('number of workers', WORKERS_MAX),
          )
          .option(
            '--shard <i/n>',
            'run one part of the seeds (default: as CI says)',
            typed(parseShard),
          )
          .option(
            '--rules-every <n>',
            'check determinism, and freeze inputs, at every n-th step (default: 16)',
            whole('value of --rules-every', SAMPLING_MAX),
          )
          .option(
            '--invariants-every <n>',
            'check invariants at every n-th change of the state (default: 1)',
            whole('value of --invariants-every', SAMPLING_MAX),
          )
          .option(
            '--lifecycle',
            'count the transitions of records, and list those that were never made',
          )
          .option('--coverage', 'list the lines of the machine that no seed executes')
          .option('--no-explain', 'do not shrink and explain what was found')
          .option(
            '--save',
            'keep an example of each cause beside the machine and try it first later',
          )
          .option('--traces <folder>', 'write the trace of an example of each cause to a folder')
          .option(
            '--watch',
            'sweep again when the sources of the machine change, failed seeds first',
          ),
      ),
      [
        { options: ['--confidence'], needs: ['--one-in'] },
        { options: ['--shape'], needs: ['--finding'] },
      ],
    ),
  run: sweepCommand,
};

/** See {@link SWEEP}. */
export async function sweepCommand(machineText: string, options: SweepOptions): Promise<ExitCode> {
  const path = pathOfMachine(findMachine(machineText, process.cwd()));
  const saved = options.save ? regressionsPath(path) : undefined;
  await requireOutputs(options);
  await requireWritable(saved);
  await requireFolder(options.traces);
  const sweepOnce = (round: Round) =>
    withMachine(
      path,
      (loaded) => sweepLoaded(loaded, { given: machineText, path }, options, round),
      round.onSources,
    );
  if (options.watch !== true) return (await sweepOnce({})).exitCode;
  if (options.json === true) {
    throw new ProblemError({
      title: '--watch prints one report after another, which is not one JSON document.',
      remedy: 'Leave --json out, or write each report to a file with --report.',
    });
  }
  return sweepWhileEdited(path, sweepOnce);
}

async function sweepLoaded(
  machine: LoadedMachine,
  { given, path }: { readonly given: string; readonly path: string },
  options: SweepOptions,
  { failed = [], onPhase }: Round,
): Promise<SweptRound> {
  const { loaded, label } = await planOptions(machine, options);
  const { scenario, faults, operationsMax } = label;
  const asked = soughtOf(options);
  const plan: SweepPlan = {
    path,
    ...seedsOf(options),
    ...(options.untilFailure ? { until: asked } : {}),
    ...asked,
    settings: {
      scenario,
      ...(options.inputs === undefined ? {} : { inputs: resolve(options.inputs) }),
      faults,
      operationsMax,
      timeLimitMs: loaded.watch.limitMs,
      ...(options.lifecycle ? { hasPhases: true } : {}),
      ...(options.coverage ? { hasCoverage: true } : {}),
      sampling: {
        rulesEvery: options.rulesEvery ?? SWEEP_SAMPLING.rulesEvery,
        invariantsEvery: options.invariantsEvery ?? SWEEP_SAMPLING.invariantsEvery,
      },
    },
    workers: options.workers ?? availableParallelism(),
    shard: options.shard ?? shardOfProcess(),
  };
  const line = new ProgressLine();
  const show = (progress: SweepProgress) =>
    line.show(() => describeProgress(progress), shareOf(progress, options.timeBudget));
  const inPhase: InPhase = (task, cancel) => {
    onPhase?.(cancel);
    return cancelOnInterrupt(task, cancel);
  };
  const handle = startSweep(loaded, plan, show, failed);
  const swept = await inPhase(handle.report, () => handle.cancel());
  requireKnown(swept, machine);
  const { inputs } = options;
  const found = { ...swept, given, ...(inputs === undefined ? {} : { inputs }) };
  const { report, problem } = await shrinkFound(plan, found, options, line, inPhase);
  line.clear();
  const kept = await keepExamples(plan, report, options, line, inPhase);
  const all = problem ? { problem, ...kept } : kept;
  return { report, exitCode: await conclude(report, options, all) };
}

/** Waits for a part of the command, which an interrupt, or a change of the machine, ends early. */
type InPhase = <T>(task: Promise<T>, cancel: () => void) => Promise<T>;

/** The shard by the environment. A process that sweeps everything, as many others may, says so. */
function shardOfProcess(): Shard {
  const shard = shardOf(process.env);
  const sign = shard.total === 1 ? signOfMany(process.env) : undefined;
  if (sign !== undefined) {
    printErrorLine(style.yellow('warning:'), ` This sweep takes all seeds, although ${sign}.`);
    printErrorLine('Give --shard I/N for one part of them, or --shard 1/1 if all are meant.');
  }
  return shard;
}

/** Shrinks what was found, unless it is not wanted. What it has no time for is left as it was found. */
async function shrinkFound(
  plan: SweepPlan,
  report: SweepReport,
  { explain }: SweepOptions,
  line: ProgressLine,
  inPhase: InPhase,
): Promise<ShrunkSweep> {
  if (explain === false || report.isCancelled) return { report };
  const shrinking = startShrinking(plan, report, ({ errandsLeft }) =>
    line.show(() => `Shrinking: ${formatCount(errandsLeft)} examples left`),
  );
  return inPhase(shrinking.shrunk, () => shrinking.cancel());
}

async function keepExamples(
  plan: SweepPlan,
  report: SweepReport,
  { save, traces }: SweepOptions,
  line: ProgressLine,
  inPhase: InPhase,
): Promise<Kept> {
  const show = (what: string) => (progress: SweepProgress) =>
    line.show(() => `${what}: ${formatCount(progress.errandsLeft)} examples left`);
  let kept: Kept = {};
  try {
    if (save) {
      const saving = startSaving(plan, report, show('Saving'));
      kept = { saved: await inPhase(saving.saved, () => saving.cancel()) };
    }
    if (traces !== undefined) {
      const tracing = startTracing(plan, report, traces, show('Recording'));
      kept = { ...kept, traced: await inPhase(tracing.traced, () => tracing.cancel()) };
    }
  } catch (error) {
    // What the sweep found is printed nevertheless.
    kept = { ...kept, problem: toProblem(error, 'The examples could not be kept') };
  }
  line.clear();
  return kept;
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

/** How much of a sweep is done, if its end is known. */
function shareOf(
  { seeds, seedsMax, elapsedMs }: SweepProgress,
  timeBudgetMs?: number,
): number | undefined {
  if (seedsMax !== undefined) return seeds / seedsMax;
  return timeBudgetMs === undefined ? undefined : elapsedMs / timeBudgetMs;
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
  return (
    `${formatCount(seeds)}${of} ${byCount(seedsMax ?? seeds, 'seed', 'seeds')} in ${(elapsedMs / 1000).toFixed(0)} s, ` +
    `${formatPlural(stepsPerSecond, 'step')} a second, ` +
    `${formatPlural(part.groups.length, 'cause')} found` +
    (errandsLeft > 0 ? `, ${formatPlural(errandsLeft, 'saved seed')} to try` : '')
  );
}
