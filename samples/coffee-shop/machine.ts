import {
  ActionRefusedError,
  assertNever,
  defineMachine,
  err,
  ok,
  type Actions,
  type MachineTypes,
  type StateAccess,
  type StfOutcome,
} from 'phasmoscope';

/** Points that the service was asked to take; whether it did is not known yet. */
export interface Redemption {
  readonly id: number;
  readonly points: number;
}

/**
 * The types of a coffee shop's loyalty app. A customer redeems points for money off the order. A
 * loyalty service keeps the points, and is asked with a tracked action; messages to the customer are
 * untracked actions.
 */
export interface CoffeeShop extends MachineTypes {
  State: {
    userId: number;
    /** As the app shows them. */
    points: number;
    pendingRedemption: Redemption | null;
    /**
     * In whole cents. The original counts in dollars, as 32-bit floats, and truncates when it shows
     * cents: after a redemption of 11 points it shows 4.94 for 4.95, and the same happens with 32 of the
     * 150 amounts that can be redeemed at the beginning. That defect is left out here.
     */
    orderTotalCents: number;
    nextRedemptionId: number;
  };
  Input:
    | { readonly kind: 'RedeemPoints'; readonly points: number }
    | { readonly kind: 'CancelOrder' };
  Id: number;
  Tracked:
    | { readonly kind: 'Redeem'; readonly userId: number; readonly points: number }
    | { readonly kind: 'CheckStatus'; readonly redemptionId: number };
  Untracked:
    | { readonly kind: 'ShowStampAnimation' }
    | { readonly kind: 'LogAnalytics'; readonly event: string }
    | { readonly kind: 'UpdatePointsDisplay'; readonly newBalance: number }
    | { readonly kind: 'UpdateOrderTotal'; readonly newTotalCents: number }
    | { readonly kind: 'ShowSuccessMessage'; readonly message: string }
    | { readonly kind: 'ShowErrorMessage'; readonly message: string }
    | { readonly kind: 'PlaySuccessSound' }
    | { readonly kind: 'SendPushNotification'; readonly message: string };
  Result:
    | { readonly kind: 'Success'; readonly pointsDeducted: number }
    | { readonly kind: 'Failed'; readonly reason: string }
    | { readonly kind: 'Pending' };
  Rejection: {
    readonly kind: 'RedemptionAlreadyPending' | 'InsufficientPoints' | 'InvalidRedemptionId';
  };
}

type State = CoffeeShop['State'];
type Outcome = StfOutcome<CoffeeShop['Rejection']>;

/** What the customer has at the beginning, in the app and at the loyalty service. */
export const INITIAL_POINTS = 150;
/** A hundred points are worth five dollars. */
const CENTS_PER_POINT = 5;

/**
 * The original's loyalty app, with its defects. Comments mark them, and the test has the shortest run
 * of each.
 */
export const machine = defineMachine<CoffeeShop>({
  name: 'coffee-shop',
  description: 'Loyalty points for money off; a cancelled order loses its redemption.',

  initialState: () => ({
    userId: 12_345,
    points: INITIAL_POINTS,
    pendingRedemption: null,
    orderTotalCents: 550,
    nextRedemptionId: 1,
  }),

  records: {
    redemption: { at: ['pendingRedemption'], id: 'id', references: ['redemptionId'] },
  },

  stf(state, input, actions) {
    switch (input.kind) {
      case 'normal':
        return handle(state, input.input, actions);
      case 'trackedActionCompleted':
        return complete(state, input.id, input.result, actions);
      default:
        return assertNever(input, 'input');
    }
  },

  restore({ pendingRedemption }, actions) {
    if (pendingRedemption !== null) {
      const { id } = pendingRedemption;
      try {
        actions.tracked(id, { kind: 'CheckStatus', redemptionId: id });
      } catch (error) {
        // The original ignores a refusal as well. The service is not asked then, and the redemption
        // may stay pending for ever.
        if (!(error instanceof ActionRefusedError)) throw error;
      }
    }
    return ok();
  },

  invariants: {
    'neither points nor order total are negative': ({ points, orderTotalCents }) => {
      if (points < 0) return `there are ${points} points`;
      return orderTotalCents >= 0 || `the order total is ${orderTotalCents} cents`;
    },

    'the points cover the pending redemption': ({ points, pendingRedemption }) => {
      if (pendingRedemption === null || pendingRedemption.points <= points) return true;
      return `redemption ${pendingRedemption.id} asks for ${pendingRedemption.points} of ${points}`;
    },

    'the pending redemption is the latest': ({ pendingRedemption, nextRedemptionId }) => {
      if (pendingRedemption === null || pendingRedemption.id === nextRedemptionId - 1) return true;
      return `redemption ${pendingRedemption.id} is pending, but the next one is ${nextRedemptionId}`;
    },
  },
});

