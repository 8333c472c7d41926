import { assertNever } from '../assert.ts';
import { BuiltInReplacedError, type Guard, type SideEffect } from '../isolation/guard.ts';
import { ActionRefusedError, StorageError } from '../machine/errors.ts';
import type { EmittedAction, Outcome, ThrownError } from '../machine/executed.ts';
import { ok, type AnyMachine, type Err, type Ok } from '../machine/machine.ts';
import type { MachineOperation } from '../machine/operation.ts';
import type { AccessFault, Breach, StateStore } from '../machine/state-store.ts';
import { describeValue, isInstance, readThrown } from '../thrown.ts';
import { listChanges } from '../value/diff.ts';
import { openUpdate } from '../value/update.ts';
import { freezeOnce, sameValue, type Value } from '../value/value.ts';
import { isPromise, drive, wait, type Maybe, type Waiting } from '../waiting.ts';
import { ActionCollector } from './action-collector.ts';
import type { Attempt } from './violations.ts';

/** A method of an author's object. */
export interface AuthorsMethod {
  readonly of: object;
  readonly method: string;
}

/**
 * Returns the place in the author's source that an error came from, as `file:line:column`.
 *
 * @param within the method that threw: where it begins is the best place that is known of what has no
 * stack, such as a string.
 */
export type LocateError = (error: unknown, within?: AuthorsMethod) => string | undefined;

/** An attempt, with what its commit or roll-back needs in addition. */
export interface OpenAttempt extends Attempt {
  readonly refused: readonly EmittedAction[];
  /** What was thrown at a refused action. */
  readonly refusal: Error | undefined;
  /** Whether the fault of the operation struck. */
  readonly hasStruck: boolean;
}

const NONE: readonly never[] = [];
const CRASHED: Outcome = Object.freeze({ kind: 'crashed' });

/** Executes the code of a machine inside a transaction, which it leaves open. */
export class Transactor {
  readonly #machine: AnyMachine;
  readonly #store: StateStore;
  readonly #locate: LocateError;
  readonly #guard: Guard | undefined;
  #collector = new ActionCollector();
  #attempts = 0;
  /** Whether the next error that the machine returns is frozen. */
  isFreezing = true;

  constructor(
    machine: AnyMachine,
    store: StateStore,
    options: { locate: LocateError; guard: Guard | undefined },
  ) {
    this.#machine = machine;
    this.#store = store;
    this.#locate = options.locate;
    this.#guard = options.guard;
  }

  /** Counts on from where another one is. */
  becomeLike(other: Transactor): void {
    this.#attempts = other.#attempts;
  }

  /** How often the machine's code was executed. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Executes an operation once; the transaction is sealed, and neither committed nor rolled back. */
  attempt(operation: MachineOperation): Maybe<OpenAttempt> {
    this.#attempts += 1;
    const { fault } = operation;
    const begun = this.#store.begin(fault && toAccessFault(fault));
    return begun === undefined
      ? this.#execute(operation)
      : begun.then(() => this.#execute(operation));
  }

  /** Executes an operation on the committed state, and rolls back. */
  probe(operation: MachineOperation): Maybe<Attempt> {
    const printed = this.#guard?.output.length ?? 0;
    const attempt = this.attempt(operation);
    return isPromise(attempt)
      ? attempt.then((sealed) => this.#endProbe(sealed, printed))
      : this.#endProbe(attempt, printed);
  }

  /** What is printed on trial is not printed by the step. */
  #endProbe(attempt: OpenAttempt, printed: number): Maybe<OpenAttempt> {
    this.#guard?.output.forget(printed);
    return this.#rollBack(attempt);
  }

  /**
   * Fetches the verdicts on the state that an attempt would commit, from a machine that evaluates its
   * invariants elsewhere. One that fails at that has panicked, and its step is rolled back.
   */
  *fetchVerdicts(attempt: OpenAttempt): Waiting<OpenAttempt> {
    const fetching = this.#machine.fetchVerdicts?.(attempt.pending);
    if (!fetching) return attempt;
    try {
      yield* wait(fetching);
      return attempt;
    } catch (thrown) {
      yield* wait(this.#store.rollBack());
      const within = { of: this.#machine, method: 'stf' } as const;
      return { ...attempt, outcome: this.#toFailure(thrown, within) };
    }
  }

  #rollBack(attempt: OpenAttempt): Maybe<OpenAttempt> {
    const rolledBack = this.#store.rollBack();
    return isPromise(rolledBack) ? rolledBack.then(() => attempt) : attempt;
  }

  #execute(operation: MachineOperation): Maybe<OpenAttempt> {
    const { fault } = operation;
    this.#collector.open(fault?.kind === 'actionRefused' ? fault.action : undefined);
    this.#guard?.enter();
    let outcome: Outcome;
    try {
      const answer = this.#call(operation);
      if (isPromise(answer)) return this.#await(operation, answer);
      outcome = this.#toOutcome(operation, answer);
    } catch (thrown) {
      return this.#fail(operation, thrown, false);
    }
    return this.#seal(operation, outcome, false);
  }

  #call(operation: MachineOperation): Ok | Err<unknown> | Promise<Ok | Err<unknown>> {
    switch (operation.kind) {
      case 'normal': {
        const input = { kind: 'normal', input: operation.input } as const;
        return this.#machine.stf(this.#store.access, input, this.#collector);
      }
      case 'trackedActionCompleted': {
        const { id, result } = operation;
        const input = { kind: 'trackedActionCompleted', id, result } as const;
        return this.#machine.stf(this.#store.access, input, this.#collector);
      }
      case 'restore':
        return this.#machine.restore(this.#store.recovery, this.#collector);
      default:
        return assertNever(operation, 'operation');
    }
  }

  /** Waits for a machine that awaits. Code that it left running cannot add actions after the step. */
  async #await(
    operation: MachineOperation,
    answer: PromiseLike<Ok | Err<unknown>>,
  ): Promise<OpenAttempt> {
    let attempt: Maybe<OpenAttempt>;
    try {
      attempt = this.#seal(operation, this.#toOutcome(operation, await answer), true);
    } catch (thrown) {
      attempt = this.#fail(operation, thrown, true);
    }
    const ended = await attempt;
    this.#collector = new ActionCollector();
    return ended;
  }

