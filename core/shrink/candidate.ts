import { checksForCause, type CheckPlan } from '../engine/check-plan.ts';
import { driveToStep, type Pulse } from '../engine/driving.ts';
import type { ExecutionOptions } from '../engine/executor.ts';
import { Guide, trackedOf, type GuidedStep } from '../engine/guide.ts';
import type { ReplayOptions } from '../engine/replay.ts';
import { startReplay } from '../engine/run.ts';
import { signatureOf } from '../engine/signature.ts';
import type { EmittedAction, Executed, Outcome } from '../machine/executed.ts';
import { type Finding } from '../machine/finding.ts';
import type { AnyMachine } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import type { AnyScenario } from '../machine/scenario.ts';

/** A machine that can be executed. */
export interface ShrinkMachine extends Pick<ExecutionOptions, 'guard' | 'locate' | 'watch'> {
  readonly machine: AnyMachine;
  /** Says what must hold at the end. Without it, settled findings cannot be shrunk. */
  readonly scenario?: AnyScenario | undefined;
}

/** A machine that fails, and the cause that a shorter run must reproduce. */
export interface ShrinkSubject extends ShrinkMachine {
  /** The signature of the findings to reproduce. */
  readonly signature: string;
  /** What is checked; by default only the checks that can find the cause. */
  readonly checks?: CheckPlan | undefined;
}

/** One step of a run to try. */
export interface CandidateStep extends GuidedStep {
  /** The index of the step in the original run. */
  readonly stepIndex: number;
}

/** One step of a run that fails. */
export interface FailingStep extends CandidateStep {
  /** All actions that it emitted, whether or not they were sent. */
  readonly tried: readonly EmittedAction[];
  /** The signatures of what was found at it. */
  readonly found: readonly string[];
  readonly outcome: Outcome['kind'];
}

/** A run to try: some steps of a run that fails, perhaps with other values. */
export type Candidate = readonly CandidateStep[];

/**
 * A run that fails for the wanted cause, up to the failing step. It has no steps when the initial state
 * fails.
 */
export type FailingRun = readonly FailingStep[];

/** How a candidate is executed. */
export interface TryOptions {
  /** Leaves all operations unchanged: it is not yet known what the steps emit. */
  readonly isOriginal?: boolean;
  /** What external systems are known to answer, besides what they answer in the candidate. */
  readonly answers?: Iterable<string> | undefined;
  /** Called with what the external systems owe at the end, which the list does not have. */
  readonly onAdded?: (operation: Operation) => void;
  /** Gives the run up when it says so. */
  readonly pulse?: Pulse | undefined;
}

/**
 * Executes a candidate: some steps of a run that fails, perhaps with other values, as a {@link Guide}
 * makes sense of them.
 *
 * @returns the run as it was executed, up to the finding; `undefined` when it does not fail for the
 * same cause, or could not have happened.
 */
export async function tryCandidate(
  subject: ShrinkSubject,
  candidate: Candidate,
  { isOriginal = false, answers, onAdded, pulse }: TryOptions = {},
): Promise<FailingRun | undefined> {
  const { machine, guard, watch, locate, scenario, signature } = subject;
  const guide = new Guide(candidate, isOriginal ? 'run' : 'part', undefined, answers);
  const rewrite: ReplayOptions['rewrite'] = (operation, position, isAdded) => {
    if (isAdded) onAdded?.(operation);
    return guide.rewrite(operation, position, isAdded);
  };
  // The invariants are asked as well: a shorter run must not fail for another reason than the original.
  const checks = subject.checks ?? { ...checksForCause(signature), invariantsEvery: 1 };
  const run = startReplay(
    { machine, scenario, locate, guard, watch, checks, rewrite },
    candidate.map(({ operation }) => operation),
  );
  const isWanted = (found: Finding) => signatureOf(found) === signature;
  if (run.executor.initialFindings.some(isWanted)) {
    run.close();
    return [];
  }
  const kept: FailingStep[] = [];
  const { step: last } = await driveToStep(
    run,
    (step) => {
      const given = candidate[guide.position] as CandidateStep;
      const answer = isOriginal ? guide.answerOf(step.operation) : given.answer;
      guide.observe(step, given);
      kept.push(failingStep(step, { ...given, answer }));
      return guide.isImpossible || step.findings.some(isWanted);
    },
    pulse ? { pulse } : {},
  );
  const isFound = last?.findings.some(isWanted) ?? false;
  return isFound && !guide.isImpossible ? kept : undefined;
}

function failingStep(step: Executed, { stepIndex, answer }: CandidateStep): FailingStep {
  const { operation, outcome, actions, discarded, refused, findings } = step;
  const tried = [...actions, ...discarded, ...refused];
  const found = findings.map(signatureOf);
  const emitted = trackedOf(step);
  return { operation, stepIndex, answer, emitted, tried, found, outcome: outcome.kind };
}
