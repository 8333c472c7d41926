import { SWEEP_SAMPLING } from '../../engine/check-plan.ts';
import { beginWithin, driveToEnd } from '../../engine/driving.ts';
import { startRun, type Run } from '../../engine/run.ts';
import type { Executed } from '../../machine/executed.ts';
import { FAULT_PROFILES } from '../../machine/faults.ts';
import type { AnyScenario } from '../../machine/scenario.ts';
import type { LoadedMachine } from './machine-loader.ts';

/** The beginning of a seed of a scenario: so many steps, or those of so much time. */
export interface Trial {
  readonly scenario: AnyScenario;
  readonly seed: bigint;
  readonly stepsMax: number;
  readonly msMax: number;
  /** Called with each step. */
  readonly observe: (step: Executed, run: Run) => void;
  /** Called between two steps; returns whether to go on. */
  readonly ask?: (run: Run) => boolean | Promise<boolean>;
}

/**
 * Runs the beginning of a seed without faults. What does not end is ended: a step is the last one then.
 *
 * @returns whether the run came to its end, since the scenario has no more operations or a step did not end.
 * @throws {ScenarioError} when the scenario throws, or does not end.
 * @throws {BeginningError} when the run does not come to its first step.
 */
export async function tryBeginning(
  { machine, guard, watch, locate }: LoadedMachine,
  { scenario, seed, stepsMax, msMax, observe, ask = () => true }: Trial,
): Promise<boolean> {
  const untilMs = performance.now() + msMax;
  const operationsMax = Math.min(scenario.defaults.operations, stepsMax);
  const settings = { scenario, seed, operationsMax, faults: FAULT_PROFILES.none, locate };
  const checks = { guard, watch, sampling: SWEEP_SAMPLING };
  const run = await beginWithin({ watch, guard }, () => startRun(machine, settings, checks));
  try {
    return await driveToEnd(run, {
      observe: (step) => observe(step, run),
      stepsPerPulseMax: 1,
      pulse: () => run.steps < stepsMax && performance.now() < untilMs && ask(run),
    });
  } finally {
    run.close();
  }
}
