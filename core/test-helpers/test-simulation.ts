import { planChecks } from '../engine/check-plan.ts';
import { Run } from '../engine/run.ts';
import { scenarioSource } from '../engine/simulation.ts';
import type { Executed } from '../machine/executed.ts';
import { FAULT_PROFILES, type FaultProfile } from '../machine/faults.ts';
import type { AnyScenario } from '../machine/scenario.ts';
import { jobs, jobsScenario, type Jobs } from './test-machines.ts';

/** Runs the jobs to the end under some faults only. */
export function simulate(
  weights: Omit<FaultProfile, 'description'>,
  {
    machine = jobs(),
    scenario = jobsScenario() as AnyScenario,
    operationsMax = 40,
    seed = 1n,
    checks = planChecks(machine, FAULT_PROFILES.chaos),
  } = {},
) {
  const faults = { description: 'A few faults.', ...weights };
  const source = scenarioSource({ scenario, seed, operationsMax, faults });
  const run = new Run(machine, source, { checks });
  const steps: Executed<Jobs>[] = [];
  const isGoingOn = run.advance(Number.POSITIVE_INFINITY, (step) =>
    steps.push(step as Executed<Jobs>),
  );
  if (isGoingOn !== false) throw new Error('a machine that never awaits is run to its end at once');
  const findings = steps.flatMap((step) => step.findings);
  const completions = steps.flatMap(({ operation }) =>
    operation.kind === 'trackedActionCompleted' ? [operation] : [],
  );
  const last = steps.at(-1);
  if (!last) throw new Error('a run with faults is settled at its end');
  return { run, steps, findings, completions, last };
}
