import type { TrackedAction } from '../machine/executed.ts';
import type { ActionId } from '../machine/machine.ts';
import { sameValue } from '../value/value.ts';

/** A result of a fork, and the one of its parent in whose place it comes. */
export interface StandIn {
  readonly was: unknown;
  readonly result: unknown;
}

/**
 * The questions that a fork has lost in a crash and its parent has not, or the other way round. What the parent was
 * answered under their ids is not for the fork: its external systems have received other questions, if any.
 */
export class LostQuestions {
  /** By id, the actions that were lost and not sent again. */
  readonly #lost = new Map<ActionId, readonly unknown[]>();
  /** Ids under which the machine went on after an answer that its parent did not get. */
  readonly #followUps = new Set<ActionId>();
  /** Ids of questions that the external systems have received, although a crash of the parent had lost them. */
  readonly #kept = new Set<ActionId>();
  /** By id, what stands in the place of the results of the parent. */
  readonly #standIns = new Map<ActionId, readonly StandIn[]>();

  /** Whether the answers of the parent under an id are not for the fork. */
  has(id: ActionId): boolean {
    return this.#lost.has(id) || this.#followUps.has(id) || this.#kept.has(id);
  }

  /** A question is sent that a crash of the parent had lost. */
  keep(id: ActionId): void {
    this.#kept.add(id);
  }

  /** Notes which result comes in the place of one of the parent. */
  standIn(id: ActionId, standIn: StandIn): void {
    this.#standIns.set(id, [...(this.#standIns.get(id) ?? []), standIn]);
  }

  /** What has come in the place of a result of the parent. */
  standInFor(id: ActionId, was: unknown): StandIn | undefined {
    return this.#standIns.get(id)?.findLast((one) => sameValue(one.was, was));
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
