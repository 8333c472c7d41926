import { ChaCha8Rng } from '../random/chacha8-rng.ts';

/**
 * @file The dentist's mixed operations as a plain loop, without an engine: the state is changed in place,
 * nothing is kept, drawn ahead or skipped, and every invariant is checked after every operation. What
 * the engine does is measured in multiples of this, which travel from machine to machine.
 */

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'] as const;
type Day = (typeof DAYS)[number];

const MINUTES = { Cleaning: 15, Checkup: 30, Filling: 45, RootCanal: 60 } as const;
const DOLLARS = { Cleaning: 50, Checkup: 75, Filling: 150, RootCanal: 200 } as const;
const TYPES = ['Cleaning', 'Checkup', 'Filling', 'RootCanal'] as const;
type AppointmentType = (typeof TYPES)[number];

/** Minutes since midnight. */
const HOURS: Readonly<Record<Day, readonly (readonly [start: number, end: number])[]>> = {
  Monday: [
    [540, 720],
    [840, 1020],
  ],
  Tuesday: [
    [540, 720],
    [780, 960],
  ],
  Wednesday: [
    [540, 720],
    [840, 1080],
  ],
  Thursday: [
    [600, 780],
    [840, 1020],
  ],
  Friday: [[540, 900]],
};

interface Booking {
  readonly userId: number;
  readonly day: Day;
  readonly time: number;
  readonly aptType: AppointmentType;
  readonly amountPaid: number;
}

interface Request {
  readonly userId: number;
  readonly day: Day;
  readonly time: number;
  readonly aptType: AppointmentType;
  status: 'AwaitingPreauth' | 'SlotConfirmed' | 'SlotTaken' | 'NoSlot';
}

/** What a run of the port comes to. */
export interface PortTallies {
  bookings: number;
  conflicts: number;
  paymentFailures: number;
}

class PlainDentist {
  readonly bookings = new Map<string, Booking>();
  readonly pending = new Map<number, Request>();
  nextId = 1;

