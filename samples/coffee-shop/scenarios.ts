import {
  defineScenario,
  type ChaCha8Rng,
  type Driver,
  type StfInput,
  type Executed,
  type ExternalFaults,
} from 'phasmoscope';
import { LoyaltyService } from './loyalty-service.ts';
import type { CoffeeShop } from './machine.ts';

/** Percentage of operations in which the service decides, if a redemption is waiting. */
const DECIDE_BELOW = 40;
/** Percentage in which the customer redeems points; in the rest the order is cancelled. */
const REDEEM_BELOW = 90;
/** How often the service takes the points, if there are enough. */
const REDEMPTION_SUCCEEDS = 0.6;
/** A customer gives a few points at a time, so that they last for a while. */
const POINTS_MAX = 30;

/** A customer who redeems points and cancels orders at any time, and the loyalty service. */
class CustomerDriver implements Driver<CoffeeShop> {
  readonly external: LoyaltyService;
  readonly #random: ChaCha8Rng;
  readonly #tallies = { redeemed: 0, failed: 0, cancelled: 0, rejected: 0 };
  readonly #reached = {
    'an order cancelled while its redemption is under way': false,
    'a crash with a redemption under way': false,
    'a redemption that fails': false,
  };

  constructor(random: ChaCha8Rng, faults: ExternalFaults) {
    this.#random = random;
    this.external = new LoyaltyService(faults);
  }

  next(): StfInput<CoffeeShop> {
    const drawn = this.#random.genRange('i32', 0, 100);
    if (drawn < DECIDE_BELOW && this.external.undecided > 0) {
      const index = this.#random.genRange('usize', 0, this.external.undecided);
      return this.external.decide(index, this.#random.genBool(REDEMPTION_SUCCEEDS));
    }
    if (drawn >= REDEEM_BELOW) return { kind: 'normal', input: { kind: 'CancelOrder' } };
    const points = this.#random.genRangeInclusive('u32', 1, POINTS_MAX);
    return { kind: 'normal', input: { kind: 'RedeemPoints', points } };
  }

  observe(step: Executed<CoffeeShop>): void {
    this.external.observe(step);
    const { operation, outcome, before } = step;
    if (operation.kind === 'crash' && before.pendingRedemption !== null) {
      this.#reached['a crash with a redemption under way'] = true;
    }
    if (operation.kind !== 'normal' && operation.kind !== 'trackedActionCompleted') return;
    if (outcome.kind === 'ok') this.#countAccepted(step);
    // A fault ended this step, not the machine.
    else if (outcome.kind === 'err' && !operation.fault) this.#tallies.rejected += 1;
  }

  #countAccepted({ operation, before }: Executed<CoffeeShop>): void {
    if (operation.kind === 'normal') {
      if (operation.input.kind !== 'CancelOrder' || before.pendingRedemption === null) return;
      this.#tallies.cancelled += 1;
      this.#reached['an order cancelled while its redemption is under way'] = true;
    } else if (operation.kind === 'trackedActionCompleted') {
      if (operation.result.kind === 'Success') this.#tallies.redeemed += 1;
      if (operation.result.kind !== 'Failed') return;
      this.#tallies.failed += 1;
      this.#reached['a redemption that fails'] = true;
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
  defineScenario<CoffeeShop>({
    name: 'checkout',
    description: 'A customer redeems points and cancels orders; the service decides later.',
    defaults: { seed: '1', operations: 200 },
    start: (random, faults) => new CustomerDriver(random, faults),
  }),
];
