import { ActionRefusedError } from '../machine/errors.ts';
import type { EmittedAction } from '../machine/executed.ts';
import { ok, type ActionId, type Actions, type MachineTypes, type Ok } from '../machine/machine.ts';
import { isDraft } from '../value/draft.ts';
import { freeze } from '../value/value.ts';

const NONE: readonly never[] = [];

/**
 * The actions container that a machine fills, one step at a time, in order.
 *
 * `tracked` and `untracked` return `ok()` although their declared type is void: machines that were
 * written when a refusal was returned look at the `kind` of the result.
 */
export class ActionCollector implements Actions<MachineTypes> {
  #collected: EmittedAction[] | undefined;
  #refused: readonly EmittedAction[] = NONE;
  #refusal: ActionRefusedError | undefined;
  #isOpen = false;
  /** Counted down with each action; the action that finds 0 is refused. */
  #untilRefusal = Number.POSITIVE_INFINITY;

  /**
   * Begins a step.
   *
   * @param refusing the index of the action to refuse, counted from 0; none by default.
   */
  open(refusing = Number.POSITIVE_INFINITY): void {
    this.#isOpen = true;
    this.#collected = undefined;
    this.#refused = NONE;
    this.#refusal = undefined;
    this.#untilRefusal = refusing;
  }

  /** The actions of the last step that were refused. */
  get refused(): readonly EmittedAction[] {
    return this.#refused;
  }

  /** What was thrown at the refused action of the last step. */
  get refusal(): ActionRefusedError | undefined {
    return this.#refusal;
  }

  /** Ends the step and returns what it emitted. */
  close(): readonly EmittedAction[] {
    this.#isOpen = false;
    return this.#collected ?? NONE;
  }

  tracked(id: ActionId, action: unknown): Ok {
    if (typeof id !== 'number' && typeof id !== 'string' && typeof id !== 'bigint') {
      throw new TypeError(
        `The id of a tracked action must be a number, a string or a bigint, not ${String(id)}`,
      );
    }
    return this.#add({ kind: 'tracked', id, action });
  }

  untracked(action: unknown): Ok {
    return this.#add({ kind: 'untracked', action });
  }

  #add(action: EmittedAction): Ok {
    if (!this.#isOpen) {
      throw new Error('actions was used outside stf and restore: its step is over');
    }
    if (isDraft(action.action)) {
      throw new TypeError(
        'An action holds a draft, which is revoked after the update: copy what the action needs',
      );
    }
    freeze(action.action, 'The action');
    if (this.#untilRefusal === 0) {
      this.#untilRefusal = Number.POSITIVE_INFINITY;
      this.#refused = [action];
      this.#refusal = new ActionRefusedError('the container takes no action now');
      throw this.#refusal;
    }
    this.#untilRefusal -= 1;
    this.#collected ??= [];
    this.#collected.push(action);
    return ok();
  }
}
