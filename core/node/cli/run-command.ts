import { CHECK_EVERYTHING, SWEEP_SAMPLING, type Sampling } from '../../engine/check-plan.ts';
import { startRun, type Run } from '../../engine/run.ts';
import type { Executed, Finding } from '../../machine/executed.ts';
import type { AnyScenario } from '../../machine/scenario.ts';
import { ProblemError } from '../../problem.ts';
import { parseSeed, valueOf } from '../../text/quantities.ts';
import { TraceRecorder, type RunLabel } from '../../trace/recorder.ts';
import { toPlainJson } from '../../value/value.ts';
import { TraceFileWriter } from '../files/trace-file.ts';
import { withInputs } from '../load/inputs-file.ts';
import {
  findFaultProfile,
  findScenario,
  withMachine,
  type LoadedMachine,
} from '../load/machine-loader.ts';
import { findMachine, pathOfMachine } from '../load/samples.ts';
import { describeChecks, printWeakness } from '../report/checks-text.ts';
import {
  EXIT,
  formatCount,
  printFindings,
  printJson,
  printLine,
  printTable,
  ProgressLine,
  withAdvice,
  type ExitCode,
} from './output.ts';
import { StandstillWatch } from './standstill.ts';

/** Steps between two looks at the progress. */
const SLICE_STEPS = 20_000;

/** Where the operations come from: a scenario of the machine, or a file of inputs. */
export interface ScenarioOptions {
  readonly scenario?: string;
  readonly inputs?: string;
}

/** What a person gives to `run` and `record`. */
export interface RunOptions extends ScenarioOptions {
  readonly seed?: bigint;
  readonly operations?: number;
  readonly faults?: string;
  readonly json?: boolean;
}

/** What a person gives to `record`. */
export interface RecordOptions extends RunOptions {
  readonly out: string;
}

interface PreparedRun {
  readonly loaded: LoadedMachine;
  readonly run: Run;
  readonly sampling: Sampling;
  readonly label: RunLabel;
}

/** `phasmoscope run`: executes a seed and tells what came of it. */
export async function runCommand(machineText: string, options: RunOptions): Promise<ExitCode> {
  return withMachine(pathOfText(machineText), (loaded) => runLoaded(loaded, options));
}

async function runLoaded(loaded: LoadedMachine, options: RunOptions): Promise<ExitCode> {
  const prepared = await prepareRun(loaded, options, false);
  const findings = [...prepared.run.executor.initialFindings];
  const startMs = performance.now();
  await execute(prepared.run, (step) => {
    if (step.findings.length > 0) findings.push(...step.findings);
  });
  report(prepared, findings, performance.now() - startMs, options.json === true);
  return findings.length > 0 ? EXIT.found : EXIT.done;
}

/** `phasmoscope record`: executes a seed and writes its trace to a file. */
export async function recordCommand(
  machineText: string,
  options: RecordOptions,
): Promise<ExitCode> {
  return withMachine(pathOfText(machineText), (loaded) => recordLoaded(loaded, options));
}

async function recordLoaded(loaded: LoadedMachine, options: RecordOptions): Promise<ExitCode> {
  const prepared = await prepareRun(loaded, options, true);
  const { run, label } = prepared;
  const recorder = new TraceRecorder(loaded.machine, run, label);
  const findings = [...run.executor.initialFindings];
  const writer = await TraceFileWriter.open(options.out);
  const startMs = performance.now();
  try {
    await writer.write(`${recorder.header()}\n`);
    const lines: string[] = [];
    await execute(
      run,
      (step) => {
        lines.push(recorder.step(step), '\n');
        findings.push(...step.findings);
      },
      () => writer.write(lines.splice(0).join('')),
    );
    await writer.write(`${recorder.end()}\n`);
    await writer.close();
  } catch (error) {
    await writer.discard();
    throw error;
  }
  report(prepared, findings, performance.now() - startMs, options.json === true, options.out);
  return findings.length > 0 ? EXIT.found : EXIT.done;
}

function pathOfText(machineText: string): string {
  return pathOfMachine(findMachine(machineText, process.cwd()));
}

