import { planChecks } from '../../engine/check-plan.ts';
import { replaySource } from '../../engine/replay.ts';
import { Run, startRun } from '../../engine/run.ts';
import type { Executed } from '../../machine/executed.ts';
import { FAULT_PROFILES } from '../../machine/faults.ts';
import type { MachineTypes } from '../../machine/machine.ts';
import type { Operation } from '../../machine/operation.ts';
import type { Tallies } from '../../machine/scenario.ts';
import { TraceRecorder } from '../../trace/recorder.ts';
import { TraceBuilder } from '../../trace/trace-builder.ts';
import { Verifier, type Difference } from '../../trace/verify.ts';
import { findFaultProfile, findScenario, type LoadedMachine } from '../load/machine-loader.ts';
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
  const { machine, guard, locate } = loaded;
  const scenario = findScenario(loaded, undefined);
  const settings = { scenario, operationsMax, faults: findFaultProfile(loaded, faults), locate };
  const run = startRun(machine, { ...settings, seed: BigInt(seed) }, { guard });
  const label = { scenario: scenario.name, seed: String(seed), operationsMax, faults };
  const recorder = new TraceRecorder(machine, run, label);
  const lines = [recorder.header()];
  const findings = run.executor.initialFindings.map(({ name }) => `-1: ${name}`);
  let last: Executed | undefined;
  await run.advance(Number.POSITIVE_INFINITY, (step) => {
    lines.push(recorder.step(step));
    findings.push(...step.findings.map(({ name }) => `${step.stepIndex}: ${name}`));
    last = step;
  });
  lines.push(recorder.end());
  if (!last) throw new Error('there are steps');
  const reached = Object.entries(run.sometimes).flatMap(([name, has]) => (has ? [name] : []));
  return { lines, findings, reached, tallies: run.tallies, last };
}

/** Executes the trace of a recorded seed again; answers where it differs, if it does. */
export async function verifyLines(
  loaded: LoadedMachine,
  lines: readonly string[],
): Promise<Difference | undefined> {
  const builder = new TraceBuilder();
  for (const line of lines) builder.push(`${line}\n`);
  builder.finish();
  if (!builder.trace) throw new Error('a recorded seed has a trace');
  const { guard, locate } = loaded;
  const scenario = findScenario(loaded, undefined);
  const verifier = new Verifier(builder.trace, loaded.machine, { scenario, guard, locate });
  while (await verifier.advance(Number.POSITIVE_INFINITY));
  return verifier.difference;
}

/** Executes operations with every check on, and lets the external systems judge them at the end. */
export async function playOn<T extends MachineTypes>(
  { machine, guard, locate, ...loaded }: LoadedMachine,
  operations: readonly Operation<T>[],
): Promise<readonly Executed<T>[]> {
  const checks = planChecks(machine, FAULT_PROFILES.chaos);
  const scenario = loaded.scenarios[0];
  const source = replaySource([...operations, { kind: 'settled' }], { scenario, locate });
  const steps: Executed<T>[] = [];
  const run = new Run(machine, source, { checks, guard, locate });
  await run.advance(Number.POSITIVE_INFINITY, (step) => steps.push(step as Executed<T>));
  return steps;
}

/** What is left of a seed's run to a finding, which is named as `atomicity, input Start`. */
export async function shrinkSeed(
  loaded: LoadedMachine,
  { seed, operations: operationsMax, faults }: SeedOfTest,
  finding: string,
): Promise<readonly Operation[]> {
  const { name: scenario } = findScenario(loaded, undefined);
  const label = { scenario, seed: String(seed), operationsMax, faults };
  const failing = await recordFailing(
    loaded,
    label,
    ({ name, shape }) => `${name}, ${shape}` === finding,
  );
  if (!failing) throw new Error(`seed ${seed} does not find ${finding}`);
  const { shrunk } = await shrinkRecord(loaded, failing);
  return shrunk.operations;
}