  #fail(operation: MachineOperation, thrown: unknown, hasAwaited: boolean): Maybe<OpenAttempt> {
    this.#guard?.noteReplaced();
    const method = operation.kind === 'restore' ? 'restore' : 'stf';
    const outcome = this.#toFailure(thrown, { of: this.#machine, method });
    const attempt = this.#seal(operation, outcome, hasAwaited);
    const mayHaveWritten = operation.kind === 'restore' && !operation.fault;
    if (!mayHaveWritten || outcome.kind !== 'panic' || !isInstance(thrown, Error)) return attempt;
    return drive(this.#blameWrites(attempt, thrown));
  }

  /**
   * Reports what a restore tried to change. A restore that writes to its state panics, since the state
   * is frozen; on a draft it succeeds, and the draft shows the changes.
   */
  *#blameWrites(sealed: Maybe<OpenAttempt>, error: Error): Waiting<OpenAttempt> {
    const attempt = yield* wait(sealed);
    const { committed, recovery } = this.#store;
    if (recovery !== committed) return attempt;
    const update = openUpdate(committed as object);
    const collector = new ActionCollector();
    collector.open();
    this.#guard?.enter();
    try {
      yield* wait(this.#machine.restore(update.draft, collector));
    } catch {
      // The attempt has already reported the panic.
    } finally {
      this.#guard?.leave();
    }
    const written = update.finish() as Value;
    if (sameValue(written, committed)) return attempt;
    const breach: Breach = {
      rule: 'restore is pure',
      message: 'restore changed the state that it was given.',
      expected: 'the state unchanged',
      actual: `changed ${listChanges(committed, written)}`,
      error,
    };
    return { ...attempt, breaches: [...attempt.breaches, breach] };
  }

