import { fileURLToPath } from 'node:url';
import { CHECK_EVERYTHING, planChecks } from '../engine/check-plan.ts';
import { driveToEnd } from '../engine/driving.ts';
import { startReplay } from '../engine/run.ts';
import type { Finding } from '../machine/finding.ts';
import { withCurrentKind, type EarlierOperation, type Operation } from '../machine/operation.ts';
import type { SweepGroup } from '../sweep/report.ts';
import { addParts, checkSeed, NOTHING_SWEPT } from '../sweep/seed-check.ts';
import { findFaultProfile, findScenario, withMachine } from './load/machine-loader.ts';
import { planRun } from './runs/planning.ts';

export type { Finding } from '../machine/finding.ts';
export type { Operation } from '../machine/operation.ts';

/** What to execute in a test. */
export interface Reproduction {
  /** The machine file, as a URL or a path. */
  readonly machine: URL | string;
  /** Its scenario, which knows what must hold at the end; needed for what is found there alone. */
  readonly scenario?: string;
  /** The name of the fault profile, which decides what rules are asked. */
  readonly faults: string;
  /** Those of tests that earlier versions exported are accepted as well. */
  readonly operations: readonly (Operation | EarlierOperation)[];
}

/**
 * Executes operations on a machine file, as the window and the command line do, with every check on.
 *
 * @returns everything that was found, in order.
 * @throws {ProblemError} when the machine cannot be loaded.
 */
export function reproduce({
  machine,
  scenario,
  faults,
  operations,
}: Reproduction): Promise<readonly Finding[]> {
  return withMachine(toPath(machine), async (loaded) => {
    const judge = scenario === undefined ? undefined : findScenario(loaded, scenario);
    const checks = planChecks(loaded.machine, findFaultProfile(loaded, faults), CHECK_EVERYTHING);
    const given = operations.map((operation) => withCurrentKind(operation));
    const run = startReplay({ ...loaded, scenario: judge, checks }, given);
    const found: Finding[] = [...run.executor.initialFindings];
    await driveToEnd(run, { observe: ({ findings }) => found.push(...findings) });
    return found;
  });
}

function toPath(machine: URL | string): string {
  return machine instanceof URL ? fileURLToPath(machine) : machine;
}

/** Which seeds to check in a test. */
export interface SeedCheck {
  /** The machine file, as a URL or a path. */
  readonly machine: URL | string;
  /** The machine's first scenario by default. */
  readonly scenario?: string;
  /** The name of the fault profile. */
  readonly faults: string;
  /** How many, from 0 on. */
  readonly seeds: number;
  /** How many for each seed; the scenario's own number by default. */
  readonly operations?: number;
}

/**
 * Runs seeds of a machine file one after another, with every check on.
 *
 * @returns what was found, by cause, each with its smallest seed: none when the machine is sound.
 * @throws {ProblemError} when the machine cannot be loaded.
 */
export function checkSeeds(check: SeedCheck): Promise<readonly SweepGroup[]> {
  return withMachine(toPath(check.machine), async (loaded) => {
    const { scenario, faults, operations: operationsMax } = check;
    const plan = await planRun(loaded, { scenario, operationsMax, faults });
    let swept = NOTHING_SWEPT;
    for (let seed = 0n; seed < check.seeds; seed += 1n) {
      const part = await checkSeed(
        plan,
        seed,
        () => false,
        () => true,
      );
      if (part.end.kind === 'broken') throw part.end.error;
      swept = addParts(swept, part);
    }
    return swept.groups;
  });
}
