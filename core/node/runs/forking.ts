import { planChecks } from '../../engine/check-plan.ts';
import { LeadError } from '../../engine/lead.ts';
import { ProblemError } from '../../problem.ts';
import type { Fork } from '../../trace/format/fork.ts';
import type { TraceHeader } from '../../trace/format/header.ts';
import type { RecordedRun, RunLabel } from '../../trace/recorder.ts';
import type { Trace } from '../../trace/trace.ts';
import { startFork, type ForkSubject } from '../../what-if/fork.ts';
import { ForkError } from '../../what-if/forked-list.ts';
import { parentOf } from '../../what-if/parent.ts';
import type { LoadedMachine } from '../load/machine-loader.ts';
import { forkSubjectOf } from './fork-subject.ts';
import { currentRuntime } from './runtime.ts';

/** A fork that was begun, ready to be recorded. */
export interface StartedFork extends RecordedRun {
  readonly shared: NonNullable<RecordedRun['shared']>;
  /** Whether the shared steps were executed again, since the state is in a database. */
  readonly isPastExecuted: boolean;
}

/**
 * Begins a fork of a recorded run, to be recorded as a trace of its own that carries its descent.
 *
 * @throws {ProblemError} for changes that the parent does not allow, a scenario that cannot go on, or another machine
 *   in a fork that shares steps.
 * @throws {ScenarioError} when the scenario throws.
 */
export async function startRecordedFork(
  loaded: LoadedMachine,
  trace: Trace,
  fork: Fork,
): Promise<StartedFork> {
  const { machine } = loaded;
  const subject = subjectOf(loaded, trace.header, fork);
  const { run } = await startFork(subject, parentOf(trace), fork).catch((error: unknown) => {
    throw toForkProblem(error);
  });
  return {
    machine,
    run,
    label: labelOf(loaded, trace.header, fork),
    shared: { trace, count: fork.from },
    isPastExecuted: fork.from > 0 && run.executor.leadsByExecuting,
  };
}

/** A fork that shares no state with the trace may be of another machine, which is checked as its own runs are. */
function subjectOf(loaded: LoadedMachine, header: TraceHeader, { from }: Fork): ForkSubject {
  const { machine } = loaded;
  if (from > 0 || machine.name === header.machine) return forkSubjectOf(loaded, header);
  const subject = forkSubjectOf(loaded, { ...header, machine: machine.name });
  return { ...subject, checks: planChecks(machine, subject.faults) };
}

/** What keeps a fork from its beginning, as a problem of its changes and not of the machine. */
export function toForkProblem(error: unknown): unknown {
  if (!(error instanceof ForkError) && !(error instanceof LeadError)) return error;
  const remedy = 'Choose another step, another change, or another way to go on.';
  return new ProblemError({ title: error.message, remedy }, { cause: error });
}

/** What keeps the curve of a run from being drawn, as a problem of its scenario and not of the machine. */
export function toDoomProblem(error: unknown): unknown {
  if (!(error instanceof ForkError) && !(error instanceof LeadError)) return error;
  const remedy =
    'Give the source that the trace was recorded with, or record the run again with a scenario of the machine.';
  return new ProblemError({ title: error.message, remedy }, { cause: error });
}

function labelOf({ sourceHash, watch }: LoadedMachine, header: TraceHeader, fork: Fork): RunLabel {
  const { scenario, seed, operationsMax, faults, shrunkFrom, forks = [] } = header;
  const related = Math.min(fork.from, ...forks.map(({ from }) => from));
  const stepIndices = shrunkFrom?.stepIndices.slice(0, related);
  return {
    scenario,
    seed: BigInt(seed),
    operationsMax,
    faults,
    sourceHash,
    runtime: currentRuntime(),
    timeLimitMs: watch.limitMs,
    ...(shrunkFrom && stepIndices ? { shrunkFrom: { ...shrunkFrom, stepIndices } } : {}),
    forks: [...forks, fork],
  };
}
