import { answersOf } from '../engine/asked.ts';
import type { CheckPlan } from '../engine/check-plan.ts';
import type { Pulse } from '../engine/driving.ts';
import type { Operation } from '../machine/operation.ts';
import { sameValue } from '../value/value.ts';
import {
  tryCandidate,
  type Candidate,
  type FailingRun,
  type ShrinkMachine,
  type ShrinkSubject,
  type TryOptions,
} from './candidate.ts';
import { Shrinker, type Attempt, type ShrinkOptions, type Shrunk } from './shrinker.ts';

export type { ShrinkMachine, ShrinkSubject } from './candidate.ts';
export type { ShrinkOptions, ShrinkProgress, Shrunk } from './shrinker.ts';

/** A machine that can be loaded again, without anything that its module has kept. */
export interface Renewable {
  /** Loads the machine again; the previous one is no longer used. */
  readonly renew: () => Promise<ShrinkMachine>;
  /** All checks that are made when a run is recorded. */
  readonly checks: CheckPlan;
}

/** Thrown when the operations to shrink do not fail for the cause. */
export class ShrinkError extends Error {
  override readonly name = 'ShrinkError';
}

/**
 * Reduces a run to the operations and faults that matter, see {@link Shrinker}. Each candidate is executed, and
 * must fail for the same cause.
 *
 * @param operations of a run, up to the finding or longer; none when the initial state fails.
 * @throws {ShrinkError} when they do not fail for the cause of the subject.
 */
export async function shrink(
  subject: ShrinkSubject,
  operations: readonly Operation[],
  options: ShrinkOptions = {},
): Promise<Shrunk> {
  const { pulse } = options;
  const { whole, unfounded } = await executeWhole(subject, operations, pulse);
  if (!whole) throw notFailing();
  const answers = answersOf(whole);
  const attempt: Attempt = (candidate) => tryCandidate(subject, candidate, { pulse, answers });
  return { ...(await new Shrinker(attempt, whole, options, subject).shrink()), ...unfounded };
}

/**
 * Shrinks a run of a machine that may keep something outside of its state, such as in a variable of
 * its module. The shrinking begins with the machine as loaded. If the run does not fail again there, the
 * machine is loaded again for each run, and everything is checked in each: what the module keeps may
 * depend on the number of calls of the machine. If the shrinking is stopped before, the run is returned
 * whole.
 *
 * @throws {ShrinkError} when the operations do not fail for the cause of the subject.
 */
export async function shrinkAfresh(
  { signature, renew, checks }: Pick<ShrinkSubject, 'signature'> & Renewable,
  operations: readonly Operation[],
  options: ShrinkOptions = {},
): Promise<Shrunk> {
  const { pulse } = options;
  const reused = { ...(await renew()), signature };
  const { whole, unfounded } = await executeWhole(reused, operations, pulse);
  // Lets messages come in. A stop is noticed below.
  await options.isCancelled?.();
  if (whole && isSameRun(whole, (await executeWhole(reused, operations, pulse)).whole)) {
    const answers = answersOf(whole);
    const attempt: Attempt = (candidate) => tryCandidate(reused, candidate, { pulse, answers });
    const shrunk = await new Shrinker(attempt, whole, options, reused).shrink();
    const recorded = { ...(await renew()), signature, checks };
    if ((await executeWhole(recorded, shrunk.operations, pulse)).whole)
      return { ...shrunk, ...unfounded };
  }
  const anew = async (candidate: Candidate, tried: TryOptions) =>
    tryCandidate({ ...(await renew()), signature, checks }, candidate, { pulse, ...tried });
  const given = await anew(candidateOf(operations), { isOriginal: true });
  if (!given) throw notFailing();
  const answers = answersOf(given);
  const attempt: Attempt = (candidate) => anew(candidate, { answers });
  return { ...(await new Shrinker(attempt, given, options, reused, true).shrink()), ...unfounded };
}

function notFailing(): ShrinkError {
  return new ShrinkError('The run does not fail for this cause when it is executed again.');
}

/** Executes the original run unchanged, up to its finding. */
async function executeWhole(
  subject: ShrinkSubject,
  operations: readonly Operation[],
  pulse: Pulse | undefined,
): Promise<{
  readonly whole: FailingRun | undefined;
  readonly unfounded: Pick<Shrunk, 'unfounded'>;
}> {
  let added: Operation | undefined;
  const whole = await tryCandidate(subject, candidateOf(operations), {
    isOriginal: true,
    pulse,
    onAdded: (operation) => {
      added ??= operation;
    },
  });
  return { whole, unfounded: added ? { unfounded: added } : {} };
}

function candidateOf(operations: readonly Operation[]): Candidate {
  return operations.map((operation, stepIndex) => ({ operation, stepIndex, emitted: [] }));
}

function isSameRun(one: FailingRun, other: FailingRun | undefined): boolean {
  return (
    one.length === other?.length &&
    one.every(({ tried, outcome }, at) => {
      const step = other[at];
      return step?.outcome === outcome && sameValue(step.tried, tried);
    })
  );
}
