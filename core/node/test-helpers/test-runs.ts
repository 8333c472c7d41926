import { planChecks } from '../../engine/check-plan.ts';
import { driveToEnd } from '../../engine/driving.ts';
import { startReplay } from '../../engine/run.ts';
import type { Executed } from '../../machine/executed.ts';
import { FAULT_PROFILES } from '../../machine/faults.ts';
import type { MachineTypes } from '../../machine/machine.ts';
import type { Operation } from '../../machine/operation.ts';
import type { Tallies } from '../../machine/scenario.ts';
import { recordRun } from '../../trace/recorder.ts';
import { TraceBuilder } from '../../trace/trace-builder.ts';
import type { Difference } from '../../trace/verify.ts';
import type { LoadedMachine } from '../load/machine-loader.ts';
import { planRun, startRecorded, verifierOf } from '../runs/planning.ts';
import { recordFailing, shrinkRecord } from '../runs/shrinking.ts';

/** Which seed of a machine's first scenario a test runs. */
export interface SeedOfTest {
  readonly seed: number;
  readonly operations: number;
  /** The name of the fault profile. */
  readonly faults: string;
}

/** What came of a seed that was run with every check on. */
export interface RecordedSeed {
  /** Of its trace. */
  readonly lines: readonly string[];
  /** What was found, each with its step: `12: atomicity`. */
  readonly findings: readonly string[];
  /** What the scenario must reach now and then, and did, by name. */
  readonly reached: readonly string[];
  readonly tallies: Tallies;
  readonly last: Executed;
}

/** Runs and records a seed of a machine's first scenario. */
export async function recordSeed(
  loaded: LoadedMachine,
  { seed, operations: operationsMax, faults }: SeedOfTest,
): Promise<RecordedSeed> {
  const recorded = startRecorded(await planRun(loaded, { operationsMax, faults }), BigInt(seed));
  const { run } = recorded;
  const lines: string[] = [];
  const findings = run.executor.initialFindings.map(({ name }) => `-1: ${name}`);
  let last: Executed | undefined;
  await recordRun(recorded, (line) => lines.push(line), {
    observe: (step) => {
      findings.push(...step.findings.map(({ name }) => `${step.stepIndex}: ${name}`));
      last = step;
    },
  });
  if (!last) throw new Error('there are steps');
  const reached = Object.entries(run.sometimes).flatMap(([name, has]) => (has ? [name] : []));
  return { lines, findings, reached, tallies: run.tallies, last };
}

/** Executes the trace of a recorded seed again; returns where it differs, if it does. */
export async function verifyLines(
  loaded: LoadedMachine,
  lines: readonly string[],
): Promise<Difference | undefined> {
  const builder = new TraceBuilder();
  for (const line of lines) builder.push(`${line}\n`);
  builder.finish();
  if (!builder.trace) throw new Error('a recorded seed has a trace');
  const verifier = verifierOf(loaded, builder.trace);
  await driveToEnd(verifier);
  return verifier.difference;
}

/** Executes operations with every check on, and lets the external systems judge them at the end. */
export async function playOn<T extends MachineTypes>(
  loaded: LoadedMachine,
  operations: readonly Operation<T>[],
): Promise<readonly Executed<T>[]> {
  const checks = planChecks(loaded.machine, FAULT_PROFILES.chaos);
  const scenario = loaded.scenarios[0];
  const steps: Executed<T>[] = [];
  const run = startReplay({ ...loaded, scenario, checks }, [...operations, { kind: 'settled' }]);
  await driveToEnd(run, { observe: (step) => steps.push(step as Executed<T>) });
  return steps;
}

/** What is left of a seed's run to a finding, which is named as `atomicity, input Start`. */
export async function shrinkSeed(
  loaded: LoadedMachine,
  { seed, operations: operationsMax, faults }: SeedOfTest,
  finding: string,
): Promise<readonly Operation[]> {
  const failing = await recordFailing(
    await planRun(loaded, { operationsMax, faults }),
    BigInt(seed),
    ({ name, shape }) => `${name}, ${shape}` === finding,
  );
  if (!failing) throw new Error(`seed ${seed} does not find ${finding}`);
  const { shrunk } = await shrinkRecord(loaded, failing);
  return shrunk.operations;
}
