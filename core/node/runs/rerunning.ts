import type { Pulse } from '../../engine/driving.ts';
import type { Rerun } from '../../trace/compare/rerun.ts';
import type { Trace } from '../../trace/trace.ts';
import { parentOf } from '../../what-if/parent.ts';
import { runAgain } from '../../what-if/rerun.ts';
import type { LoadedMachine } from '../load/machine-loader.ts';
import { forkSubjectOf } from './fork-subject.ts';

/**
 * Executes the operations of a trace on the machine as it is now, and says what became of its findings.
 *
 * @returns `undefined` when the pulse stopped it.
 * @throws {ProblemError} when the trace is of another machine.
 * @throws {RerunError} when the run was judged at its end by a scenario that is gone.
 * @throws {ScenarioError} when the scenario throws.
 */
export function rerunTrace(
  loaded: LoadedMachine,
  trace: Trace,
  pulse?: Pulse,
): Promise<Rerun | undefined> {
  const subject = forkSubjectOf(loaded, trace.header);
  return runAgain(subject, parentOf(trace), trace.findings, pulse);
}
