import { executedStep, type Executed } from '../machine/executed.ts';
import type { Finding } from '../machine/finding.ts';
import type { MachineOperation } from '../machine/operation.ts';
import type { StateStore } from '../machine/state-store.ts';
import type { Value } from '../value/value.ts';
import type { Maybe } from '../waiting.ts';
import type { CaughtFailures } from './caught-failures.ts';
import type { Dispatch } from './dispatch.ts';
import { withoutFault, type StepFindings } from './findings.ts';
import { shapeOf } from './signature.ts';
import { storageFailed, type OpenAttempt } from './transactor.ts';
import type { Violation } from './violations.ts';

/** What the ends of steps have an effect on. */
interface Affected {
  readonly store: StateStore;
  readonly findings: StepFindings;
  readonly dispatch: Dispatch;
  readonly caught: CaughtFailures;
}

/** A step whose transaction is still open. */
interface OpenStep {
  readonly stepIndex: number;
  /** A fault that did not strike is left out. */
  readonly operation: MachineOperation;
  readonly before: Value;
  readonly findings: readonly Finding[];
}

const NONE: readonly never[] = [];

/**
 * How the transactions of steps end: an accepted attempt is committed, and its actions are held to be dispatched;
 * any other is rolled back, which must leave the state as it was.
 */
export class StepEnding {
  readonly #store: StateStore;
  readonly #findings: StepFindings;
  readonly #dispatch: Dispatch;
  readonly #caught: CaughtFailures;
  #rollBacks = 0;

  constructor({ store, findings, dispatch, caught }: Affected) {
    this.#store = store;
    this.#findings = findings;
    this.#dispatch = dispatch;
    this.#caught = caught;
  }

  /** How many steps ended with an error, a panic or a crash. */
  get rollBacks(): number {
    return this.#rollBacks;
  }

  /** Counts on from where another one is. */
  becomeLike(other: StepEnding): void {
    this.#rollBacks = other.#rollBacks;
  }

  /**
   * Commits an accepted attempt, and rolls back any other.
   *
   * @param violations rules that the attempt was found to break.
   */
  end(
    stepIndex: number,
    given: MachineOperation,
    attempt: OpenAttempt,
    violations: readonly Violation[],
  ): Maybe<Executed> {
    const operation = given.fault && !attempt.hasStruck ? withoutFault(given) : given;
    const findings =
      attempt.breaches.length + violations.length === 0
        ? NONE
        : [
            ...this.#findings.ofBreaches(stepIndex, attempt.breaches, operation),
            ...this.#findings.ofRules(stepIndex, violations, shapeOf(operation)),
          ];
    const step: OpenStep = { stepIndex, operation, before: this.#store.committed, findings };
    if (attempt.outcome.kind !== 'ok') return this.#abandon(step, attempt);
    const committed = this.#store.commit();
    // No closure on the synchronous fast path, here and below: nearly every step takes it.
    return committed instanceof Promise
      ? committed.then((problem) => this.#accept(step, attempt, problem))
      : this.#accept(step, attempt, committed);
  }

  #accept(step: OpenStep, attempt: OpenAttempt, problem: Error | undefined): Maybe<Executed> {
    if (problem) {
      return this.#abandon(step, { ...attempt, outcome: storageFailed(problem.message) });
    }
    const { stepIndex, operation, before, findings } = step;
    const { outcome, actions, refused, refusal } = attempt;
    const after = this.#store.committed;
    this.#dispatch.hold(actions);
    const accepted = executedStep({
      stepIndex,
      operation,
      outcome,
      actions,
      refused,
      before,
      after,
      findings,
    });
    this.#caught.observe(accepted, refusal);
    return accepted;
  }

  #abandon(step: OpenStep, attempt: OpenAttempt): Maybe<Executed> {
    this.#rollBacks += 1;
    const attempted = this.#store.pending;
    const abandoned = this.#store.abandon();
    return abandoned instanceof Promise
      ? abandoned.then(() => this.#abandoned(step, attempt, attempted))
      : this.#abandoned(step, attempt, attempted);
  }

  #abandoned(step: OpenStep, attempt: OpenAttempt, attempted: Value): Executed {
    const { stepIndex, operation, before } = step;
    const { actions, refused, outcome } = attempt;
    // The process dies, and everything in its memory with it.
    if (outcome.kind === 'crashed') this.#store.crash();
    return executedStep({
      stepIndex,
      operation,
      outcome,
      discarded: actions,
      refused,
      before,
      after: this.#store.committed,
      attempted,
      findings: this.#findingsOfRollBack(step, attempt, attempted),
    });
  }

  #findingsOfRollBack(
    { stepIndex, operation, before, findings }: OpenStep,
    attempt: OpenAttempt,
    attempted: Value,
  ): readonly Finding[] {
    const { kind } = attempt.outcome;
    // Nearly every roll-back is a rejection that has changed nothing.
    if (kind === 'crashed' || (kind === 'err' && before === attempted)) return findings;
    const { isTransactional } = this.#store;
    const rolledBack = { operation, attempt, before, attempted, isTransactional };
    return [...findings, ...this.#findings.ofRollBack(stepIndex, rolledBack)];
  }
}
