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
import {
  APPOINTMENTS,
  findFirstSlot,
  findOverlap,
  isSlotAvailable,
  isWithinHours,
  slotKey,
  type AppointmentType,
  type Bookings,
  type Day,
  type Time,
  type TimeRange,
} from './schedule.ts';
import { week } from './week.ts';

/** How far a request has come. */
export type RequestStatus = 'AwaitingPreauth' | 'SlotConfirmed' | 'SlotTaken' | 'NoSlot';

/** A request for an appointment, from the moment a slot was found for it. */
export interface PendingRequest {
  id: number;
  userId: number;
  slot: { day: Day; time: Time };
  aptType: AppointmentType;
  status: RequestStatus;
}

/** The patient who asks. The machine passes it on and keeps only the user id. */
interface Patient {
  readonly userId: number;
  readonly name: string;
  readonly email: string;
}

/**
 * The types of the dentist's booking system. A patient asks for a slot; the machine emits a tracked
 * action that holds the price on the patient's card, and books the slot when the result of that action
 * comes back.
 */
export interface Dentist extends MachineTypes {
  State: {
    nextId: number;
    bookings: Bookings;
    pending: Map<number, PendingRequest>;
  };
  Input:
    | ({
        readonly kind: 'RequestSlot';
        readonly day: Day;
        readonly time: Time;
        readonly aptType: AppointmentType;
      } & Patient)
    | ({
        readonly kind: 'RequestAuto';
        readonly days: readonly Day[];
        readonly times: readonly TimeRange[];
        readonly aptType: AppointmentType;
      } & Patient);
  Id: number;
  Tracked:
    | {
        readonly kind: 'Preauth';
        readonly userId: number;
        readonly amountCents: number;
        readonly reqId: number;
      }
    | { readonly kind: 'Release'; readonly reqId: number }
    | { readonly kind: 'CheckStatus'; readonly reqId: number };
  Untracked: never;
  Result:
    | { readonly kind: 'Success'; readonly amount: number }
    | { readonly kind: 'Failed'; readonly reason: string }
    | { readonly kind: 'Released' }
    | { readonly kind: 'Pending' };
  Rejection: {
    readonly kind: 'SlotNotAvailable' | 'NoSlotFound' | 'InvalidRequest';
  };
}

type State = Dentist['State'];
type Outcome = StfOutcome<Dentist['Rejection']>;

/** The original's booking system, with the defects that the original's tests did not find. */
export const machine = defineMachine<Dentist>({
  name: 'dentist-booking',
  description: 'Appointments with a payment hold, after the flagship example of the Rust crate.',

  records: {
    request: {
      at: ['pending', '*'],
      phase: 'status',
      initial: ['AwaitingPreauth'],
      transitions: {
        AwaitingPreauth: ['SlotConfirmed', 'SlotTaken', 'NoSlot'],
        SlotConfirmed: [],
        SlotTaken: [],
        NoSlot: [],
      },
      references: ['reqId'],
    },
    booking: { at: ['bookings', '*'] },
  },

  views: { week },

  initialState: () => ({ nextId: 1, bookings: new Map(), pending: new Map() }),

  stf(state, input, actions) {
    switch (input.kind) {
      case 'normal':
        return request(state, input.input, actions);
      case 'trackedActionCompleted':
        return complete(state, input.id, input.result, actions, { checksSlotAgain: true });
      default:
        return assertNever(input, 'input');
    }
  },

  // After a crash only the state is left: the payment service is asked again for every request that
  // still waits for its payment hold.
  restore(state, actions) {
    for (const { id, status } of state.pending.values()) {
      if (status === 'AwaitingPreauth') {
        trackUnlessRefused(actions, id, { kind: 'CheckStatus', reqId: id });
      }
    }
    return ok();
  },

  invariants: {
    'no two bookings overlap': (state, before) => {
      if (state.bookings === before?.bookings) return true;
      const overlap = findOverlap(state.bookings);
      return overlap === undefined || `${overlap[0]} overlaps ${overlap[1]}`;
    },

    'every booking fits the hours': (state, before) => {
      if (state.bookings === before?.bookings) return true;
      for (const [key, { day, time, aptType }] of state.bookings) {
        if (!isWithinHours(day, time, aptType)) return `${key} (${aptType}) is outside the hours`;
      }
      return true;
    },

    'a confirmed request has its booking': (state) => {
      for (const { id, status, slot } of state.pending.values()) {
        if (status !== 'SlotConfirmed') continue;
        const key = slotKey(slot.day, slot.time);
        if (!state.bookings.has(key)) return `request ${id} is confirmed, but ${key} is not booked`;
      }
      return true;
    },
  },
});

/** Finds a slot for a request and holds the price on the patient's card. */
export function request(
  state: StateAccess<State>,
  input: Dentist['Input'],
  actions: Actions<Dentist>,
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
  actions: Actions<Dentist>,
): Outcome {
  const id = state.current.nextId;
  state.update((draft) => {
    draft.nextId += 1;
    draft.pending.set(id, { id, userId, slot, aptType, status: 'AwaitingPreauth' });
  });
  // If the container refuses the action, the request is already stored and the id used up. The
  // original does the same; the rule atomicity finds it.
  const amountCents = APPOINTMENTS[aptType].dollars * 100;
  actions.tracked(id, { kind: 'Preauth', userId, amountCents, reqId: id });
  return ok();
}

/** Handles the result of a tracked action: a payment held, refused, released or undecided. */
export function complete(
  state: StateAccess<State>,
  id: number,
  result: Dentist['Result'],
  actions: Actions<Dentist>,
  { checksSlotAgain }: { readonly checksSlotAgain: boolean },
): Outcome {
  const found = state.current.pending.get(id);
  switch (result.kind) {
    case 'Success': {
      if (!found) return err({ kind: 'InvalidRequest' });
      const { slot, aptType, userId } = found;
      // Two requests may hold the same slot; the first payment to arrive gets it.
      if (
        checksSlotAgain &&
        !isSlotAvailable(state.current.bookings, slot.day, slot.time, aptType)
      ) {
        setStatus(state, id, 'SlotTaken');
        trackUnlessRefused(actions, id, { kind: 'Release', reqId: id });
        return ok();
      }
      state.update((draft) => {
        draft.bookings.set(slotKey(slot.day, slot.time), {
          userId,
          day: slot.day,
          time: slot.time,
          aptType,
          amountPaid: result.amount,
        });
        (draft.pending.get(id) as PendingRequest).status = 'SlotConfirmed';
      });
      return ok();
    }
    case 'Failed':
      setStatus(state, id, 'NoSlot');
      return ok();
    case 'Released':
    case 'Pending':
      return ok();
    default:
      return assertNever(result, 'result');
  }
}

/**
 * Emits an action, or goes on without it when it is refused, as the original does here: a hold then
 * stays for ever, and after a crash a request may wait for ever.
 */
function trackUnlessRefused(
  actions: Actions<Dentist>,
  id: number,
  action: Dentist['Tracked'],
): void {
  try {
    actions.tracked(id, action);
  } catch (error) {
    if (!(error instanceof ActionRefusedError)) throw error;
  }
}

function setStatus(state: StateAccess<State>, id: number, status: RequestStatus): void {
  state.update((draft) => {
    const found = draft.pending.get(id);
    if (found) found.status = status;
  });
}