  /** Returns the id of the request, or `undefined` when the slot is taken or outside the hours. */
  requestSlot(userId: number, day: Day, time: number, aptType: AppointmentType) {
    if (!this.#isAvailable(day, time, aptType)) return undefined;
    return this.#hold(userId, day, time, aptType);
  }

  /** As {@link requestSlot}, for the first slot that suits. */
  requestAuto(
    userId: number,
    days: readonly Day[],
    times: readonly (readonly [start: number, end: number])[],
    aptType: AppointmentType,
  ) {
    for (const day of days) {
      for (const [opens, closes] of HOURS[day]) {
        for (const [from, to] of times) {
          const end = Math.min(closes, to);
          for (let at = Math.max(opens, from); at + MINUTES[aptType] <= end; at += 15) {
            if (this.#isAvailable(day, at, aptType)) return this.#hold(userId, day, at, aptType);
          }
        }
      }
    }
    return undefined;
  }

  /** Returns how the request stands afterwards. */
  complete(id: number, isPaid: boolean): Request['status'] | undefined {
    const request = this.pending.get(id);
    if (!request) return undefined;
    const { userId, day, time, aptType } = request;
    if (!isPaid) request.status = 'NoSlot';
    else if (!this.#isAvailable(day, time, aptType)) request.status = 'SlotTaken';
    else {
      request.status = 'SlotConfirmed';
      const amountPaid = DOLLARS[aptType];
      this.bookings.set(`${day} ${time}`, { userId, day, time, aptType, amountPaid });
    }
    return request.status;
  }

  /** @throws {Error} when an invariant does not hold. */
  checkInvariants(): void {
    const bookings = [...this.bookings.values()];
    for (let index = 0; index < bookings.length; index += 1) {
      const one = bookings[index] as Booking;
      for (let next = index + 1; next < bookings.length; next += 1) {
        const other = bookings[next] as Booking;
        if (one.day === other.day && overlaps(one, other.time, other.aptType)) {
          throw new Error(`${one.day} ${one.time} overlaps ${other.time}`);
        }
      }
    }
    for (const [key, { day, time, aptType }] of this.bookings) {
      if (!isWithinHours(day, time, aptType)) throw new Error(`${key} is outside the hours`);
    }
    for (const [id, { status, day, time }] of this.pending) {
      if (status === 'SlotConfirmed' && !this.bookings.has(`${day} ${time}`)) {
        throw new Error(`request ${id} is confirmed, but not booked`);
      }
    }
  }

  #isAvailable(day: Day, time: number, aptType: AppointmentType): boolean {
    if (!isWithinHours(day, time, aptType)) return false;
    for (const booking of this.bookings.values()) {
      if (booking.day === day && overlaps(booking, time, aptType)) return false;
    }
    return true;
  }

  #hold(userId: number, day: Day, time: number, aptType: AppointmentType): number {
    const id = this.nextId;
    this.nextId += 1;
    this.pending.set(id, { userId, day, time, aptType, status: 'AwaitingPreauth' });
    return id;
  }
}

function overlaps(booking: Booking, time: number, aptType: AppointmentType): boolean {
  const end = booking.time + MINUTES[booking.aptType];
  return booking.time < time + MINUTES[aptType] && time < end;
}

function isWithinHours(day: Day, time: number, aptType: AppointmentType): boolean {
  return HOURS[day].some(([start, end]) => start <= time && time + MINUTES[aptType] <= end);
}

/**
 * Runs a seed of mixed operations.
 *
 * @throws {Error} when an invariant does not hold.
 */
export function runPlainPort(seed: bigint, operations: number): PortTallies {
  const random = ChaCha8Rng.seedFromU64(seed);
  const dentist = new PlainDentist();
  const waiting: number[] = [];
  const tallies = { bookings: 0, conflicts: 0, paymentFailures: 0 };
  let userId = 0;
  for (let done = 0; done < operations; done += 1) {
    const drawn = random.genRange('i32', 0, 100);
    if (drawn < 40 && waiting.length > 0) {
      const [id] = waiting.splice(random.genRange('usize', 0, waiting.length), 1) as [number];
      const isPaid = random.genBool(0.85);
      if (!isPaid) tallies.paymentFailures += 1;
      if (dentist.complete(id, isPaid) === 'SlotConfirmed') tallies.bookings += 1;
    } else {
      userId += 1;
      const id =
        drawn < 75 ? requestSlot(dentist, userId, random) : requestAuto(dentist, userId, random);
      if (id === undefined) tallies.conflicts += 1;
      else waiting.push(id);
    }
    dentist.checkInvariants();
  }
  return tallies;
}

function requestSlot(dentist: PlainDentist, userId: number, random: ChaCha8Rng) {
  const day = drawFrom(random, DAYS);
  const time = drawTime(random);
  return dentist.requestSlot(userId, day, time, drawFrom(random, TYPES));
}

function requestAuto(dentist: PlainDentist, userId: number, random: ChaCha8Rng) {
  const dayCount = random.genRangeInclusive('usize', 1, 3);
  const rangeCount = random.genRangeInclusive('usize', 1, 2);
  const days = Array.from({ length: dayCount }, () => drawFrom(random, DAYS));
  const times = Array.from({ length: rangeCount }, () => {
    const start = drawTime(random);
    return [start, start + random.genRange('u16', 60, 240)] as const;
  }).filter(([, end]) => end < 18 * 60);
  if (times.length === 0) times.push([9 * 60, 17 * 60]);
  return dentist.requestAuto(userId, days, times, drawFrom(random, TYPES));
}

function drawTime(random: ChaCha8Rng): number {
  const hour = random.genRange('u8', 9, 17);
  return hour * 60 + random.genRange('u8', 0, 4) * 15;
}

function drawFrom<Item>(random: ChaCha8Rng, items: readonly Item[]): Item {
  return items[random.genRange('usize', 0, items.length)] as Item;
}
