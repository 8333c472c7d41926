import type { Guard } from '../isolation/guard.ts';
import type { AnyMachine } from '../machine/machine.ts';
import type { MachineOperation } from '../machine/operation.ts';
import type { StateStore } from '../machine/state-store.ts';
import { chain, type Maybe } from '../waiting.ts';
import { Restarts } from './restarts.ts';
import type { RuleChecker } from './rules.ts';
import type { LocateError, OpenAttempt, Transactor } from './transactor.ts';
import { differenceOf } from './twins.ts';
import { memoryViolation, type Attempt, type Violation } from './violations.ts';

/** A second execution, with the rules that it shows to be broken. */
export interface Repeated {
  /** Its transaction is open, as that of the first was. */
  readonly attempt: OpenAttempt;
  readonly violations: readonly Violation[];
}

const NONE: readonly never[] = [];
const RESTORE: MachineOperation = { kind: 'restore' };

/**
 * Executes operations once more, in this process and, for a restore, as one that has just started does: a
 * machine whose result follows from state and input alone does the same again.
 */
export class SecondExecution {
  readonly #machine: AnyMachine;
  readonly #store: StateStore;
  readonly #transactor: Transactor;
  readonly #rules: RuleChecker;
  readonly #restarts: Restarts;
  readonly #locate: LocateError;
  readonly #guard: Guard | undefined;

  constructor(
    machine: AnyMachine,
    parts: { store: StateStore; transactor: Transactor; rules: RuleChecker },
    conditions: { locate: LocateError; guard: Guard | undefined },
  ) {
    this.#machine = machine;
    this.#store = parts.store;
    this.#transactor = parts.transactor;
    this.#rules = parts.rules;
    this.#restarts = new Restarts(parts.store, conditions);
    this.#locate = conditions.locate;
    this.#guard = conditions.guard;
  }

  /**
   * Rolls back the first execution of an operation, and executes it again. What panicked is not executed again.
   *
   * @param printed how much had been printed before the first one.
   */
  execute(operation: MachineOperation, first: OpenAttempt, printed: number): Maybe<Repeated> {
    if (first.outcome.kind === 'panic') return { attempt: first, violations: NONE };
    this.#guard?.output.forget(printed);
    const there = chain(this.#store.rollBack(), () =>
      operation.kind === 'restore' && this.#rules.isRestartDue()
        ? this.#restarts.restore(operation, first)
        : undefined,
    );
    return chain(there, (restarted) =>
      chain(this.#transactor.attempt(operation), (second) => {
        const ofTwins = this.#rules.compareTwins(operation.kind, first, second);
        const violations =
          ofTwins.length > 0 || !restarted ? ofTwins : this.#ofMemory(second, restarted);
        return { attempt: second, violations };
      }),
    );
  }

  /**
   * Asks whether `restore` does the same here as in a process that has just started. No transaction must be open.
   *
   * @returns what it breaks, if it does something else.
   */
  askRestarted(): Maybe<Violation | undefined> {
    return chain(this.#transactor.probe(RESTORE), (here) =>
      chain(
        this.#restarts.restore(RESTORE, here),
        (there) => there && this.#ofMemory(here, there)[0],
      ),
    );
  }

  /** A restore that only the memory of its process lets do what it did. */
  #ofMemory(here: Attempt, restarted: Attempt): readonly Violation[] {
    if (!differenceOf(here, restarted)) return NONE;
    const source = this.#locate(undefined, { of: this.#machine, method: 'restore' });
    return [memoryViolation(restarted, here, source)];
  }
}
