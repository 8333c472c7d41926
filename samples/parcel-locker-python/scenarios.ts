import {
  defineScenario,
  type ChaCha8Rng,
  type DeepReadonly,
  type Driver,
  type StfInput,
  type Executed,
  type ExternalFaults,
} from 'phasmoscope';
import { Doors } from './doors.ts';
import type { ParcelLocker } from './locker.ts';

/** Percentage of operations in which an order is carried out, if one is waiting. */
const CARRY_OUT_BELOW = 45;
/** Percentage in which a courier comes; in the rest a recipient wants to collect. */
const STORE_BELOW = 75;
/** Few enough that a parcel comes again while it is still here. */
const PARCELS = 12;

/** Couriers and recipients who come at any time, and the doors of the locker. */
class StreetDriver implements Driver<ParcelLocker> {
  readonly external: Doors;
  readonly #random: ChaCha8Rng;
  readonly #tallies = { stored: 0, collected: 0, jammed: 0, rejected: 0 };
  readonly #reached = { 'a locker without a free box': false, 'a crash with a door open': false };

  constructor(random: ChaCha8Rng, faults: ExternalFaults) {
    this.#random = random;
    this.external = new Doors(faults);
  }

  next({ boxes }: DeepReadonly<ParcelLocker['State']>): StfInput<ParcelLocker> {
    const drawn = this.#random.genRange('i32', 0, 100);
    if (drawn < CARRY_OUT_BELOW && this.external.waiting > 0) {
      return this.external.carryOut(this.#random.genRange('usize', 0, this.external.waiting));
    }
    const parcel = `P${this.#random.genRange('u32', 0, PARCELS)}`;
    if (drawn >= STORE_BELOW) {
      const here = Object.values(boxes).flatMap((box) => (box.parcel === null ? [] : [box.parcel]));
      const wanted = this.#random.choose(here) ?? parcel;
      return { kind: 'normal', input: { kind: 'Collect', parcel: wanted } };
    }
    const size = this.#random.choose(['small', 'large'] as const) ?? 'small';
    return { kind: 'normal', input: { kind: 'Store', parcel, size } };
  }

  observe(step: Executed<ParcelLocker>): void {
    this.external.observe(step);
    const { operation, outcome, before, actions } = step;
    if (operation.kind === 'crash' && Object.keys(before.orders).length > 0) {
      this.#reached['a crash with a door open'] = true;
    }
    if (outcome.kind === 'err' && !('fault' in operation && operation.fault)) {
      this.#tallies.rejected += 1;
      if (outcome.error === 'NoBoxFree') this.#reached['a locker without a free box'] = true;
    }
    for (const action of actions) {
      if (action.kind === 'tracked' && action.action.kind === 'Repair') this.#tallies.jammed += 1;
      if (action.kind !== 'untracked') continue;
      if (action.action.news === 'here') this.#tallies.stored += 1;
      if (action.action.news === 'gone') this.#tallies.collected += 1;
    }
  }

  sometimes() {
    return this.#reached;
  }

  tallies() {
    return this.#tallies;
  }
}

export const scenarios = [
  defineScenario<ParcelLocker>({
    name: 'busy-street',
    description:
      'Couriers and recipients come at any time; the doors open when they get round to it.',
    defaults: { seed: '1', operations: 300 },
    start: (random, faults) => new StreetDriver(random, faults),
  }),
];
