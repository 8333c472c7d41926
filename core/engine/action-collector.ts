import { isDraft } from 'mutative';
import type { EmittedAction } from '../machine/executed.ts';
import type {
  ActionId,
  ActionRefused,
  Actions,
  Err,
  MachineTypes,
  Ok,
} from '../machine/machine.ts';
import { err, ok } from '../machine/machine.ts';
import { freeze } from '../value/value.ts';

const NONE: readonly never[] = [];

/** The actions container that a machine fills: one step at a time, in order. */
export class ActionCollector implements Actions<MachineTypes> {
  #collected: EmittedAction[] | undefined;
  #refused: readonly EmittedAction[] = NONE;
  #isOpen = false;
  /** Counted down with each action; the one that finds it at 0 is refused. */
  #untilRefusal = Number.POSITIVE_INFINITY;

  /**
   * Begins a step.
   *
   * @param refusing which action is refused, counted from 0; none by default.
   */
  open(refusing = Number.POSITIVE_INFINITY): void {
    this.#isOpen = true;
    this.#collected = undefined;
    this.#refused = NONE;
    this.#untilRefusal = refusing;
  }

  /** What the last step was refused. */
  get refused(): readonly EmittedAction[] {
    return this.#refused;
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

  #add(action: EmittedAction): Ok | Err<ActionRefused> {
    if (!this.#isOpen) {
      throw new Error('actions was used outside stf and restore: its step is over');
    }
    if (isDraft(action.action)) {
      throw new TypeError(
        'An action holds a draft, which ends with the update: copy what it needs',
      );
    }
    freeze(action.action, 'The action');
    if (this.#untilRefusal === 0) {
      this.#untilRefusal = Number.POSITIVE_INFINITY;
      this.#refused = [action];
      return err({ kind: 'ActionRefused', reason: 'the container takes no action now' });
    }
    this.#untilRefusal -= 1;
    this.#collected ??= [];
    this.#collected.push(action);
    return ok();
  }
}
