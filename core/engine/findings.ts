import { isActionId } from '../machine/action-id.ts';
import type { Outcome, ThrownError } from '../machine/executed.ts';
import type { Finding } from '../machine/finding.ts';
import type { AnyMachine } from '../machine/machine.ts';
import type { MachineOperation, Operation } from '../machine/operation.ts';
import type { RuleName } from '../machine/rules.ts';
import type { Breach } from '../machine/state-store.ts';
import { formatTime } from '../text/quantities.ts';
import { listChanges } from '../value/diff.ts';
import { kindOf } from '../value/label.ts';
import { sameValue, type Value } from '../value/value.ts';
import type { VerdictChanges } from './invariants.ts';
import { shapeOf } from './signature.ts';
import type { Overrun } from './step-watch.ts';
import type { LocateError } from './transactor.ts';
import type { Attempt, Violation } from './violations.ts';

/** A settled property that does not hold. */
export interface SettledFailure {
  readonly name: string;
  readonly message: string;
  /** Where the property begins in the author's source, where that is known. */
  readonly predicate?: string;
  /** What was done last to the record that the failure is about; distinguishes causes. */
  readonly shape: string;
  /** The id of the tracked action that the failure is about, if the property names one. */
  readonly id?: unknown;
}

/** An attempt that was rolled back. */
export interface RolledBack {
  readonly operation: MachineOperation;
  readonly attempt: Pick<Attempt, 'outcome' | 'breaches'> & {
    /** What was thrown at the refused action. */
    readonly refusal?: Error | undefined;
  };
  readonly before: Value;
  /** The state before the roll-back. */
  readonly attempted: Value;
  /** Whether the storage rolls back by itself, so that a changed state is not a defect. */
  readonly isTransactional: boolean;
}

const NONE: readonly never[] = [];

/** Makes findings of what goes wrong in the steps of a machine, with their causes. */
export class StepFindings {
  readonly #machine: AnyMachine;
  readonly #locate: LocateError;
  /** Where the invariants begin, of those that have failed. */
  readonly #predicates = new Map<string, string | undefined>();

  constructor(machine: AnyMachine, locate: LocateError) {
    this.#machine = machine;
    this.#locate = locate;
  }

