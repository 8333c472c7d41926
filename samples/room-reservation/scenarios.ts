import {
  defineScenario,
  type ChaCha8Rng,
  type Driver,
  type StfInput,
  type Executed,
  type ExternalFaults,
} from 'phasmoscope';
import { Bank } from './bank.ts';
import { ROOMS } from './rooms.ts';
import type { Hotel } from './types.ts';

/** Percentage of operations in which the bank decides, if a deposit is waiting. */
const DECIDE_BELOW = 25;
/** Percentages in which a guest searches or reserves; in the rest a guest cancels. */
const SEARCH_BELOW = 60;
const RESERVE_BELOW = 90;
const DEPOSIT_SUCCEEDS = 0.8;
const NIGHTS = 14;

/** Guests who search, reserve and cancel, and their bank. */
class GuestDriver implements Driver<Hotel> {
  readonly external: Bank;
  readonly #random: ChaCha8Rng;
  /** Reservations that can be cancelled. */
  readonly #confirmed = new Set<number>();
  #guest = 0;
  readonly #tallies = { reserved: 0, confirmed: 0, cancelled: 0, taken: 0, fromCache: 0 };
  readonly #reached = {
    'a search that the cache answers': false,
    'a room that is taken': false,
    'a deposit that is refused': false,
    'a crash with a cache to lose': false,
  };

  constructor(random: ChaCha8Rng, faults: ExternalFaults) {
    this.#random = random;
    this.external = new Bank(faults);
  }

  next(): StfInput<Hotel> {
    const drawn = this.#random.genRange('u32', 0, 100);
    if (drawn < DECIDE_BELOW && this.external.undecided > 0) {
      const index = this.#random.genRange('usize', 0, this.external.undecided);
      return this.external.decide(index, this.#random.genBool(DEPOSIT_SUCCEEDS));
    }
    if (drawn >= RESERVE_BELOW) {
      const reservation = this.#random.choose([...this.#confirmed]);
      if (reservation !== undefined)
        return { kind: 'normal', input: { kind: 'Cancel', reservation } };
    }
    const night = this.#random.genRangeInclusive('u32', 1, NIGHTS);
    if (drawn < SEARCH_BELOW) return { kind: 'normal', input: { kind: 'Search', night } };
    const room = this.#random.genRangeInclusive('u32', 1, ROOMS);
    this.#guest += 1;
    return { kind: 'normal', input: { kind: 'Reserve', guest: this.#guest, room, night } };
  }

  observe(step: Executed<Hotel>): void {
    this.external.observe(step);
    const { operation, outcome, before } = step;
    switch (operation.kind) {
      case 'normal':
        if (outcome.kind === 'ok') this.#countAccepted(operation.input, before);
        else if (outcome.kind === 'err' && outcome.error.kind === 'RoomTaken') {
          this.#tallies.taken += 1;
          this.#reached['a room that is taken'] = true;
        }
        break;
      case 'trackedActionCompleted':
        this.#noteCompletion(operation.id, step);
        break;
      case 'crash':
        if (before.cache.free.size > 0) this.#reached['a crash with a cache to lose'] = true;
        break;
      case 'restore':
      case 'loss':
      case 'settled':
        break;
    }
  }

  #countAccepted(input: Hotel['Input'], before: Executed<Hotel>['before']): void {
    switch (input.kind) {
      case 'Search':
        if (!before.cache.free.has(input.night)) return;
        this.#tallies.fromCache += 1;
        this.#reached['a search that the cache answers'] = true;
        break;
      case 'Reserve':
        this.#tallies.reserved += 1;
        break;
      case 'Cancel':
        this.#tallies.cancelled += 1;
        this.#confirmed.delete(input.reservation);
        break;
    }
  }

  #noteCompletion(action: string, { before, after }: Executed<Hotel>): void {
    const id = Number(action.split(' ')[1]);
    const status = after.database.reservations.get(id)?.status;
    if (status === before.database.reservations.get(id)?.status) return;
    if (status === 'refused') this.#reached['a deposit that is refused'] = true;
    if (status !== 'confirmed') return;
    this.#tallies.confirmed += 1;
    this.#confirmed.add(id);
  }

  sometimes() {
    return this.#reached;
  }

  tallies() {
    return this.#tallies;
  }
}

export const scenarios = [
  defineScenario<Hotel>({
    name: 'front-desk',
    description: 'Guests search, reserve and cancel; the bank decides about deposits later.',
    defaults: { seed: '1', operations: 500 },
    start: (random, faults) => new GuestDriver(random, faults),
  }),
];
