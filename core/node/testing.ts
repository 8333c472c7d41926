import { fileURLToPath } from 'node:url';
import { CHECK_EVERYTHING, planChecks } from '../engine/check-plan.ts';
import { driveToEnd, type Driving } from '../engine/driving.ts';
import { startReplay, type Run } from '../engine/run.ts';
import { Guard } from '../isolation/guard.ts';
import type { Executed } from '../machine/executed.ts';
import type { Finding } from '../machine/finding.ts';
import type { DeclaredMachine, MachineTypes } from '../machine/machine.ts';
import { withCurrentKind, type EarlierOperation, type Operation } from '../machine/operation.ts';
import type { AnyScenario, Tallies } from '../machine/scenario.ts';
import { ChaCha8Rng } from '../random/chacha8-rng.ts';
import type { SweepGroup } from '../sweep/report.ts';
import { addParts, checkSeed, NOTHING_SWEPT } from '../sweep/seed-check.ts';
import type { Difference } from '../trace/compare/verify.ts';
import { recordRun } from '../trace/recorder.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import { connectStorage } from './database/connect.ts';
import { watchThisThread } from './hang/start-watching.ts';
import { ThreadWatch } from './hang/thread-watch.ts';
import {
  findFaultProfile,
  findScenario,
  withMachine,
  type LoadedMachine,
} from './load/machine-loader.ts';
import { planRun, startRecorded, verifierOf, type LoadedPlan } from './runs/planning.ts';
import { recordFailing, shrinkRecord } from './runs/shrinking.ts';

/** The exports of `phasmoscope/testing`, for an author's tests. */

export type { Finding } from '../machine/finding.ts';
export type { Operation } from '../machine/operation.ts';
export type { SweepGroup } from '../sweep/report.ts';
export type { Difference } from '../trace/compare/verify.ts';
export { checkConformance, type Check } from './process/conformance.ts';

/**
 * The machine under test: a machine file, as a URL or a path, or its exports. A file is loaded as
 * in the window, so that the machine is kept from time, randomness and the network.
 */
export type Subject = URL | string | MachineExports;

/** The exports of a machine file. */
export interface MachineExports {
  readonly machine: DeclaredMachine;
  readonly scenarios?: readonly AnyScenario[];
}

/** Which run to make of a machine, without the seed. */
export interface RunChoice {
  readonly machine: Subject;
  /** The machine's first scenario by default. */
  readonly scenario?: string;
  /** The name of the fault profile, such as `none` or `chaos`. */
  readonly faults: string;
  /** The number of operations; the scenario's own by default. */
  readonly operations?: number;
  /** The time that a step may take, in milliseconds; 5 seconds by default. One that takes longer is a finding. */
  readonly timeLimitMs?: number;
}

/** Which run to make of a machine. */
export interface SeedChoice extends RunChoice {
  /** From 0 to 2^64 - 1. */
  readonly seed: number | bigint;
}

/** The result of a run that was executed to its end. */
export interface SeedRun {
  /** The number of the scenario's operations; the simulation adds further steps, such as crashes. */
  readonly operations: number;
  /** All findings, in order. */
  readonly findings: readonly Finding[];
  /** What the scenario should reach now and then, and whether this run has. */
  readonly sometimes: Readonly<Record<string, boolean>>;
  /** The counts of the scenario. */
  readonly tallies: Tallies;
  /** The state at the end. */
  readonly state: unknown;
}

/**
 * Runs a seed with every check on.
 *
 * @param observe called with each step.
 * @throws {ProblemError} when the machine cannot be loaded, or has no such scenario or fault profile.
 */
export function runSeed<T extends MachineTypes>(
  choice: SeedChoice,
  observe?: (step: Executed<T>) => void,
): Promise<SeedRun> {
  return withSubject(choice.machine, async (loaded) => {
    const { run } = await start(loaded, choice);
    return finish(run, (driving) => driveToEnd(run, driving), observe);
  });
}

/**
 * Runs a seed with every check on, and records its trace.
 *
 * @returns the result, and the lines of the trace file, without line breaks.
 * @throws {ProblemError} when the machine cannot be loaded, or has no such scenario or fault profile.
 */
export function recordSeed<T extends MachineTypes>(
  choice: SeedChoice,
  observe?: (step: Executed<T>) => void,
): Promise<SeedRun & { readonly lines: readonly string[] }> {
  return withSubject(choice.machine, async (loaded) => {
    const recorded = await start(loaded, choice);
    const lines: string[] = [];
    const record = (driving: Driving) => recordRun(recorded, (line) => lines.push(line), driving);
    return { ...(await finish(recorded.run, record, observe)), lines };
  });
}

function plan(loaded: LoadedMachine, choice: RunChoice): Promise<LoadedPlan> {
  const { scenario, operations: operationsMax, faults, timeLimitMs } = choice;
  return planRun(loaded, { scenario, operationsMax, faults, timeLimitMs });
}

async function start(loaded: LoadedMachine, choice: SeedChoice) {
  return startRecorded(await plan(loaded, choice), BigInt(choice.seed));
}

async function finish<T extends MachineTypes>(
  run: Run,
  drive: (driving: Driving) => Promise<unknown>,
  observe?: (step: Executed<T>) => void,
): Promise<SeedRun> {
  const findings = [...run.executor.initialFindings];
  await drive({
    observe: (step) => {
      findings.push(...step.findings);
      observe?.(step as Executed<T>);
    },
  });
  const { operations, sometimes, tallies } = run;
  return { operations, findings, sometimes, tallies, state: run.executor.state };
}

