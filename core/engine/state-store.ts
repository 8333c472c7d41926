import { create } from 'mutative';
import { isPromise, type StateAccess } from '../machine/machine.ts';
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
  /** Ends the access that was given out, so that code which still holds it can do nothing. */
  renewAccess(): void;
}

/**
 * State of plain values. Committed states are deeply frozen and share what did not change, so a
 * checkpoint is a reference, a roll-back an assignment, and "unchanged" an identity.
 */
export class PlainStateStore<State extends object> implements StateStore<State> {
  #committed: State;
  #pending: State;
  #isOpen = false;
  #isUpdating = false;
  #access: StateAccess<State>;

  /** @throws when the initial state is no plain data, or no object. */
  constructor(initial: State) {
    if (typeof initial !== 'object' || initial === null) {
      throw new TypeError(
        `The initial state is an object, an array, a Map or a Set, not ${String(initial)}`,
      );
    }
    this.#committed = freeze(initial, 'The initial state');
    this.#pending = this.#committed;
    this.#access = this.#createAccess();
  }

  get access(): StateAccess<State> {
    return this.#access;
  }

  get committed(): Value {
    return this.#committed as Value;
  }

  get pending(): Value {
    return this.#pending as Value;
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

  renewAccess(): void {
    this.#access = this.#createAccess();
  }

  #createAccess(): StateAccess<State> {
    const read = () => this.#pending as DeepReadonly<State>;
    const access: StateAccess<State> = {
      get current() {
        return read();
      },
      update: (recipe) => {
        if (!this.#isOpen || this.#access !== access) {
          throw new Error('state.update was called outside stf: its step is over');
        }
        this.#update(recipe);
      },
    };
    return access;
  }

  #update(recipe: (draft: State) => void): void {
    if (this.#isUpdating) {
      throw new Error('state.update was called inside another one: write to the draft at hand');
    }
    this.#isUpdating = true;
    try {
      const updated = create(this.#pending as object, (draft) => {
        // A recipe is a statement: what an arrow function happens to answer is not the new state.
        const answer: unknown = recipe(draft as State);
        if (isPromise(answer)) throw new Error('the recipe of state.update must not be async');
      });
      this.#pending = freeze(updated, 'The state') as State;
    } finally {
      this.#isUpdating = false;
    }
  }
}
