import { CHECK_EVERYTHING, type Sampling } from '../../engine/check-plan.ts';
import { beginWithin } from '../../engine/driving.ts';
import { startSeed, type Run, type RunPlan } from '../../engine/run.ts';
import type { ChildProcessMachine } from '../../machine/child-process.ts';
import type { AnyMachine } from '../../machine/machine.ts';
import type { AnyScenario } from '../../machine/scenario.ts';
import { parseSeed, valueOf } from '../../text/quantities.ts';
import { Verifier, type VerifyOptions } from '../../trace/compare/verify.ts';
import type { RecordedRun, RunLabel } from '../../trace/recorder.ts';
import type { Trace } from '../../trace/trace.ts';
import { withInputs } from '../load/inputs-file.ts';
import { isChildProcess } from '../load/machine-exports.ts';
import {
  findFaultProfile,
  findScenario,
  withTimeLimit,
  type LoadedMachine,
} from '../load/machine-loader.ts';
import { currentRuntime } from './runtime.ts';

/** What to run of a machine, without the seed. */
export interface RunChoice {
  /** The machine's first scenario by default. */
  readonly scenario?: string | undefined;
  /** The file of inputs from which the scenario is made, if it is not one of the machine's. */
  readonly inputs?: string | undefined;
  /** The scenario's own number by default. */
  readonly operationsMax?: number | undefined;
  /** The name of a fault profile. */
  readonly faults: string;
  /** The time that a step may take; that of the loaded machine by default. */
  readonly timeLimitMs?: number | undefined;
}

/** A machine that is loaded, and how its seeds are run. */
export interface LoadedPlan extends RunPlan {
  readonly loaded: LoadedMachine;
  /** The label of such a run in a trace, without the seed. */
  readonly label: Omit<RunLabel, 'seed'>;
}

interface ModuleExports {
  readonly machine: AnyMachine | ChildProcessMachine;
  readonly scenarios?: readonly AnyScenario[];
}

/**
 * Resolves a choice to a plan.
 *
 * @param sampling how often expensive checks are made; by default every time.
 * @throws {ProblemError} when the machine has no such scenario or fault profile, or the file of inputs
 * cannot be read.
 */
export async function planRun(
  given: LoadedMachine,
  choice: RunChoice,
  sampling: Sampling = CHECK_EVERYTHING,
): Promise<LoadedPlan> {
  const loaded = withTimeLimit(await withInputs(given, choice.inputs), choice.timeLimitMs);
  const { machine, guard, watch, locate, sourceHash } = loaded;
  const scenario = findScenario(loaded, choice.scenario);
  const faults = findFaultProfile(loaded, choice.faults);
  const operationsMax = choice.operationsMax ?? scenario.defaults.operations;
  return {
    loaded,
    machine,
    guard,
    watch,
    sampling,
    settings: { scenario, operationsMax, faults, locate },
    label: {
      scenario: scenario.name,
      operationsMax,
      faults: choice.faults,
      sourceHash,
      runtime: currentRuntime(),
      timeLimitMs: watch.limitMs,
    },
  };
}

/**
 * The plan as a process has it that has just started: the variables of the module have their first values. Of a
 * machine in a database or in a process of its own, only those of the scenario do.
 */
export function planAnew(plan: LoadedPlan): RunPlan {
  const { loaded, guard, settings } = plan;
  // What the module exports was checked when it was loaded.
  const exported = guard?.evaluateAgain() as ModuleExports | undefined;
  if (!exported) return plan;
  const { scenarios } = loaded;
  // Counted from the end: a file of inputs stands before the scenarios of the module.
  const at = scenarios.indexOf(settings.scenario) - scenarios.length;
  const scenario = exported.scenarios?.at(at) ?? settings.scenario;
  const isConnected = plan.machine.storage !== undefined || isChildProcess(exported.machine);
  const machine = isConnected ? plan.machine : exported.machine;
  return { ...plan, machine, settings: { ...settings, scenario } };
}

/** The default seed of a plan's scenario. */
export function defaultSeed({ settings }: RunPlan): bigint {
  return valueOf(parseSeed(settings.scenario.defaults.seed));
}

/**
 * Begins the run of a seed, with its label for a trace.
 *
 * @throws {BeginningError} when it does not begin within the time limit of a step.
 */
export async function startRecorded(
  plan: LoadedPlan,
  seed: bigint,
): Promise<RecordedRun & { readonly run: Run }> {
  const { machine, label } = plan;
  const run = await beginWithin(plan, () => startSeed(plan, seed));
  return { machine, run, label: { ...label, seed } };
}

/**
 * Makes the verifier of a trace on a machine. What must hold at the end is checked if the machine still has
 * the trace's scenario.
 *
 * @throws {BeginningError} when it does not begin within the time limit of a step.
 */
export async function verifierOf(
  loaded: LoadedMachine,
  trace: Trace,
  options: Pick<VerifyOptions, 'stepsMax' | 'isDeedsOnly'> = {},
): Promise<Verifier> {
  const { machine, scenarios, locate, guard } = loaded;
  const { scenario: name, timeLimitMs } = trace.header;
  const scenario = scenarios.find((one) => one.name === name);
  // What took too long when it was recorded takes too long now.
  const watch = timeLimitMs === undefined ? loaded.watch : loaded.watch.limitedTo(timeLimitMs);
  const surroundings = { scenario, locate, guard, watch };
  return beginWithin(
    surroundings,
    () => new Verifier(trace, machine, { ...options, ...surroundings }),
  );
}
