import { CHECK_EVERYTHING } from '../engine/check-plan.ts';
import { startRun } from '../engine/run.ts';
import { TraceRecorder, type RunLabel } from '../trace/recorder.ts';
import { advancePaced, type Pulse } from './paced.ts';
import type { SweepSubject } from './seed-check.ts';

/**
 * Runs a seed of a sweep to its end, with every check on, and records it.
 *
 * @returns the lines of its trace, without line breaks, or `undefined` when the pulse stopped it.
 * @throws {ScenarioError} when the scenario throws.
 */
export async function traceSeed(
  { machine, guard, settings }: SweepSubject,
  label: RunLabel,
  pulse: Pulse,
): Promise<readonly string[] | undefined> {
  const run = startRun(
    machine,
    { ...settings, seed: BigInt(label.seed) },
    { guard, sampling: CHECK_EVERYTHING },
  );
  const recorder = new TraceRecorder(machine, run, label);
  const lines = [recorder.header()];
  const isOver = await advancePaced(run, pulse, (step) => lines.push(recorder.step(step)));
  if (!isOver) return undefined;
  lines.push(recorder.end());
  return lines;
}
