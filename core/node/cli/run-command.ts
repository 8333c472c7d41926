import { CHECK_EVERYTHING, SWEEP_SAMPLING, type Sampling } from '../../engine/check-plan.ts';
import { driveToEnd, sumUp } from '../../engine/driving.ts';
import { describeUnasked, UnaskedWatch } from '../../engine/unasked.ts';
import type { Executed } from '../../machine/executed.ts';
import type { Finding } from '../../machine/finding.ts';
import type { Printed } from '../../machine/printed.ts';
import { ENDED_BY_NEXT, NOTHING_TRIED } from '../../machine/scenario.ts';
import { ProblemError, type Problem } from '../../problem.ts';
import { formatCount, formatPlural } from '../../text/quantities.ts';
import { withAdvice } from '../../trace/words/finding-facts.ts';
import { encodeValue } from '../../value/encoding.ts';
import { toPlainJson } from '../../value/value.ts';
import { withMachine, type LoadedMachine } from '../load/machine-loader.ts';
import { findMachine, pathOfMachine } from '../load/samples.ts';
import { describeChecks, printWeakness } from '../report/checks-text.ts';
import { printFindings } from '../report/findings-text.ts';
import { printOutput } from '../report/output-text.ts';
import { printErrorLine, printJson, printLine, printTable, style } from '../report/print.ts';
import { defaultSeed, planRun, startRecorded, type LoadedPlan } from '../runs/planning.ts';
import { type CommandModule, MACHINE, TRACE_OUT, withRunOptions } from './options.ts';
import { EXIT, printProblem, type ExitCode } from './output.ts';
import { withProject } from './project-options.ts';
import { StandstillWatch } from './standstill.ts';
import { recordWatched, STOPPED, watched, type WatchedRun } from './watched-run.ts';

/** Options that say where the operations come from: a scenario of the machine, or a file of inputs. */
export interface ScenarioOptions {
  readonly scenario?: string;
  readonly inputs?: string;
}

/** The options of `run` and `record`. */
export interface RunOptions extends ScenarioOptions {
  readonly seed?: bigint;
  readonly operations?: number;
  readonly faults?: string;
  /** The time that a step may take, in milliseconds. */
  readonly timeLimit?: number;
  readonly json?: boolean;
}

/** The options of `record`. */
export interface RecordOptions extends RunOptions {
  readonly out: string;
}

interface PreparedRun extends WatchedRun {
  readonly sampling: Sampling;
}

/** `phasmoscope run`: executes a seed and prints what it found. */
export const RUN: CommandModule = {
  examples: [
    ['Run a sample on the seed of its scenario', 'run dentist-booking-unchecked'],
    ['Run one seed of a machine under faults', 'run ./machine.ts --seed 7 --faults chaos'],
    ['Run inputs from a file', 'run ./machine.ts --inputs visit.json'],
  ],
  declare: (command) => withProject(withRunOptions(command.argument(...MACHINE))),
  run: runCommand,
};

async function runCommand(machineText: string, options: RunOptions): Promise<ExitCode> {
  return withMachine(pathOfText(machineText), (loaded) => runLoaded(loaded, options));
}

async function runLoaded(loaded: LoadedMachine, options: RunOptions): Promise<ExitCode> {
  // A run without a trace is as fast as a sweep.
  const prepared = await prepareRun(loaded, options, SWEEP_SAMPLING);
  const { run } = prepared;
  const gathered = new Gathered(prepared, options);
  const startMs = performance.now();
  const observe = (step: Executed) => gathered.add(step);
  const problem = await watched(prepared, observe, async (driving) => {
    await driveToEnd(run, driving);
    await sumUp(run);
  });
  return report(prepared, gathered, { startMs, steps: run.steps, problem });
}

/** `phasmoscope record`: executes a seed and writes its trace to a file. */
export const RECORD: CommandModule = {
  examples: [
    ['Record a sample that fails', 'record dentist-booking-unchecked --out unchecked.jsonl.gz'],
    [
      'Record one seed of a machine under faults',
      'record ./machine.ts --seed 7 --faults crashes --out crashes.jsonl',
    ],
  ],
  declare: (command) =>
    withProject(withRunOptions(command.argument(...MACHINE)).requiredOption(...TRACE_OUT)),
  run: recordCommand,
};

async function recordCommand(machineText: string, options: RecordOptions): Promise<ExitCode> {
  return withMachine(pathOfText(machineText), (loaded) => recordLoaded(loaded, options));
}

async function recordLoaded(loaded: LoadedMachine, options: RecordOptions): Promise<ExitCode> {
  // A recorded run is checked completely.
  const prepared = await prepareRun(loaded, options, CHECK_EVERYTHING);
  const gathered = new Gathered(prepared, options);
  const startMs = performance.now();
  const { out } = options;
  const { index, problem } = await recordWatched(prepared, out, (step) => gathered.add(step));
  return report(prepared, gathered, { startMs, out, steps: index?.length ?? 0, problem });
}

