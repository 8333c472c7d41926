import { isTakenIn, type EmittedAction, type Executed } from '../machine/executed.ts';
import type { ActionId } from '../machine/machine.ts';

const NONE: readonly never[] = [];

/**
 * What becomes of the actions of accepted steps. They are held until the next operation begins, and dispatched
 * then; tracked ones are outstanding from there on until they complete. A crash loses what is held, or a part of
 * it, and everything that is outstanding.
 */
export class Dispatch {
  readonly #outstanding = new Map<ActionId, unknown>();
  #held: readonly EmittedAction[] = NONE;

  /** Tracked actions that were dispatched and have not completed, by id. */
  get outstanding(): ReadonlyMap<ActionId, unknown> {
    return this.#outstanding;
  }

  /** Tracked actions that will be outstanding when those that are held are dispatched, by id. */
  get outstandingNext(): ReadonlyMap<ActionId, unknown> {
    const next = new Map(this.#outstanding);
    addTracked(next, this.#held);
    return next;
  }

  /** Holds the actions of a step that was committed: a crash may still keep them from being dispatched. */
  hold(actions: readonly EmittedAction[]): void {
    this.#held = actions;
  }

  /** Dispatches the actions that are held: the process has lived until the next operation. */
  dispatchHeld(): void {
    // Most steps emit nothing.
    if (this.#held.length === 0) return;
    addTracked(this.#outstanding, this.#held);
    this.#held = NONE;
  }

  /**
   * Ends the outstanding tracked action that a step completes.
   *
   * @returns whether there is one. A duplicate ends none, and neither does a result that was not taken in.
   */
  complete(step: Executed): boolean {
    const { operation } = step;
    if (operation.kind !== 'trackedActionCompleted' || operation.isDuplicate === true) return false;
    return isTakenIn(step) && this.#outstanding.delete(operation.id);
  }

  /**
   * The process dies, and forgets all actions that it dispatched or was about to dispatch.
   *
   * @param dispatched how many of those that are held were out by then.
   * @returns the others, which are lost.
   */
  crash(dispatched: number): readonly EmittedAction[] {
    const lost = this.#held.slice(dispatched);
    this.#held = NONE;
    this.#outstanding.clear();
    return lost;
  }

  /** Goes on as another one does; this one must be new. */
  becomeLike(other: Dispatch): void {
    for (const [id, action] of other.#outstanding) this.#outstanding.set(id, action);
    this.#held = other.#held;
  }
}

function addTracked(to: Map<ActionId, unknown>, actions: readonly EmittedAction[]): void {
  for (const action of actions) {
    if (action.kind === 'tracked') to.set(action.id, action.action);
  }
}
