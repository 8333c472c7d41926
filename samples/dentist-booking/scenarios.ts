import {
  defineScenario,
  type ChaCha8Rng,
  type Driver,
  type StfInput,
  type Executed,
  type ExternalFaults,
  type Scenario,
} from 'phasmoscope';
import type { Dentist } from './machine.ts';
import { PaymentProcessor } from './payments.ts';
import {
  APPOINTMENT_TYPES,
  DAYS,
  toTime,
  type AppointmentType,
  type Day,
  type Time,
  type TimeRange,
} from './schedule.ts';

/** Percentage of operations that complete a payment, if one is waiting. */
const COMPLETE_BELOW = 40;
/** Percentage that ask for a given slot; the rest ask for any slot that suits. */
const REQUEST_SLOT_BELOW = 75;
/** How often the payment service accepts a payment. */
const PAYMENT_SUCCEEDS = 0.85;
/** Preferred ranges end before this hour. */
const LATEST_HOUR = 18;

/**
 * Patients as the original simulates them, and a payment processor. The order of the draws is the
 * original's, so without faults the same seed gives the same operations as there.
 */
class DentistDriver implements Driver<Dentist> {
  readonly external: PaymentProcessor;
  readonly #random: ChaCha8Rng;
  #userId = 0;
  #bookings = 0;
  #conflicts = 0;
  #paymentFailures = 0;
  readonly #reached = {
    'a crash with a payment under way': false,
    'a slot lost to a race': false,
    'a payment that fails': false,
  };
  #isPaymentUnderWay = false;

  /** @param from the driver that this one is a copy of. */
  constructor(random: ChaCha8Rng, faults: ExternalFaults, from?: DentistDriver) {
    this.#random = random;
    this.external = new PaymentProcessor(faults, from?.external);
    if (!from) return;
    this.#userId = from.#userId;
    this.#bookings = from.#bookings;
    this.#conflicts = from.#conflicts;
    this.#paymentFailures = from.#paymentFailures;
    Object.assign(this.#reached, from.#reached);
    this.#isPaymentUnderWay = from.#isPaymentUnderWay;
  }

  copy(random: ChaCha8Rng, faults: ExternalFaults): DentistDriver {
    return new DentistDriver(random, faults, this);
  }

  next(): StfInput<Dentist> {
    const drawn = this.#random.genRange('i32', 0, 100);
    if (drawn < COMPLETE_BELOW && this.external.undecided > 0) return this.#completePayment();
    this.#userId += 1;
    const userId = this.#userId;
    const name = `User${userId}`;
    const email = `user${userId}@example.com`;
    if (drawn < REQUEST_SLOT_BELOW) {
      const { day, time, aptType } = drawSlot(this.#random);
      return {
        kind: 'normal',
        input: { kind: 'RequestSlot', userId, name, email, day, time, aptType },
      };
    }
    const { days, times, aptType } = drawPreferences(this.#random);
    return {
      kind: 'normal',
      input: { kind: 'RequestAuto', userId, name, email, days, times, aptType },
    };
  }

  #completePayment(): StfInput<Dentist> {
    const index = this.#random.genRange('usize', 0, this.external.undecided);
    return this.external.decide(index, this.#random.genBool(PAYMENT_SUCCEEDS));
  }

  observe(step: Executed<Dentist>): void {
    const { operation, outcome, actions, before, after } = step;
    this.external.observe(step);
    switch (operation.kind) {
      case 'normal':
        if (outcome.kind === 'err') this.#conflicts += 1;
        if (actions.length > 0) this.#isPaymentUnderWay = true;
        break;
      case 'trackedActionCompleted': {
        const reqId = this.external.requestOf(operation.id);
        const status = after.pending.get(reqId)?.status;
        const isNew = status !== before.pending.get(reqId)?.status;
        if (operation.result.kind === 'Failed') {
          this.#paymentFailures += 1;
          this.#reached['a payment that fails'] = true;
        } else if (status === 'SlotConfirmed' && isNew) this.#bookings += 1;
        if (status === 'SlotTaken') this.#reached['a slot lost to a race'] = true;
        break;
      }
      case 'crash':
        if (this.#isPaymentUnderWay) this.#reached['a crash with a payment under way'] = true;
        break;
      case 'restore':
      case 'loss':
      case 'settled':
        break;
    }
  }

  sometimes() {
    return this.#reached;
  }

  tallies() {
    return {
      bookings: this.#bookings,
      conflicts: this.#conflicts,
      paymentFailures: this.#paymentFailures,
    };
  }
}

/** A slot to ask for. */
export function drawSlot(random: ChaCha8Rng): { day: Day; time: Time; aptType: AppointmentType } {
  const day = drawFrom(random, DAYS);
  const time = toTime(drawTimeMinutes(random));
  return { day, time, aptType: drawFrom(random, APPOINTMENT_TYPES) };
}

function drawPreferences(random: ChaCha8Rng): {
  days: readonly Day[];
  times: readonly TimeRange[];
  aptType: AppointmentType;
} {
  const dayCount = random.genRangeInclusive('usize', 1, 3);
  const rangeCount = random.genRangeInclusive('usize', 1, 2);
  const days: Day[] = [];
  while (days.length < dayCount) days.push(drawFrom(random, DAYS));
  const times = drawTimes(random, rangeCount);
  return { days, times, aptType: drawFrom(random, APPOINTMENT_TYPES) };
}

/** Ranges of preferred times, without those that end too late; the whole day if none is left. */
export function drawTimes(random: ChaCha8Rng, count: number): readonly TimeRange[] {
  const times: TimeRange[] = [];
  for (let drawn = 0; drawn < count; drawn += 1) {
    const start = drawTimeMinutes(random);
    const end = start + random.genRange('u16', 60, 240);
    if (Math.floor(end / 60) < LATEST_HOUR) times.push([toTime(start), toTime(end)]);
  }
  return times.length === 0 ? [['09:00', '17:00']] : times;
}

function drawTimeMinutes(random: ChaCha8Rng): number {
  const hour = random.genRange('u8', 9, 17);
  return hour * 60 + random.genRange('u8', 0, 4) * 15;
}

/** One of several, each as likely. */
export function drawFrom<Item>(random: ChaCha8Rng, items: readonly Item[]): Item {
  return items[random.genRange('usize', 0, items.length)] as Item;
}

function dentistScenario(
  name: string,
  description: string,
  seed: string,
  operations: number,
): Scenario<Dentist> {
  return defineScenario<Dentist>({
    name,
    description,
    defaults: { seed, operations },
    start: (random, faults) => new DentistDriver(random, faults),
  });
}

/** The rows of the original's published table: one generator, its seeds and lengths. */
export const scenarios = [
  dentistScenario(
    'mixed-operations',
    'Slots on request, automatic slots, payments.',
    '12345',
    10_000,
  ),
  dentistScenario('high-contention', 'Many patients after the same slots.', '67890', 10_000),
  dentistScenario('payment-failures', 'Payments that fail among bookings.', '11111', 10_000),
  dentistScenario('auto-selection', 'Slots found by preference.', '22222', 10_000),
  dentistScenario('sparse-schedule', 'A calendar that fills from empty.', '33333', 10_000),
  dentistScenario('long', 'A long run.', '44444', 20_000),
  dentistScenario('stress', 'A run of 50 000 operations.', '55555', 50_000),
];