function handle(
  state: StateAccess<State>,
  input: CoffeeShop['Input'],
  actions: Actions<CoffeeShop>,
): Outcome {
  switch (input.kind) {
    case 'RedeemPoints':
      return redeem(state, input.points, actions);
    case 'CancelOrder':
      // The service is not informed, and may still take the points. The state has forgotten the
      // redemption: a crash loses it, and its result is rejected when it comes.
      state.update((draft) => {
        draft.pendingRedemption = null;
      });
      return ok();
    default:
      return assertNever(input, 'input');
  }
}

/** Asks the loyalty service to take points; they are subtracted here when it confirms. */
function redeem(state: StateAccess<State>, points: number, actions: Actions<CoffeeShop>): Outcome {
  const { current } = state;
  if (current.pendingRedemption !== null) return err({ kind: 'RedemptionAlreadyPending' });
  if (current.points < points) return err({ kind: 'InsufficientPoints' });
  const { nextRedemptionId: id, userId } = current;
  // Here, and wherever a result is handled, the state changes before the actions are added: if the
  // container refuses one of them, the step ends as an error after a change.
  state.update((draft) => {
    draft.nextRedemptionId += 1;
    draft.pendingRedemption = { id, points };
  });
  actions.tracked(id, { kind: 'Redeem', userId, points });
  return emit(actions, [
    { kind: 'ShowStampAnimation' },
    { kind: 'LogAnalytics', event: `redemption of ${points} points requested` },
  ]);
}

/** Handles what the loyalty service says about a redemption. */
function complete(
  state: StateAccess<State>,
  id: number,
  result: CoffeeShop['Result'],
  actions: Actions<CoffeeShop>,
): Outcome {
  // This makes a result that comes twice harmless, and drops that of a cancelled order.
  if (state.current.pendingRedemption?.id !== id) return err({ kind: 'InvalidRedemptionId' });
  switch (result.kind) {
    case 'Success':
      return applyDiscount(state, result.pointsDeducted, actions);
    case 'Failed':
      state.update((draft) => {
        draft.pendingRedemption = null;
      });
      return emit(actions, [
        { kind: 'ShowErrorMessage', message: `The points were not redeemed: ${result.reason}` },
      ]);
    case 'Pending':
      // The question is not asked again: the state keeps waiting for a result that has come.
      return ok();
    default:
      return assertNever(result, 'result');
  }
}

function applyDiscount(
  state: StateAccess<State>,
  points: number,
  actions: Actions<CoffeeShop>,
): Outcome {
  const discountCents = points * CENTS_PER_POINT;
  state.update((draft) => {
    draft.points -= points;
    draft.orderTotalCents = Math.max(0, draft.orderTotalCents - discountCents);
    draft.pendingRedemption = null;
  });
  const { points: newBalance, orderTotalCents: newTotalCents } = state.current;
  const saved = (discountCents / 100).toFixed(2);
  return emit(actions, [
    { kind: 'UpdatePointsDisplay', newBalance },
    { kind: 'UpdateOrderTotal', newTotalCents },
    { kind: 'ShowSuccessMessage', message: `${points} points redeemed: $${saved} off` },
    { kind: 'PlaySuccessSound' },
    { kind: 'SendPushNotification', message: 'Your reward is on your order.' },
  ]);
}

function emit(actions: Actions<CoffeeShop>, emitted: readonly CoffeeShop['Untracked'][]): Outcome {
  for (const action of emitted) actions.untracked(action);
  return ok();
}
