import { fileURLToPath } from 'node:url';
import { CHECK_EVERYTHING, planChecks } from '../engine/check-plan.ts';
import { Run } from '../engine/run.ts';
import { replaySource } from '../engine/simulation.ts';
import type { Finding } from '../machine/executed.ts';
import type { Operation } from '../machine/operation.ts';
import { findFaultProfile, findScenario, loadMachine } from './machine-loader.ts';

export type { Finding } from '../machine/executed.ts';
export type { Operation } from '../machine/operation.ts';

/** What to execute in a test. */
export interface Reproduction {
  /** The machine file, as a URL or a path. */
  readonly machine: URL | string;
  /** Its scenario, which knows what must hold at the end. */
  readonly scenario: string;
  /** The name of the fault profile, which decides what rules are asked. */
  readonly faults: string;
  readonly operations: readonly Operation[];
}

/**
 * Executes operations on a machine file, as the window and the command line do, with every check on.
 *
 * @returns everything that was found, in order.
 * @throws {ProblemError} when the machine cannot be loaded.
 */
export async function reproduce({
  machine,
  scenario,
  faults,
  operations,
}: Reproduction): Promise<readonly Finding[]> {
  const path = machine instanceof URL ? fileURLToPath(machine) : machine;
  const loaded = await loadMachine(path);
  const { guard, locate } = loaded;
  const source = replaySource(operations, { scenario: findScenario(loaded, scenario), locate });
  const checks = planChecks(loaded.machine, findFaultProfile(loaded, faults), CHECK_EVERYTHING);
  const run = new Run(loaded.machine, source, { guard, locate, checks });
  const found: Finding[] = [...run.executor.initialFindings];
  await run.advance(Number.POSITIVE_INFINITY, ({ findings }) => found.push(...findings));
  return found;
}