/**
 * Executes a recorded trace again.
 *
 * @param lines the lines of a trace file.
 * @returns the first step that differs; `undefined` when the machine agrees with its trace.
 * @throws {ProblemError} when the machine cannot be loaded, or the lines are not a trace.
 */
export function verifyTrace(
  machine: Subject,
  lines: readonly string[],
): Promise<Difference | undefined> {
  return withSubject(machine, async (loaded) => {
    const builder = new TraceBuilder();
    for (const line of lines) builder.push(`${line}\n`);
    builder.finish();
    if (!builder.trace) throw new Error('The lines are not a trace: its header is missing.');
    const verifier = await verifierOf(loaded, builder.trace);
    await driveToEnd(verifier);
    return verifier.difference;
  });
}

/** What to execute in a test. */
export interface Reproduction<T extends MachineTypes = MachineTypes> {
  readonly machine: Subject;
  /**
   * The scenario whose external systems judge the end of the run, if the operations have an end:
   * `{ kind: 'settled' }`.
   */
  readonly scenario?: string;
  /** The name of the fault profile, which decides which rules are checked. */
  readonly faults: string;
  /** The operations in tests that earlier versions exported are accepted as well. */
  readonly operations: readonly (Operation<T> | EarlierOperation)[];
}

/**
 * Executes operations, as the window and the command line do, with every check on.
 *
 * @returns the steps, in order.
 * @throws {ProblemError} when the machine cannot be loaded, or has no such scenario or fault profile.
 */
export async function replay<T extends MachineTypes>(
  reproduction: Reproduction<T>,
): Promise<readonly Executed<T>[]> {
  const steps: Executed<T>[] = [];
  await execute(reproduction, (step) => steps.push(step));
  return steps;
}

/**
 * Executes operations as {@link replay} does.
 *
 * @returns all findings, in order.
 * @throws {ProblemError} when the machine cannot be loaded, or has no such scenario or fault profile.
 */
export async function reproduce(reproduction: Reproduction): Promise<readonly Finding[]> {
  return (await execute(reproduction)).findings;
}

function execute<T extends MachineTypes>(
  { machine, scenario, faults, operations }: Reproduction<T>,
  observe?: (step: Executed<T>) => void,
): Promise<SeedRun> {
  return withSubject(machine, async (loaded) => {
    const judge = scenario === undefined ? undefined : findScenario(loaded, scenario);
    const checks = planChecks(loaded.machine, findFaultProfile(loaded, faults), CHECK_EVERYTHING);
    const given = operations.map((operation) => withCurrentKind(operation));
    const run = startReplay({ ...loaded, scenario: judge, checks }, given);
    return finish(run, (driving) => driveToEnd(run, driving), observe);
  });
}

/** Which seeds to check in a test. */
export interface SeedCheck extends RunChoice {
  /** The number of seeds, from 0 on. */
  readonly seeds: number;
}

/**
 * Runs seeds one after another, with every check on.
 *
 * @returns the findings by cause, each with its smallest seed; none when the machine is sound.
 * @throws {ProblemError} when the machine cannot be loaded, or has no such scenario or fault profile.
 */
export function checkSeeds(check: SeedCheck): Promise<readonly SweepGroup[]> {
  return withSubject(check.machine, async (loaded) => {
    const planned = await plan(loaded, check);
    let swept = NOTHING_SWEPT;
    for (let seed = 0n; seed < check.seeds; seed += 1n) {
      const part = await checkSeed(
        planned,
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

/**
 * Runs a seed up to a finding, and reduces its operations to those that matter for it.
 *
 * @param isMeant chooses the finding: the first one for which it returns true.
 * @throws {ProblemError} when the machine cannot be loaded, or has no such scenario or fault profile.
 */
export function shrinkSeed(
  choice: SeedChoice,
  isMeant: (finding: Finding) => boolean,
): Promise<{ readonly operations: readonly Operation[]; readonly finding: Finding }> {
  return withSubject(choice.machine, async (loaded) => {
    const planned = await plan(loaded, choice);
    const failing = await recordFailing(planned, BigInt(choice.seed), isMeant);
    if (!failing) throw new Error(`The seed ${choice.seed} has no such finding.`);
    const { shrunk, finding } = await shrinkRecord(planned.loaded, failing);
    return { operations: shrunk.operations, finding };
  });
}

/** The random numbers of a seed, to test code of a scenario that draws from them. */
export function seededRandom(seed: number | bigint): ChaCha8Rng {
  return ChaCha8Rng.seedFromU64(BigInt(seed));
}

async function withSubject<T>(
  subject: Subject,
  task: (loaded: LoadedMachine) => Promise<T>,
): Promise<T> {
  // Without the watcher's bundle, a step that does not end is left to the runner of the tests.
  await watchThisThread().catch(() => {});
  if (subject instanceof URL) return withMachine(fileURLToPath(subject), task);
  if (typeof subject === 'string') return withMachine(subject, task);
  const { machine, scenarios = [] } = subject;
  const loaded: LoadedMachine = {
    ...(await connectStorage(machine, process.cwd())),
    scenarios,
    sourceHash: '',
    locate: () => undefined,
    guard: new Guard(),
    watch: new ThreadWatch(() => undefined),
    // The machine is loaded already, and there is no source to evaluate again.
    afresh: async () => ({ ...loaded, close: async () => {} }),
  };
  try {
    return await task(loaded);
  } finally {
    await loaded.close();
  }
}
