import {
  defineScenario,
  type ChaCha8Rng,
  type Driver,
  type StfInput,
  type Executed,
  type ExternalFaults,
  type Scenario,
} from 'phasmoscope';
import { PaymentProcessor } from './processor.ts';
import type { Ledger } from './types.ts';

/** Percentage of operations in which the processor decides, if a charge is waiting. */
const DECIDE_BELOW = 20;
/** Percentage in which a customer deposits money; in the rest money is transferred. */
const DEPOSIT_BELOW = 40;
const CHARGE_SUCCEEDS = 0.85;
const DEPOSIT_CENTS_MAX = 5_000;
const TRANSFER_CENTS_MAX = 8_000;

/** Customers who transfer and deposit money, and the payment processor. */
class TellerDriver implements Driver<Ledger> {
  readonly external: PaymentProcessor;
  readonly #random: ChaCha8Rng;
  readonly #accounts: number;
  readonly #tallies = { transferred: 0, booked: 0, declined: 0, rejected: 0 };
  readonly #reached = {
    'a crash with a charge under way': false,
    'a transfer without the money for it': false,
    'a charge that is declined': false,
  };

  /** @param from the driver that this one is a copy of. */
  constructor(accounts: number, random: ChaCha8Rng, faults: ExternalFaults, from?: TellerDriver) {
    this.#accounts = accounts;
    this.#random = random;
    this.external = new PaymentProcessor(faults, from?.external);
    if (!from) return;
    Object.assign(this.#tallies, from.#tallies);
    Object.assign(this.#reached, from.#reached);
  }

  copy(random: ChaCha8Rng, faults: ExternalFaults): TellerDriver {
    return new TellerDriver(this.#accounts, random, faults, this);
  }

  next(): StfInput<Ledger> {
    const drawn = this.#random.genRange('u32', 0, 100);
    if (drawn < DECIDE_BELOW && this.external.undecided > 0) {
      const index = this.#random.genRange('usize', 0, this.external.undecided);
      return this.external.decide(index, this.#random.genBool(CHARGE_SUCCEEDS));
    }
    const account = this.#drawAccount();
    if (drawn < DEPOSIT_BELOW) {
      const cents = this.#random.genRangeInclusive('u32', 1, DEPOSIT_CENTS_MAX);
      return { kind: 'normal', input: { kind: 'Deposit', account, cents } };
    }
    const receiver = this.#drawAccount();
    const cents = this.#random.genRangeInclusive('u32', 1, TRANSFER_CENTS_MAX);
    return { kind: 'normal', input: { kind: 'Transfer', sender: account, receiver, cents } };
  }

  /** Now and then an account that does not exist. */
  #drawAccount(): number {
    return this.#random.genRangeInclusive('u32', 1, this.#accounts + 1);
  }

  observe(step: Executed<Ledger>): void {
    this.external.observe(step);
    const { operation, outcome, before, after } = step;
    switch (operation.kind) {
      case 'normal':
        this.#count(operation.input, outcome);
        break;
      case 'trackedActionCompleted': {
        const charge = Number.parseInt(operation.id, 10);
        const status = after.charges.get(charge)?.status;
        if (status === before.charges.get(charge)?.status) return;
        if (status === 'booked') this.#tallies.booked += 1;
        if (status !== 'declined') return;
        this.#tallies.declined += 1;
        this.#reached['a charge that is declined'] = true;
        break;
      }
      case 'crash':
        if (this.external.undecided > 0) this.#reached['a crash with a charge under way'] = true;
        break;
      case 'restore':
      case 'loss':
      case 'settled':
        break;
    }
  }

  #count({ kind }: Ledger['Input'], outcome: Executed<Ledger>['outcome']): void {
    if (outcome.kind === 'ok' && kind === 'Transfer') this.#tallies.transferred += 1;
    // A fault ended this step, not the machine.
    if (outcome.kind !== 'err' || isFault(outcome.error)) return;
    this.#tallies.rejected += 1;
    if (outcome.error.kind === 'InsufficientFunds') {
      this.#reached['a transfer without the money for it'] = true;
    }
  }

  sometimes() {
    return this.#reached;
  }

  tallies() {
    return this.#tallies;
  }
}

function isFault({ kind }: { readonly kind: string }): boolean {
  return kind === 'ActionRefused' || kind === 'StorageFailed';
}

/** Customers of a ledger with a given number of accounts. */
export function defineTellers({ accounts }: { readonly accounts: number }): Scenario<Ledger> {
  return defineScenario<Ledger>({
    name: 'tellers',
    description:
      'Transfers between accounts, deposits by card, and a processor that decides later.',
    defaults: { seed: '1', operations: 1_000 },
    start: (random, faults) => new TellerDriver(accounts, random, faults),
  });
}
