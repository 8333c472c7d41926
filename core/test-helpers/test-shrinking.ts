import { expect } from 'vitest';
import { planChecks } from '../engine/check-plan.ts';
import { replaySource } from '../engine/replay.ts';
import { Run, startRun } from '../engine/run.ts';
import { signatureOf } from '../engine/signature.ts';
import { type ScenarioRun } from '../engine/simulation.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import type { Finding } from '../machine/finding.ts';
import type { AnyMachine } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import type { AnyScenario } from '../machine/scenario.ts';
import { tryCandidate } from '../shrink/candidate.ts';
import { shrink, type ShrinkSubject, type Shrunk, type ShrinkOptions } from '../shrink/shrink.ts';
import { Verifier, type VerifyOptions } from '../trace/compare/verify.ts';
import { TraceRecorder } from '../trace/recorder.ts';
import type { Trace } from '../trace/trace.ts';
import { readTrace } from './test-traces.ts';

/** A cause for which a run fails, with the operations up to its first finding. */
export interface FailingCause {
  readonly finding: Finding;
  readonly operations: readonly Operation[];
}

/** Runs a seed, and returns the causes for which it fails. */
export async function causesOf(
  machine: AnyMachine,
  settings: ScenarioRun,
  options: Parameters<typeof startRun>[2] = {},
): Promise<ReadonlyMap<string, FailingCause>> {
  return causesIn(startRun(machine, settings, options));
}

/** Executes operations with every check on, and returns the causes for which they fail. */
export async function operationsCauses(
  machine: AnyMachine,
  operations: readonly Operation[],
): Promise<readonly FailingCause[]> {
  const checks = planChecks(machine, FAULT_PROFILES.chaos);
  const causes = await causesIn(new Run(machine, replaySource(operations), { checks }));
  return [...causes.values()];
}

async function causesIn(run: Run): Promise<ReadonlyMap<string, FailingCause>> {
  const operations: Operation[] = [];
  const causes = new Map<string, FailingCause>();
  await run.advance(Number.POSITIVE_INFINITY, (step) => {
    operations.push(step.operation);
    for (const finding of step.findings) {
      const signature = signatureOf(finding);
      if (!causes.has(signature)) causes.set(signature, { finding, operations: [...operations] });
    }
  });
  return causes;
}

/** Checks that a run can be the result of shrinking another one. */
export function expectShrunk({ operations: whole }: FailingCause, shrunk: Shrunk): void {
  const { operations, stepIndices } = shrunk;
  expect(operations.length).toBeLessThanOrEqual(whole.length);
  expect(stepIndices).toHaveLength(operations.length);
  for (const [at, { kind }] of operations.entries()) {
    // Outstanding answers of the external systems are added before the end, at its place.
    const isAdded = stepIndices[at + 1] === stepIndices[at];
    if (isAdded) expect(operations.at(-1)?.kind).toBe('settled');
    else expect(kind).toBe(whole[stepIndices[at] ?? -1]?.kind);
  }
}

/**
 * Checks that a shrunk run cannot become shorter: neither by leaving out any one of its steps, nor by
 * shrinking it again.
 */
export async function expectMinimal(subject: ShrinkSubject, shrunk: Shrunk): Promise<void> {
  const { operations } = shrunk;
  expect((await shrink(subject, operations)).operations).toEqual(operations);
  const given = operations.map((operation, stepIndex) => ({ operation, stepIndex, emitted: [] }));
  const run = await tryCandidate(subject, given, { isOriginal: true });
  expect(run).toHaveLength(operations.length);
  for (const at of operations.keys()) {
    const found = await tryCandidate(subject, run?.toSpliced(at, 1) ?? []);
    // An outstanding answer of the external systems before the end may replace a step.
    expect(found?.length ?? operations.length).toBeGreaterThanOrEqual(operations.length);
  }
}

/** Checks that a trace ends with the cause, and that the machine agrees with it. */
export async function expectReproduced(
  lines: readonly string[],
  { finding }: FailingCause,
  machine: AnyMachine,
  options: VerifyOptions,
): Promise<Trace> {
  const trace = readTrace(lines.map((line) => `${line}\n`).join(''));
  const last = trace.findings.filter(({ stepIndex }) => stepIndex === trace.length - 1);
  expect(last.map(signatureOf)).toContain(signatureOf(finding));
  const verifier = new Verifier(trace, machine, options);
  while (await verifier.advance(1_000));
  expect(verifier.difference).toBeUndefined();
  expect(verifier.steps).toBe(trace.length);
  return trace;
}

/** Records a run of operations as a trace, as the tools do after shrinking. */
export async function recordOperations(
  machine: AnyMachine,
  scenario: AnyScenario,
  operations: readonly Operation[],
) {
  const run = new Run(machine, replaySource(operations, { scenario }), {
    checks: planChecks(machine, FAULT_PROFILES.chaos),
  });
  const label = { scenario: scenario.name, seed: 1n, operationsMax: 1, faults: 'chaos' };
  const recorder = new TraceRecorder(machine, run, label);
  const lines = [recorder.header()];
  await run.advance(Number.POSITIVE_INFINITY, (step) => lines.push(recorder.step(step)));
  return [...lines, recorder.end()];
}

/** Shrinks what fails for a cause. */
export async function shrinkCause(
  machine: AnyMachine,
  scenario: AnyScenario,
  cause: FailingCause,
  options?: ShrinkOptions,
): Promise<Shrunk> {
  const signature = signatureOf(cause.finding);
  return shrink({ machine, scenario, signature }, cause.operations, options);
}