/** What is taken from the steps of a run as they come. */
class Gathered {
  readonly asJson: boolean;
  readonly findings: Finding[];
  /** What was printed, as JSON has it; otherwise it is printed at once. */
  readonly output: (Printed & { readonly stepIndex: number })[] = [];
  readonly unasked = new UnaskedWatch();

  constructor({ run }: PreparedRun, { json = false }: RunOptions) {
    this.asJson = json;
    this.findings = [...run.executor.initialFindings];
  }

  add(step: Executed): void {
    const { stepIndex, findings, output } = step;
    this.unasked.add(step);
    if (findings.length > 0) this.findings.push(...findings);
    if (output.length === 0) return;
    if (!this.asJson) printOutput(stepIndex, output);
    else this.output.push(...output.map((printed) => ({ stepIndex, ...printed })));
  }
}

function pathOfText(machineText: string): string {
  return pathOfMachine(findMachine(machineText, process.cwd()));
}

async function prepareRun(
  given: LoadedMachine,
  options: RunOptions,
  sampling: Sampling,
): Promise<PreparedRun> {
  const plan = await planOptions(given, options, sampling);
  const watch = new StandstillWatch();
  // The scenario starts, which may stand still as well.
  watch.isAwaited = true;
  const started = await startRecorded(plan, options.seed ?? defaultSeed(plan));
  watch.isAwaited = false;
  return { ...started, sampling, watch };
}

/**
 * Plans a run from the options of a command, without the seed.
 *
 * @throws {ProblemError} when something is not found or cannot be read, or when both a scenario of the
 * machine and a file of inputs are given.
 */
export async function planOptions(
  given: LoadedMachine,
  { scenario, inputs, operations, faults = 'none', timeLimit: timeLimitMs }: RunOptions,
  sampling?: Sampling,
): Promise<LoadedPlan> {
  if (scenario !== undefined && inputs !== undefined) {
    throw new ProblemError({
      title: 'The operations are given in two ways.',
      remedy: 'Give either --scenario or --inputs: a file of inputs is a scenario of its own.',
    });
  }
  const choice = { scenario, inputs, operationsMax: operations, faults, timeLimitMs };
  return planRun(given, choice, sampling);
}

/** What came of a run. */
interface Outcome {
  readonly startMs: number;
  readonly out?: string;
  /** Those that were taken in: a step that is too large to be written is not. */
  readonly steps: number;
  /** Why the run broke before its end. */
  readonly problem: Problem | undefined;
}

/** Prints what came of a run, and returns the exit code. */
function report(
  { machine, run, label, sampling }: PreparedRun,
  { asJson, findings, output, unasked }: Gathered,
  { startMs, out, steps, problem }: Outcome,
): ExitCode {
  const durationMs = performance.now() - startMs;
  const { scenario, faults, operationsMax } = label;
  const seed = label.seed.toString();
  const { operations, executor, checks: counts } = run;
  // The scenario of a run that broke is not asked any more.
  const tallies = problem && problem !== STOPPED ? {} : run.tallies;
  const found = findings.length > 0 ? EXIT.found : EXIT.done;
  const exitCode = problem ? EXIT.refused : found;
  const checks = { ...counts, ...sampling, waivers: machine.waivers ?? {} };
  if (unasked.first) {
    printErrorLine(style.yellow('warning:'), ` ${describeUnasked(unasked.first)}.`);
  }
  if (asJson) {
    printJson({
      machine: machine.name,
      scenario,
      seed,
      faults,
      operations,
      ...(run.hasEndedEarly ? { endedEarly: true } : {}),
      steps,
      tallies,
      checks,
      findings: findings.map(withAdvice),
      ...(output.length === 0 ? {} : { output }),
      finalState: toPlainJson(executor.state),
      encodedState: encodeValue(executor.state),
      ...(out === undefined ? {} : { out }),
      ...(problem ? { error: problem } : {}),
    });
    if (problem) printProblem(problem);
    return exitCode;
  }
  const isEmpty = problem !== undefined && steps === 0;
  const perSecond = formatCount(Math.round(operations / (durationMs / 1000)));
  printLine(
    `${machine.name}, ${scenario}, seed ${seed}${faults === 'none' ? '' : `, faults ${faults}`}`,
  );
  printTable([
    [
      'operations',
      `${formatCount(operations)} in ${(durationMs / 1000).toFixed(2)} s (${perSecond} a second)`,
    ],
    ['steps', formatCount(steps)],
    // The scenario has started, so that what it asks is known.
    ...describeChecks(checks, 1),
    ...Object.entries(tallies).map(([name, count]) => [name, formatCount(count)] as const),
    ...(out === undefined || isEmpty ? [] : [['written to', out] as const]),
  ]);
  printFindings(findings, problem && steps);
  if (operations === 0 && !problem) printLine(style.yellow(NOTHING_TRIED));
  else if (run.hasEndedEarly) {
    const made = `${formatCount(operations)} of ${formatPlural(operationsMax, 'operation')}`;
    printLine(style.yellow(`ended after ${made}: ${ENDED_BY_NEXT}`));
  }
  printWeakness(checks);
  if (problem) printProblem(problem);
  return exitCode;
}
