import type {
  Completion,
  DeepReadonly,
  Executed,
  ExternalFaults,
  ExternalSystems,
  SettledVerdict,
} from 'phasmoscope';
import { INITIAL_POINTS, type CoffeeShop } from './machine.ts';

type Result = CoffeeShop['Result'];
type State = DeepReadonly<CoffeeShop['State']>;

/** A redemption at the service. */
interface Redemption {
  readonly points: number;
  /** `undefined` until it is decided. */
  result: Exclude<Result, { kind: 'Pending' }> | undefined;
}

function failed(reason: string) {
  return { kind: 'Failed', reason } as const satisfies Result;
}

/**
 * The loyalty service: keeps the customer's points, takes them when it is asked to redeem some, and
 * reports the state of a redemption. It decides later, in any order, and each redemption once.
 */
export class LoyaltyService implements ExternalSystems<CoffeeShop> {
  readonly #faults: ExternalFaults;
  #points = INITIAL_POINTS;
  readonly #redemptions = new Map<number, Redemption>();
  /** Redemptions that are not decided, in the order of their arrival. */
  readonly #undecided: number[] = [];
  /** Redemptions whose order was cancelled while the shop waited for them. */
  readonly #cancelled = new Set<number>();
  /**
   * The shop was given a result that this service never sends. This happens in runs whose parts do not
   * belong together, and then the shop is not to blame.
   */
  #isMisquoted = false;

  constructor(faults: ExternalFaults) {
    this.#faults = faults;
  }

  /** How many redemptions wait to be decided. */
  get undecided(): number {
    return this.#undecided.length;
  }

  receive(id: number, action: DeepReadonly<CoffeeShop['Tracked']>): Result | undefined {
    switch (action.kind) {
      case 'Redeem':
        this.#redemptions.set(id, { points: action.points, result: undefined });
        this.#undecided.push(id);
        return undefined;
      case 'CheckStatus': {
        const redemption = this.#redemptions.get(action.redemptionId);
        if (!redemption) return failed('Unknown redemption');
        return redemption.result ?? { kind: 'Pending' };
      }
    }
  }

  /** Decides the redemption at a place in the queue, and returns the messages about it. */
  decide(index: number, accepts: boolean): Completion<CoffeeShop> {
    const id = this.#undecided[index] as number;
    const { points } = this.#redemptions.get(id) as Redemption;
    const result = this.#judge(points, accepts);
    this.#end(id, result);
    return { kind: 'trackedActionCompleted', id, result };
  }

  #judge(points: number, accepts: boolean): Exclude<Result, { kind: 'Pending' }> {
    // Now and then its storage is down: it takes nothing then, and says so.
    if (this.#faults.strikes()) return failed('Service unavailable');
    if (points > this.#points) return failed('Not enough points');
    return accepts ? { kind: 'Success', pointsDeducted: points } : failed('Offer has ended');
  }

  #end(id: number, result: Result): void {
    if (result.kind === 'Pending') return;
    const redemption = this.#redemptions.get(id);
    // It takes all the points that it was asked for, or none.
    if (result.kind === 'Success' && result.pointsDeducted !== redemption?.points) {
      this.#isMisquoted = true;
      return;
    }
    if (!redemption || redemption.result) return;
    redemption.result = result;
    if (result.kind === 'Success') this.#points -= redemption.points;
    const waiting = this.#undecided.indexOf(id);
    if (waiting !== -1) this.#undecided.splice(waiting, 1);
  }

  settle(): Completion<CoffeeShop> | undefined {
    return this.#undecided.length > 0 ? this.decide(0, true) : undefined;
  }

  /** Follows which orders are cancelled and what the messages say, so that a run can be judged again. */
  observe({ operation, outcome, before }: Executed<CoffeeShop>): void {
    switch (operation.kind) {
      case 'normal':
        if (operation.input.kind !== 'CancelOrder' || outcome.kind !== 'ok') return;
        if (before.pendingRedemption !== null) this.#cancelled.add(before.pendingRedemption.id);
        break;
      case 'trackedActionCompleted':
      case 'loss':
        this.#end(operation.id, operation.result);
        break;
      case 'crash':
      case 'restore':
      case 'settled':
        break;
    }
  }

  readonly settled = {
    'points that the service took are taken off in the shop': ({ points }: State): SettledVerdict =>
      this.#isMisquoted ||
      points === this.#points ||
      `the shop shows ${points} points, but the service has left ${this.#points}`,

    'nothing is taken for a cancelled order': (): SettledVerdict => {
      for (const id of this.#cancelled) {
        const result = this.#redemptions.get(id)?.result;
        if (result?.kind !== 'Success') continue;
        const message = `${result.pointsDeducted} points were taken for redemption ${id}, whose order was cancelled`;
        return { id, message };
      }
      return true;
    },

    'no redemption is left waiting': ({ pendingRedemption }: State): SettledVerdict => {
      if (pendingRedemption === null) return true;
      const { id } = pendingRedemption;
      return { id, message: `redemption ${id} is pending, but nothing more will come for it` };
    },
  };
}
