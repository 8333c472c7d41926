import {
  assertNever,
  defineMachine,
  err,
  ok,
  type Actions,
  type DeepReadonly,
  type StateAccess,
  type StfOutcome,
} from 'phasmoscope';
import type { Dentist, PendingRequest, RequestStatus } from '../dentist-booking/machine.ts';
import {
  APPOINTMENTS,
  findFirstSlot,
  findOverlap,
  isSlotAvailable,
  isWithinHours,
  slotKey,
} from '../dentist-booking/schedule.ts';
import { week } from '../dentist-booking/week.ts';

type FaithfulState = Dentist['State'];

interface State extends FaithfulState {
  /** Tracked actions whose result is awaited, by id. A crash must not lose them. */
  awaited: Map<number, AwaitedAction>;
}

interface AwaitedAction {
  readonly kind: Dentist['Tracked']['kind'];
  /** The request that it is about. */
  readonly reqId: number;
}

/** The same inputs, actions and results: the dentist's scenarios run on this machine, too. */
export interface HardenedDentist extends Dentist {
  State: State;
}

type Result = Dentist['Result'];
type Outcome = StfOutcome<Dentist['Rejection']>;

/**
 * The dentist's booking system without the defects of the faithful one. A comment beside each fix names
 * the rule or property, and the kind of step at which the faithful machine broke it.
 *
 * Three habits make it sound. Actions are added before the state is updated, and nothing can fail after
 * that. The state lists the tracked actions that are awaited, each under a separate id, and restore
 * reads the list. The effect of a result depends on how far its request has come, never on which message
 * was expected next: messages come late, twice and in any order.
 */
export const machine = defineMachine<HardenedDentist>({
  name: 'dentist-booking-hardened',
  description: 'The dentist without its defects: sound under crashes, lost and repeated messages.',

  records: {
    request: {
      at: ['pending', '*'],
      phase: 'status',
      initial: ['AwaitingPreauth'],
      transitions: {
        AwaitingPreauth: ['SlotConfirmed', 'SlotTaken', 'NoSlot'],
        // The bank may take a hold back.
        SlotConfirmed: ['NoSlot'],
        SlotTaken: [],
        NoSlot: [],
      },
      references: ['reqId'],
    },
    booking: { at: ['bookings', '*'] },
  },

  views: { week },

  initialState: () => ({
    nextId: 1,
    bookings: new Map(),
    pending: new Map(),
    awaited: new Map(),
  }),

  stf(state, input, actions) {
    switch (input.kind) {
      case 'normal':
        return request(state, input.input, actions);
      case 'trackedActionCompleted':
        return complete(state, input.id, input.result, actions);
      default:
        return assertNever(input, 'input');
    }
  },

  // Found by "tracked actions are restorable" on a Success for a slot meanwhile taken: restore looked
  // only at the status AwaitingPreauth, so that a crash lost the Release, and the hold stayed for ever
  // ("every hold is charged for a booking or released").
  restore(state, actions) {
    for (const [id, { kind, reqId }] of state.awaited) {
      actions.tracked(id, restored(kind, reqId));
    }
    return ok();
  },

  invariants: {
    'no two bookings overlap': (state) => {
      const overlap = findOverlap(state.bookings);
      return overlap === undefined || `${overlap[0]} overlaps ${overlap[1]}`;
    },

    'every booking fits the hours': (state) => {
      for (const [key, { day, time, aptType }] of state.bookings) {
        if (!isWithinHours(day, time, aptType)) return `${key} (${aptType}) is outside the hours`;
      }
      return true;
    },

    'a confirmed request has its booking': (state) => {
      for (const { id, userId, status, slot } of state.pending.values()) {
        if (status !== 'SlotConfirmed') continue;
        const key = slotKey(slot.day, slot.time);
        if (state.bookings.get(key)?.userId !== userId) {
          return `request ${id} is confirmed, but ${key} is not booked for patient ${userId}`;
        }
      }
      return true;
    },

    'every booking belongs to a confirmed request': (state) => {
      const confirmed = new Set<string>();
      for (const { status, slot } of state.pending.values()) {
        if (status === 'SlotConfirmed') confirmed.add(slotKey(slot.day, slot.time));
      }
      for (const key of state.bookings.keys()) {
        if (!confirmed.has(key)) return `${key} is booked, but no request for it is confirmed`;
      }
      return true;
    },

    'no request waits for nothing': (state) => {
      const askedAbout = new Set<number>();
      for (const { kind, reqId } of state.awaited.values()) {
        if (kind !== 'Release') askedAbout.add(reqId);
      }
      for (const { id, status } of state.pending.values()) {
        if (status === 'AwaitingPreauth' && !askedAbout.has(id)) {
          return `request ${id} awaits its payment, but no result about it is awaited`;
        }
      }
      return true;
    },

    'only a request that lost its slot is released': (state) => {
      for (const [id, { kind, reqId }] of state.awaited) {
        const status = state.pending.get(reqId)?.status;
        if (kind === 'Release' && status !== 'SlotTaken') {
          return `action ${id} releases the hold of request ${reqId}, which is ${status}`;
        }
      }
      return true;
    },
  },
});