  /** Those of the rules that the machine does not waive. */
  ofRules(stepIndex: number, violations: readonly Violation[], shape: string): readonly Finding[] {
    if (violations.length === 0) return NONE;
    return violations
      .filter(({ name }) => !this.#waives(name))
      .map((violation) => ({ stepIndex, kind: 'rule', ...violation, shape }));
  }

  /** Those of forbidden things that the machine did in an operation. */
  ofBreaches(
    stepIndex: number,
    breaches: readonly Breach[],
    operation: MachineOperation,
  ): readonly Finding[] {
    // A fault that strikes after the machine's code has run is not part of the cause.
    const shape = shapeOf(strikesLate(operation) ? withoutFault(operation) : operation);
    return breaches.flatMap(({ rule, message, expected, actual, error }) => {
      const source = this.#locate(error);
      const violation = { name: rule, message, expected, actual };
      const [finding] = this.ofRules(stepIndex, [violation], shape);
      return finding ? [{ ...finding, ...(source === undefined ? {} : { source }) }] : [];
    });
  }

  /** A panic, and a state that was changed before the machine failed. */
  ofRollBack(stepIndex: number, rolledBack: RolledBack): readonly Finding[] {
    const { operation, attempt, before, attempted, isTransactional } = rolledBack;
    const { outcome, breaches } = attempt;
    const shape = shapeOf(operation);
    // A side effect that the guard refused is already reported; the error of the refusal is not news.
    const isNews =
      outcome.kind === 'panic' &&
      !breaches.some(({ error, rule }) => isSameError(error, outcome.error) && !this.#waives(rule));
    const panics: readonly Finding[] = isNews
      ? [{ stepIndex, kind: 'panic', ...outcome.error, shape }]
      : NONE;
    const isStorage =
      operation.fault?.kind === 'accessFails' || operation.fault?.kind === 'commitFails';
    // After a failed access or commit, the machine could not have done better.
    if (isTransactional || isStorage || sameValue(before, attempted)) return panics;
    const message = `The machine ${howItEnded(outcome, operation)} after it had changed the state.`;
    const expected = 'the state unchanged';
    const actual = `changed ${listChanges(before, attempted)}`;
    const violation = { name: 'atomicity', message, expected, actual } as const;
    // Each way to refuse has its own place in the source. A text with data in it is not a name.
    const isOwn = outcome.kind === 'err' && operation.fault === undefined;
    const way = isOwn ? kindOf(outcome.error) : '';
    const shapeOfWay = /^[A-Za-z][\w-]*$/.test(way) ? `${shape}, err ${way}` : shape;
    // Of an error that the machine returns itself, no place is known.
    const source = isRefusal(outcome, operation) ? this.#locate(attempt.refusal) : undefined;
    const place = source === undefined ? {} : { source };
    const found = this.ofRules(stepIndex, [violation], shapeOfWay);
    return [...panics, ...found.map((finding) => ({ ...finding, ...place }))];
  }

  /** Those of invariants that fail from this step on. */
  ofInvariants(stepIndex: number, { failed }: VerdictChanges, shape: string): readonly Finding[] {
    return failed.map(({ name, message, thrown }) => {
      const within = { of: this.#machine.invariants, method: name };
      const source = thrown === undefined ? undefined : this.#locate(thrown.value, within);
      const place = source === undefined ? {} : { source };
      const predicate = this.#predicateOf(name);
      const judge = predicate === undefined ? {} : { predicate };
      return { stepIndex, kind: 'invariant', name, message, shape, ...place, ...judge };
    });
  }

  /** Finding a place takes a search through the source, and an invariant may fail again and again. */
  #predicateOf(name: string): string | undefined {
    if (!this.#predicates.has(name)) {
      const within = { of: this.#machine.invariants, method: name };
      this.#predicates.set(name, this.#locate(undefined, within));
    }
    return this.#predicates.get(name);
  }

  #waives(rule: RuleName): boolean {
    return this.#machine.waivers?.[rule] !== undefined;
  }
}

/** A settled property that does not hold, at the end of a run. */
export function settledFinding(stepIndex: number, { id, ...failure }: SettledFailure): Finding {
  return { stepIndex, kind: 'settled', ...failure, ...(isActionId(id) ? { about: id } : {}) };
}

/** What a step breaks that takes too long. */
export const EVERY_STEP_ENDS = 'every step ends';

/** A step that does not end. */
export function hangFinding(
  stepIndex: number,
  operation: Operation,
  { limitMs, ...place }: Overrun,
): Finding {
  return {
    stepIndex,
    kind: 'hang',
    name: EVERY_STEP_ENDS,
    message: `The step did not end within ${formatTime(limitMs)}.`,
    shape: shapeOf(operation),
    ...place,
  };
}

/** An operation without the fault inside its step. */
export function withoutFault({ fault: _, ...operation }: MachineOperation): MachineOperation {
  return operation;
}

function strikesLate({ fault }: MachineOperation): boolean {
  return fault?.kind === 'crashBeforeCommit' || fault?.kind === 'commitFails';
}

function howItEnded(outcome: Outcome, operation: MachineOperation): string {
  if (outcome.kind !== 'err') return 'panicked';
  return isRefusal(outcome, operation)
    ? 'let the refusal of an action through'
    : 'returned an error';
}

/** Whether a step ended since it let the refusal of an action through. */
function isRefusal(outcome: Outcome, { fault }: MachineOperation): boolean {
  return (
    outcome.kind === 'err' &&
    fault?.kind === 'actionRefused' &&
    kindOf(outcome.error) === 'ActionRefused'
  );
}

function isSameError(a: Error, b: ThrownError): boolean {
  return a.name === b.name && a.message === b.message;
}
