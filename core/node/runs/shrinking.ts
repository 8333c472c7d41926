import { CHECK_EVERYTHING, planChecks, type CheckPlan } from '../../engine/check-plan.ts';
import { driveToFinding } from '../../engine/driving.ts';
import { startReplay } from '../../engine/run.ts';
import { signatureOf } from '../../engine/signature.ts';
import type { Finding } from '../../machine/finding.ts';
import type { Operation } from '../../machine/operation.ts';
import {
  ShrinkError,
  shrinkAfresh,
  type ShrinkMachine,
  type ShrinkOptions,
  type Shrunk,
} from '../../shrink/shrink.ts';
import { recordRun, type RunLabel } from '../../trace/recorder.ts';
import { findFaultProfile, type LoadedMachine } from '../load/machine-loader.ts';
import { startRecorded, type LoadedPlan } from './planning.ts';
import { currentRuntime } from './runtime.ts';

/** A run that fails: its operations, up to the chosen finding. */
export interface FailingRecord {
  readonly label: RunLabel;
  readonly operations: readonly Operation[];
  readonly finding: Finding;
}

/** A step of a candidate may take this part of the time limit, and at least so long. */
const TRY_PARTS = 20;
const TRY_MS_MIN = 200;

/** The possible reasons why a run does not fail again, and what to do about them. */
export const NOT_REPRODUCIBLE =
  'Either the machine has changed since: run the seed again, and shrink what it finds. Or it depends ' +
  'on something outside of its state and input, such as a variable of its module: the rule ' +
  'determinism shows where; keep that in the state.';

/** Chooses a finding of a run: the first one for which it returns true. */
export type Choice = (finding: Finding) => boolean;

/**
 * Runs a seed with every check on, up to the chosen finding.
 *
 * @param isCancelled called now and then; may return to the event loop.
 * @returns `undefined` when the run has no such finding, or was cancelled.
 */
export async function recordFailing(
  plan: LoadedPlan,
  seed: bigint,
  isMeant: Choice,
  isCancelled: NonNullable<ShrinkOptions['isCancelled']> = () => false,
): Promise<FailingRecord | undefined> {
  const { run, label } = await startRecorded({ ...plan, sampling: CHECK_EVERYTHING }, seed);
  const operations: Operation[] = [];
  const { finding } = await driveToFinding(run, isMeant, {
    observe: ({ operation }) => operations.push(operation),
    pulse: async () => !(await isCancelled()),
  });
  return finding && { label, operations, finding };
}

/** The trace of a shrunk run. */
export interface ShrunkRecord {
  /** The lines of the trace, without line breaks. */
  readonly lines: readonly string[];
  readonly shrunk: Shrunk;
  /** The finding in the shrunk run. */
  readonly finding: Finding;
}

/**
 * Shrinks a run that fails, and records the shortest run as a separate trace. The machine is loaded
 * again for that, so that anything outside of its state is as when the run was recorded.
 *
 * @throws {ShrinkError} when the operations no longer fail for the cause.
 */
export async function shrinkRecord(
  loaded: LoadedMachine,
  { label, operations, finding }: FailingRecord,
  options: ShrinkOptions = {},
): Promise<ShrunkRecord> {
  const signature = signatureOf(finding);
  const faults = findFaultProfile(loaded, label.faults);
  const checks = planChecks(loaded.machine, faults, CHECK_EVERYTHING);
  let fresh: LoadedMachine | undefined;
  const renew = async () => {
    await fresh?.close();
    fresh = await loaded.afresh();
    const { machine, guard, watch, locate, scenarios } = fresh;
    return {
      machine,
      guard,
      // Many candidates may hang. What is left in the end is given the whole time.
      watch: watch.limitedTo(Math.max(TRY_MS_MIN, watch.limitMs / TRY_PARTS)),
      locate,
      scenario: scenarios.find(({ name }) => name === label.scenario),
    };
  };
  try {
    const shrunk = await shrinkAfresh({ signature, renew, checks }, operations, options);
    const { stepIndices, progress } = shrunk;
    const shrunkFrom = { steps: progress.from, stepIndices, signature };
    const labelShrunk = {
      ...label,
      sourceHash: loaded.sourceHash,
      runtime: currentRuntime(),
      timeLimitMs: loaded.watch.limitMs,
      shrunkFrom,
    };
    const subject = { ...(await renew()), watch: loaded.watch, checks };
    const { lines, findings } = await recordShrunk(subject, labelShrunk, shrunk, options);
    const kept = findings.find((one) => signatureOf(one) === signature);
    if (!kept) throw new ShrinkError('The shortest run does not fail for this cause again.');
    return { lines, shrunk, finding: kept };
  } finally {
    await fresh?.close();
  }
}

async function recordShrunk(
  subject: ShrinkMachine & { readonly checks: CheckPlan },
  label: RunLabel,
  { operations }: Shrunk,
  { isCancelled = () => false }: ShrinkOptions,
): Promise<{ readonly lines: readonly string[]; readonly findings: readonly Finding[] }> {
  const run = startReplay(subject, operations);
  const findings = [...run.executor.initialFindings];
  const lines: string[] = [];
  await recordRun({ machine: subject.machine, run, label }, (line) => lines.push(line), {
    observe: (step) => findings.push(...step.findings),
    // The run is recorded to its end, even if cancelled; this only lets messages come in.
    pulse: async () => {
      await isCancelled();
      return true;
    },
  });
  return { lines, findings };
}