/**
 * Returns the action that restore emits for an awaited one. A payment may have been made before the
 * crash, so it is asked about, not made again; releasing a hold twice does no harm.
 */
function restored(kind: AwaitedAction['kind'], reqId: number): Dentist['Tracked'] {
  switch (kind) {
    case 'Preauth':
    case 'CheckStatus':
      return { kind: 'CheckStatus', reqId };
    case 'Release':
      return { kind: 'Release', reqId };
    default:
      return assertNever(kind, 'action');
  }
}

/** Finds a slot for a request and holds the price on the patient's card. */
function request(
  state: StateAccess<State>,
  input: Dentist['Input'],
  actions: Actions<HardenedDentist>,
): Outcome {
  const { bookings } = state.current;
  switch (input.kind) {
    case 'RequestSlot': {
      const { day, time, aptType } = input;
      if (!isSlotAvailable(bookings, day, time, aptType)) return err({ kind: 'SlotNotAvailable' });
      return hold(state, input, { day, time }, actions);
    }
    case 'RequestAuto': {
      const slot = findFirstSlot(bookings, input.days, input.times, input.aptType);
      if (!slot) return err({ kind: 'NoSlotFound' });
      return hold(state, input, slot, actions);
    }
    default:
      return assertNever(input, 'request');
  }
}

function hold(
  state: StateAccess<State>,
  { userId, aptType }: Dentist['Input'],
  slot: PendingRequest['slot'],
  actions: Actions<HardenedDentist>,
): Outcome {
  const id = state.current.nextId;
  const amountCents = APPOINTMENTS[aptType].dollars * 100;
  // Found by "atomicity" on a request whose action was refused: the request was stored and the id
  // used up before the action was added. The action, which can fail, comes first now.
  actions.tracked(id, { kind: 'Preauth', userId, amountCents, reqId: id });
  state.update((draft) => {
    draft.nextId += 1;
    draft.pending.set(id, { id, userId, slot, aptType, status: 'AwaitingPreauth' });
    draft.awaited.set(id, { kind: 'Preauth', reqId: id });
  });
  return ok();
}

/** A result that has come, and the request that it is about. */
interface Arrival {
  readonly state: StateAccess<State>;
  readonly actions: Actions<HardenedDentist>;
  /** The id of the action whose result it is. */
  readonly id: number;
  readonly about: DeepReadonly<PendingRequest>;
}

/** Handles the result of a tracked action, by how far its request has come. */
function complete(
  state: StateAccess<State>,
  id: number,
  result: Result,
  actions: Actions<HardenedDentist>,
): Outcome {
  const { nextId, pending, awaited } = state.current;
  if (id < 1 || id >= nextId) return err({ kind: 'InvalidRequest' });
  // News that the processor sends unasked has the id of the request, awaited or not.
  const about = pending.get(awaited.get(id)?.reqId ?? id);
  // A second answer to the same question.
  if (!about) return ok();
  const arrival = { state, actions, id, about };
  switch (about.status) {
    case 'AwaitingPreauth':
      return completeAwaiting(arrival, result);
    case 'SlotConfirmed':
      return completeConfirmed(arrival, result);
    // Found by "idempotent completion" on Success: the second one for a slot that was taken released
    // the hold a second time.
    case 'SlotTaken':
    // Found by "every booking is paid for" on Success: the news that the bank took a hold back had
    // overtaken the news of the hold, which then booked the slot. A failed payment stays failed.
    case 'NoSlot':
      return keep(arrival);
    default:
      return assertNever(about.status, 'status');
  }
}

