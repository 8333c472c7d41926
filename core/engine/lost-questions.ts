import type { TrackedAction } from '../machine/executed.ts';
import type { ActionId } from '../machine/machine.ts';
import { sameValue } from '../value/value.ts';

/**
 * The questions that a fork has lost in a crash, and its parent has not. What the parent was answered under their ids
 * is not for the fork: its external systems have received other questions, if any.
 */
export class LostQuestions {
  /** By id, the actions that were lost and not sent again. */
  readonly #lost = new Map<ActionId, readonly unknown[]>();
  /** Ids under which the machine went on after an answer that its parent did not get. */
  readonly #followUps = new Set<ActionId>();

  /** Whether the answers of the parent under an id are not for the fork. */
  has(id: ActionId): boolean {
    return this.#lost.has(id) || this.#followUps.has(id);
  }

  /** A crash has kept an action from being sent. */
  lose({ id, action }: TrackedAction): void {
    this.#lost.set(id, [...(this.#lost.get(id) ?? []), action]);
  }

  /**
   * The machine asks: the same question again makes up for the one that was lost.
   *
   * @param isFollowUp whether it asks because of an answer that its parent did not get.
   */
  ask({ id, action }: TrackedAction, isFollowUp: boolean): void {
    if (isFollowUp) this.#followUps.add(id);
    const lost = this.#lost.get(id)?.filter((one) => !sameValue(one, action));
    if (lost?.length === 0) this.#lost.delete(id);
    else if (lost) this.#lost.set(id, lost);
  }
}
