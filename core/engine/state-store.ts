import { StorageError } from '../machine/errors.ts';
import type { StateAccess } from '../machine/machine.ts';
import type { AccessFault, Breach, StateStore } from '../machine/state-store.ts';
import { openUpdate } from '../value/update.ts';
import { freeze, type DeepReadonly, type Value } from '../value/value.ts';
import { isPromise } from '../waiting.ts';

/** Thrown through a machine whose process dies at an access to its state. */
export class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}

/**
 * An access to state of plain values that can replace the whole state, for example with one that
 * another process computed.
 */
export interface WholeStateAccess<State> extends StateAccess<State> {
  /** Makes `state` the new state, and freezes it. */
  replace(state: State): void;
}

const NONE: readonly never[] = [];

/**
 * State of plain values. Committed states are deeply frozen and share what did not change, so a
 * checkpoint is a reference, a roll-back an assignment, and "unchanged" an identity.
 */
export class PlainStateStore<State extends object> implements StateStore {
  #committed: State;
  #pending: State;
  #isOpen = false;
  #isUpdating = false;
  #hasStruck = false;
  readonly isTransactional = false;
  #access: WholeStateAccess<State>;
  /** Replaces the access in a transaction with a fault. */
  #faulty: WholeStateAccess<State> | undefined;

  /** @throws when the initial state is not plain data, or not an object. */
  constructor(initial: State) {
    if (typeof initial !== 'object' || initial === null) {
      throw new TypeError(
        `The initial state must be an object, an array, a Map or a Set, not ${String(initial)}`,
      );
    }
    this.#committed = freeze(initial, 'The initial state');
    this.#pending = this.#committed;
    this.#access = this.#createAccess();
  }

  get access(): WholeStateAccess<State> {
    return this.#faulty ?? this.#access;
  }

  get recovery(): DeepReadonly<State> {
    return this.access.current;
  }

  get hasStruck(): boolean {
    return this.#hasStruck;
  }

  get committed(): Value {
    return this.#committed as Value;
  }

  get pending(): Value {
    return this.#pending as Value;
  }

  begin(fault?: AccessFault): void {
    this.#isOpen = true;
    this.#hasStruck = false;
    this.#faulty = fault && this.#createFaultyAccess(this.#access, fault);
  }

  seal(hasAwaited: boolean): readonly Breach[] {
    this.#isOpen = false;
    if (hasAwaited) this.#access = this.#createAccess();
    return NONE;
  }

  commit(): undefined {
    this.#committed = this.#pending;
  }

  rollBack(): void {
    this.#pending = this.#committed;
  }

  abandon(): void {
    this.rollBack();
  }

  crash(): void {}

  resume(state: Value): void {
    // A state of this machine, from its trace: the type says more than a trace can.
    this.#committed = freeze(state as unknown as State, 'The state');
    this.#pending = this.#committed;
  }

  copy(): PlainStateStore<State> {
    return new PlainStateStore(this.#committed);
  }

  close(): void {}

  #createAccess(): WholeStateAccess<State> {
    const read = () => this.#pending as DeepReadonly<State>;
    const requireOpen = (name: string) => {
      if (this.#isOpen && this.#access === access) return;
      throw new Error(`state.${name} was called outside stf: its step is over`);
    };
    const access: WholeStateAccess<State> = {
      get current() {
        return read();
      },
      update: (recipe) => {
        requireOpen('update');
        this.#update(recipe);
      },
      replace: (state) => {
        requireOpen('replace');
        this.#pending = freeze(state, 'The state');
      },
    };
    return access;
  }

  #createFaultyAccess(sound: WholeStateAccess<State>, fault: AccessFault): WholeStateAccess<State> {
    let accesses = 0;
    const count = () => {
      const nth = accesses;
      accesses += 1;
      // A dead process has no further access; a failed access may succeed when tried again.
      const isStruck = fault.kind === 'crashAtAccess' ? nth >= fault.access : nth === fault.access;
      if (!isStruck) return;
      this.#hasStruck = true;
      if (fault.kind === 'crashAtAccess') throw new ProcessDied('the process has died');
      throw new StorageError(`access ${nth + 1} to the state failed`);
    };
    return {
      get current() {
        count();
        return sound.current;
      },
      update(recipe) {
        count();
        sound.update(recipe);
      },
      replace(state) {
        count();
        sound.replace(state);
      },
    };
  }

  #update(recipe: (draft: State) => void): void {
    if (this.#isUpdating) {
      throw new Error('state.update was called inside another one: write to the draft of that one');
    }
    this.#isUpdating = true;
    const update = openUpdate(this.#pending);
    try {
      // The value that an arrow function happens to return is not the new state.
      const answer: unknown = recipe(update.draft);
      if (isPromise(answer)) throw new Error('the recipe of state.update must not be async');
      this.#pending = update.finish();
    } finally {
      update.close();
      this.#isUpdating = false;
    }
  }
}