  #toOutcome(operation: MachineOperation, answer: Ok | Err<unknown>): Outcome {
    // The types promise an outcome, but the machine may come from plain JavaScript.
    const kind: unknown = (answer as Partial<Ok> | undefined)?.kind;
    if (kind === 'err') {
      const { error } = answer as Err<unknown>;
      if (this.isFreezing) freezeOnce(error, 'The error');
      return { kind: 'err', error };
    }
    if (kind !== 'ok') throw noOutcome(operation, answer);
    return ok();
  }

  /** The outcome of a step in which the machine threw, or let an error through. */
  #toFailure(thrown: unknown, within: AuthorsMethod): Outcome {
    // A machine that throws such an error itself is defective, as with any other error.
    const isOfStorage = this.#store.hasStruck || this.#store.isTransactional;
    if (thrown instanceof StorageError && isOfStorage) return storageFailed(thrown.message);
    if (thrown instanceof ActionRefusedError && this.#collector.refusal) {
      return { kind: 'err', error: { kind: 'ActionRefused', reason: thrown.reason } };
    }
    return { kind: 'panic', error: this.#describeError(thrown, within) };
  }

  #describeError(thrown: unknown, within: AuthorsMethod): ThrownError {
    const source = this.#locate(thrown, within);
    const { name, message } = readThrown(thrown);
    return { name, message, ...(source === undefined ? {} : { source }) };
  }

  #seal(operation: MachineOperation, ended: Outcome, hasAwaited: boolean): Maybe<OpenAttempt> {
    const sideEffects = this.#guard?.leave() ?? NONE;
    const outcome = sideEffects.length === 0 ? ended : this.#withReplaced(ended, sideEffects);
    const actions = this.#collector.close();
    const sealed = this.#store.seal(hasAwaited);
    // No closure on the synchronous fast path.
    return sealed instanceof Promise
      ? sealed.then((found) => this.#conclude(operation, outcome, actions, sideEffects, found))
      : this.#conclude(operation, outcome, actions, sideEffects, sealed);
  }

  /** A step that replaced what comes with the language has no result that can be relied on. */
  #withReplaced(outcome: Outcome, effects: readonly SideEffect[]): Outcome {
    const replaced = effects.find(({ error }) => isInstance(error, BuiltInReplacedError));
    if (!replaced) return outcome;
    // Values in memory may have been made halfway. A database rolls back by itself.
    if (!this.#store.isTransactional) void this.#store.rollBack();
    const error = this.#describeError(replaced.error, { of: this.#machine, method: 'stf' });
    return { kind: 'panic', error };
  }

  #conclude(
    operation: MachineOperation,
    outcome: Outcome,
    actions: readonly EmittedAction[],
    sideEffects: readonly SideEffect[],
    found: readonly Breach[],
  ): OpenAttempt {
    const breaches =
      sideEffects.length === 0 ? found : withSideEffects(operation, sideEffects, found);
    const { refused, refusal } = this.#collector;
    const { pending } = this.#store;
    const attempt = { outcome, pending, actions, refused, refusal, breaches, hasStruck: false };
    return operation.fault ? this.#withFault(attempt, operation.fault) : attempt;
  }

  #withFault(attempt: OpenAttempt, fault: NonNullable<MachineOperation['fault']>): OpenAttempt {
    switch (fault.kind) {
      case 'crashAtAccess':
        // Even if the machine caught the error, its process is dead.
        return this.#store.hasStruck ? { ...attempt, outcome: CRASHED, hasStruck: true } : attempt;
      case 'crashBeforeCommit':
        return { ...attempt, outcome: CRASHED, hasStruck: true };
      case 'accessFails':
        return this.#store.hasStruck ? { ...attempt, hasStruck: true } : attempt;
      case 'commitFails':
        return attempt.outcome.kind === 'ok'
          ? { ...attempt, outcome: storageFailed('the commit failed'), hasStruck: true }
          : attempt;
      case 'actionRefused':
        return attempt.refused.length > 0 ? { ...attempt, hasStruck: true } : attempt;
      default:
        return assertNever(fault, 'fault');
    }
  }
}

/** The outcome when the storage failed, and the machine let the error through. */
export function storageFailed(reason: string): Err<unknown> {
  return { kind: 'err', error: { kind: 'StorageFailed', reason } };
}

function noOutcome({ kind }: MachineOperation, answer: unknown): TypeError {
  const where = kind === 'restore' ? 'restore' : 'stf';
  return new TypeError(`${where} must return ok() or err(why), not ${describeValue(answer)}`);
}

function toAccessFault(fault: NonNullable<MachineOperation['fault']>): AccessFault | undefined {
  return fault.kind === 'crashAtAccess' || fault.kind === 'accessFails' ? fault : undefined;
}

function withSideEffects(
  operation: MachineOperation,
  effects: readonly SideEffect[],
  found: readonly Breach[],
): readonly Breach[] {
  return [...effects.map((effect) => toBreach(operation, effect)), ...found];
}

function toBreach(operation: MachineOperation, effect: SideEffect): Breach {
  const { name, error, answered, isUndone } = effect;
  const where = operation.kind === 'restore' ? 'restore' : 'stf';
  const [, written] = /^(.*) =$/.exec(name) ?? [];
  const deed = written === undefined ? `reached for ${name}` : `wrote to ${written}`;
  return {
    rule: 'no side effects',
    message: `${where} ${deed}, which was ${isUndone ? 'undone' : answered === undefined ? 'refused' : `answered ${answered}`}.`,
    expected: 'a result that follows from state and input alone',
    actual: written === undefined ? `a call of ${name}` : `a write to ${written}`,
    error,
  };
}
