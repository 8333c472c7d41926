import type { Trace } from '../../trace/trace.ts';
import type { Failure } from '../../what-if/but-for.ts';
import {
  crashEverywhere,
  type CrashEverywhere,
  type CrashEverywhereOptions,
} from '../../what-if/crash-everywhere.ts';
import { askDoom, type Doom, type DoomOptions } from '../../what-if/doom.ts';
import { parentOf } from '../../what-if/parent.ts';
import type { LoadedMachine } from '../load/machine-loader.ts';
import { forkSubjectOf } from './fork-subject.ts';
import { toDoomProblem, toForkProblem } from './forking.ts';
import { requireOwn } from './own-trace.ts';

/** @file What would have become of a recorded run, had other draws or crashes come. */

/**
 * Draws how likely a recorded run still was to fail after each of its steps.
 *
 * @throws {ProblemError} when the machine as it is now has not made the trace, unless it is known to be changed, or
 *   its scenario cannot go on.
 * @throws {NotFailingError} when the run does not fail again.
 */
export async function doomOf(
  loaded: LoadedMachine,
  trace: Trace,
  failure: Failure,
  options: DoomOptions = {},
): Promise<Doom> {
  const subject = forkSubjectOf(loaded, trace.header);
  if (!options.isChanged) {
    const { isCancelled } = options;
    await requireOwn(loaded, trace, { stepsMax: failure.stepIndex, isCancelled });
  }
  return askDoom(subject, parentOf(trace), failure, options).catch((error: unknown) => {
    throw toDoomProblem(error);
  });
}

/**
 * Crashes a recorded run at every point.
 *
 * @throws {ProblemError} when the machine as it is now has not made the trace.
 * @throws {ScenarioError} when the scenario throws.
 */
export async function crashesOf(
  loaded: LoadedMachine,
  trace: Trace,
  options: CrashEverywhereOptions = {},
): Promise<CrashEverywhere> {
  const subject = forkSubjectOf(loaded, trace.header);
  const { to: stepsMax = trace.length, isCancelled } = options;
  await requireOwn(loaded, trace, { stepsMax, isCancelled });
  return crashEverywhere(subject, parentOf(trace), options).catch((error: unknown) => {
    throw toForkProblem(error);
  });
}
