import { seededRandom } from 'phasmoscope/testing';
import { expect, it } from 'vitest';
import type { Dentist } from './machine.ts';
import { drawFrom, drawSlot, drawTimes } from './scenarios.ts';
import { APPOINTMENT_TYPES, DAYS, slotKey } from './schedule.ts';
import { patient, Practice } from './test-practice.ts';

type Input = Dentist['Input'];
type RequestSlot = Extract<Input, { kind: 'RequestSlot' }>;
type RequestAuto = Extract<Input, { kind: 'RequestAuto' }>;

const SEED = 99_999n;
/** How often a request that was accepted is paid for. */
const IS_PAID = 0.8;

/**
 * The original's preferences simulation: patients ask for given slots, then for any slot that suits
 * them. The slots that they get are checked against their wishes, before and after they pay.
 */
class Preferences {
  readonly #random: ReturnType<typeof seededRandom>;
  readonly #practice = new Practice();
  /** Confirmed bookings that matched the request. */
  #verified = 0;

  constructor(seed: bigint) {
    this.#random = seededRandom(seed);
  }

  /** Returns the number of verified bookings. */
  async run(): Promise<number> {
    for (let user = 1; user <= 10; user += 1) await this.#ask(this.#drawSlot(user), isSlotAsked);
    for (let user = 100; user <= 109; user += 1) await this.#ask(this.#drawAuto(user), isPreferred);
    return this.#verified;
  }

  async #ask<Request extends Input>(input: Request, suits: Suits<Request>): Promise<void> {
    const id = await this.#practice.request(input);
    if (id === undefined) return;
    this.#expectAsked(id, input, suits);
    if (!this.#random.genBool(IS_PAID)) return;
    await this.#practice.pay(id);
    const { status, slot } = this.#practice.requestOf(id);
    if (status !== 'SlotConfirmed') return;
    this.#expectAsked(id, input, suits);
    const { userId, aptType } = input;
    const booking = this.#practice.state.bookings.get(slotKey(slot.day, slot.time));
    expect(booking).toMatchObject({ userId, aptType });
    this.#verified += 1;
  }

  #expectAsked<Request extends Input>(id: number, input: Request, suits: Suits<Request>): void {
    const { userId, aptType, slot } = this.#practice.requestOf(id);
    expect({ userId, aptType }).toEqual({ userId: input.userId, aptType: input.aptType });
    expect(slot).toSatisfy((given: Slot) => suits(given, input));
  }

  #drawSlot(userId: number): RequestSlot {
    return { kind: 'RequestSlot', ...patient(userId), ...drawSlot(this.#random) };
  }

  /** Days and ranges each follow their own count, unlike in the other simulations. */
  #drawAuto(userId: number): RequestAuto {
    const dayCount = this.#random.genRangeInclusive('usize', 1, 3);
    const days = Array.from({ length: dayCount }, () => drawFrom(this.#random, DAYS));
    const rangeCount = this.#random.genRangeInclusive('usize', 1, 2);
    const times = drawTimes(this.#random, rangeCount);
    const aptType = drawFrom(this.#random, APPOINTMENT_TYPES);
    return { kind: 'RequestAuto', ...patient(userId), days, times, aptType };
  }
}

type Slot = Pick<RequestSlot, 'day' | 'time'>;
/** Whether a slot matches the request. */
type Suits<Request extends Input> = (slot: Slot, request: Request) => boolean;

const isSlotAsked: Suits<RequestSlot> = ({ day, time }, asked) =>
  day === asked.day && time === asked.time;

/** Times of day have two digits each, so that their texts are in the order of the times. */
const isPreferred: Suits<RequestAuto> = ({ day, time }, { days, times }) =>
  days.includes(day) && times.some(([from, to]) => from <= time && time < to);

it('verifies as many bookings as the original', async () => {
  expect(await new Preferences(SEED).run()).toBe(11);
});