function completeAwaiting(arrival: Arrival, result: Result): Outcome {
  switch (result.kind) {
    case 'Success':
      return book(arrival, result.amount);
    case 'Failed':
    case 'Released':
      return giveUp(arrival);
    case 'Pending':
      return askAgain(arrival);
    default:
      return assertNever(result, 'result');
  }
}

function completeConfirmed(arrival: Arrival, result: Result): Outcome {
  switch (result.kind) {
    // Found by "idempotent completion" on Success: the second one found the slot taken, by this very
    // booking, and released the payment: a free appointment ("every booking is paid for").
    case 'Success':
      return keep(arrival);
    // Found by "every booking is paid for" on Failed: when the bank took a hold back after the
    // confirmation, the request became NoSlot and its booking stayed.
    case 'Failed':
    case 'Released':
      return giveUp(arrival);
    case 'Pending':
      return keep(arrival);
    default:
      return assertNever(result, 'result');
  }
}

/** The price is held: books the slot, if it is still free. */
function book(arrival: Arrival, dollars: number): Outcome {
  const { state, id, about } = arrival;
  const { userId, aptType, slot } = about;
  const { day, time } = slot;
  // Two requests may ask for the same slot; the first payment to arrive gets it.
  if (!isSlotAvailable(state.current.bookings, day, time, aptType)) {
    return goOn(arrival, 'Release', 'SlotTaken');
  }
  state.update((draft) => {
    draft.awaited.delete(id);
    draft.pending.set(about.id, { ...about, status: 'SlotConfirmed' });
    draft.bookings.set(slotKey(day, time), { userId, day, time, aptType, amountPaid: dollars });
  });
  return ok();
}

/** The payment is not decided yet: asks again, unless it already did. */
function askAgain(arrival: Arrival): Outcome {
  const { state, id } = arrival;
  // Found by "results update state" on Pending: it was ignored, so that the state kept waiting for a
  // result that had come.
  return state.current.awaited.has(id)
    ? goOn(arrival, 'CheckStatus', 'AwaitingPreauth')
    : keep(arrival);
}

/** Emits a further action, and awaits its result instead of the one that has come. */
function goOn(
  { state, actions, id, about }: Arrival,
  kind: 'Release' | 'CheckStatus',
  status: RequestStatus,
): Outcome {
  const reqId = about.id;
  // Found by "ids are deterministic and unique" on a repeated Success for a slot that was taken: the
  // Release took over the id of its request, under which other answers may still be on their way.
  const nextId = state.current.nextId;
  // Found by "every hold is charged for a booking or released" on a Success whose Release was refused:
  // the refusal was caught, and the request became SlotTaken all the same. Here it is let through, so
  // that the Success comes again.
  actions.tracked(nextId, { kind, reqId });
  state.update((draft) => {
    draft.nextId += 1;
    draft.awaited.delete(id);
    draft.awaited.set(nextId, { kind, reqId });
    draft.pending.set(reqId, { ...about, status });
  });
  return ok();
}

/** The payment failed: ends the request, and its booking with it. */
function giveUp({ state, id, about }: Arrival): Outcome {
  const { status, slot } = about;
  state.update((draft) => {
    draft.awaited.delete(id);
    draft.pending.set(about.id, { ...about, status: 'NoSlot' });
    if (status === 'SlotConfirmed') draft.bookings.delete(slotKey(slot.day, slot.time));
  });
  return ok();
}

/** Leaves the request unchanged. Its result is no longer awaited. */
function keep({ state, id }: Arrival): Outcome {
  if (!state.current.awaited.has(id)) return ok();
  state.update((draft) => {
    draft.awaited.delete(id);
  });
  return ok();
}
