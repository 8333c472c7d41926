import { isDraft } from 'mutative';
import type {
  ActionId,
  ActionRefused,
  Actions,
  Err,
  MachineTypes,
  Ok,
} from '../machine/machine.ts';
import { ok } from '../machine/machine.ts';
import { freeze } from '../value/value.ts';

/** An action that a step emitted. */
export type EmittedAction<T extends MachineTypes = MachineTypes> =
  | { readonly kind: 'tracked'; readonly id: T['Id']; readonly action: T['Tracked'] }
  | { readonly kind: 'untracked'; readonly action: T['Untracked'] };

const NONE: readonly never[] = [];

/** The actions container that a machine fills: one step at a time, in order. */
export class ActionCollector implements Actions<MachineTypes> {
  #collected: EmittedAction[] | undefined;
  #isOpen = false;

  open(): void {
    this.#isOpen = true;
    this.#collected = undefined;
  }

  /** Ends the step and answers what it emitted. */
  close(): readonly EmittedAction[] {
    this.#isOpen = false;
    return this.#collected ?? NONE;
  }

  tracked(id: ActionId, action: unknown): Ok | Err<ActionRefused> {
    if (typeof id !== 'number' && typeof id !== 'string' && typeof id !== 'bigint') {
      throw new TypeError(
        `The id of a tracked action is a number, a text or a bigint, not ${String(id)}`,
      );
    }
    return this.#add({ kind: 'tracked', id, action });
  }

  untracked(action: unknown): Ok | Err<ActionRefused> {
    return this.#add({ kind: 'untracked', action });
  }

  #add(action: EmittedAction): Ok {
    if (!this.#isOpen) {
      throw new Error('actions was used outside stf and restore: its step is over');
    }
    if (isDraft(action.action)) {
      throw new TypeError(
        'An action holds a draft, which ends with the update: copy what it needs',
      );
    }
    freeze(action.action, 'The action');
    this.#collected ??= [];
    this.#collected.push(action);
    return ok();
  }
}