async function prepareRun(
  given: LoadedMachine,
  options: RunOptions,
  isRecorded: boolean,
): Promise<PreparedRun> {
  const { loaded, scenario } = await chooseScenario(given, options);
  const faults = options.faults ?? 'none';
  const profile = findFaultProfile(loaded, faults);
  const seed = options.seed ?? defaultSeed(scenario);
  const operationsMax = options.operations ?? scenario.defaults.operations;
  const { locate, guard, machine } = loaded;
  const settings = { scenario, seed, operationsMax, faults: profile, locate };
  // What is recorded is looked at closely; a run without a trace is as fast as a sweep.
  const sampling = isRecorded ? CHECK_EVERYTHING : SWEEP_SAMPLING;
  return {
    loaded,
    run: startRun(machine, settings, { guard, sampling }),
    sampling,
    label: {
      scenario: scenario.name,
      seed: seed.toString(),
      operationsMax,
      faults,
      sourceHash: loaded.sourceHash,
    },
  };
}

/**
 * A machine with the scenario that is meant: one of its own, or a file of inputs.
 *
 * @throws {ProblemError} when it cannot be found or read, or both kinds of scenario are given.
 */
export async function chooseScenario(
  given: LoadedMachine,
  { scenario, inputs }: ScenarioOptions,
): Promise<{ readonly loaded: LoadedMachine; readonly scenario: AnyScenario }> {
  if (scenario !== undefined && inputs !== undefined) {
    throw new ProblemError({
      title: 'The operations are given in two ways.',
      remedy: 'Give either --scenario or --inputs: a file of inputs is a scenario of its own.',
    });
  }
  const loaded = await withInputs(given, inputs);
  return { loaded, scenario: findScenario(loaded, scenario) };
}

/** The seed that a scenario proposes. */
export function defaultSeed({ defaults }: AnyScenario): bigint {
  return valueOf(parseSeed(defaults.seed));
}

async function execute(
  run: Run,
  observe: (step: Executed) => void,
  afterSlice: () => Promise<void> = async () => {},
): Promise<void> {
  const progress = new ProgressLine();
  const watch = new StandstillWatch();
  const observed = (step: Executed) => {
    watch.step();
    observe(step);
  };
  try {
    for (let hasMore = true; hasMore;) {
      watch.isAwaited = true;
      hasMore = await run.advance(SLICE_STEPS, observed);
      watch.isAwaited = false;
      await afterSlice();
      progress.show(`${formatCount(run.steps)} steps`);
    }
  } finally {
    watch.close();
  }
  // A rejection that nobody awaits is told only after the present task, and before any answer.
  await new Promise((resolve) => setImmediate(resolve));
  progress.clear();
}

function report(
  { loaded, run, label, sampling }: PreparedRun,
  findings: readonly Finding[],
  durationMs: number,
  asJson: boolean,
  out?: string,
): void {
  const { scenario, seed, faults } = label;
  const { operations, steps, tallies, executor } = run;
  const machine = loaded.machine.name;
  const checks = { ...executor.checks, ...sampling, waivers: loaded.machine.waivers ?? {} };
  if (asJson) {
    printJson({
      machine,
      scenario,
      seed,
      faults,
      operations,
      steps,
      tallies,
      checks,
      findings: findings.map(withAdvice),
      finalState: toPlainJson(executor.state),
      ...(out === undefined ? {} : { out }),
    });
    return;
  }
  const perSecond = formatCount(Math.round(operations / (durationMs / 1000)));
  printLine(
    `${machine}, ${scenario}, seed ${seed}${faults === 'none' ? '' : `, faults ${faults}`}`,
  );
  printTable([
    [
      'operations',
      `${formatCount(operations)} in ${(durationMs / 1000).toFixed(2)} s (${perSecond} a second)`,
    ],
    ['steps', formatCount(steps)],
    ...describeChecks(checks),
    ...Object.entries(tallies).map(([name, count]) => [name, formatCount(count)] as const),
    ...(out === undefined ? [] : [['written to', out] as const]),
  ]);
  printFindings(findings);
  printWeakness(checks);
}
