import { create } from 'mutative';
import type { StateAccess } from '../machine/machine.ts';
import { freeze, type DeepReadonly, type Value } from '../value/value.ts';

/**
 * A kind of state, as the engine handles it: one transaction at a time, and a view as a plain
 * tree, which is also its checkpoint.
 */
export interface StateStore<State> {
  /** What the machine sees inside a transaction. */
  readonly access: StateAccess<State>;
  /** The committed state, deeply frozen. The same object as before when nothing changed. */
  readonly committed: Value;
  /** The state that the open transaction would commit; `committed` when it changed nothing. */
  readonly pending: Value;
  begin(): void;
  commit(): void;
  rollBack(): void;
}

/**
 * State of plain values. Committed states are deeply frozen and share what did not change, so a
 * checkpoint is a reference, a roll-back an assignment, and "unchanged" an identity.
 */
export class PlainStateStore<State> implements StateStore<State>, StateAccess<State> {
  #committed: State;
  #pending: State;
  #isOpen = false;

  /** @throws {UnsupportedValueError} when the initial state is no plain data. */
  constructor(initial: State) {
    this.#committed = freeze(initial, 'The initial state');
    this.#pending = this.#committed;
  }

  get access(): StateAccess<State> {
    return this;
  }

  get committed(): Value {
    return this.#committed as Value;
  }

  get pending(): Value {
    return this.#pending as Value;
  }

  /** For the machine. */
  get current(): DeepReadonly<State> {
    return this.#pending as DeepReadonly<State>;
  }

  /** For the machine. */
  update(recipe: (draft: State) => void): void {
    if (!this.#isOpen) {
      throw new Error('state.update was called outside stf: the step that it belonged to is over');
    }
    const updated = create(this.#pending as object, (draft) => {
      // A recipe is a statement: what an arrow function happens to answer is not the new state.
      recipe(draft as State);
    });
    this.#pending = freeze(updated, 'The state') as State;
  }

  begin(): void {
    this.#isOpen = true;
  }

  commit(): void {
    this.#committed = this.#pending;
    this.#isOpen = false;
  }

  rollBack(): void {
    this.#pending = this.#committed;
    this.#isOpen = false;
  }
}
