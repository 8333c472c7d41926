import type {
  Completion,
  DeepReadonly,
  Executed,
  ExternalFaults,
  ExternalSystems,
  SettledVerdict,
} from 'phasmoscope';
import type { Ledger } from './types.ts';

type Result = Ledger['Result'];
type State = DeepReadonly<Ledger['State']>;

/** A charge at the processor. */
interface Payment {
  /** The id of the action that asked for it. */
  readonly id: Ledger['Id'];
  status: 'undecided' | 'charged' | 'declined';
  /** A question was already answered with "not decided". */
  isAskedAbout: boolean;
  /** Ids of questions that are answered with the decision. */
  readonly questions: Set<Ledger['Id']>;
}

const RESULTS = {
  undecided: { kind: 'Pending' },
  charged: { kind: 'Charged' },
  declined: { kind: 'Declined' },
} as const satisfies Record<Payment['status'], Result>;

/** The payment processor: charges cards some time later, each charge once. */
export class PaymentProcessor implements ExternalSystems<Ledger> {
  readonly #faults: ExternalFaults;
  /** The charges, by number. */
  readonly #payments = new Map<number, Payment>();
  /** Charges that are not decided, in the order of their arrival. */
  readonly #undecided: number[] = [];
  readonly #unsent: Completion<Ledger>[] = [];
  /**
   * Charges for which the ledger was given a result that this processor never sends. This happens in
   * runs whose parts do not belong together, and then the ledger is not to blame.
   */
  readonly #misquoted = new Set<number>();

  /** @param from the processor that this one is a copy of. */
  constructor(faults: ExternalFaults, from?: PaymentProcessor) {
    this.#faults = faults;
    if (!from) return;
    for (const [charge, payment] of from.#payments) {
      this.#payments.set(charge, { ...payment, questions: new Set(payment.questions) });
    }
    this.#undecided.push(...from.#undecided);
    this.#unsent.push(...from.#unsent);
    for (const charge of from.#misquoted) this.#misquoted.add(charge);
  }

  /** How many charges wait to be decided. */
  get undecided(): number {
    return this.#undecided.length;
  }

  receive(id: Ledger['Id'], action: DeepReadonly<Ledger['Tracked']>): Result | undefined {
    switch (action.kind) {
      case 'Charge':
        return this.#charge(id, action.charge);
      case 'CheckStatus':
        return this.#tell(id, action.charge);
    }
  }

  #charge(id: Ledger['Id'], charge: number): Result | undefined {
    const known = this.#payments.get(charge);
    if (known) return RESULTS[known.status];
    this.#add(id, charge, 'undecided');
    this.#undecided.push(charge);
    return undefined;
  }

  #add(id: Ledger['Id'], charge: number, status: Payment['status']): void {
    this.#payments.set(charge, { id, status, isAskedAbout: false, questions: new Set() });
  }

  /**
   * Answers a question about a charge. A charge that never arrived is declined, even if it arrives
   * later. The first question that comes too early is answered with "not decided", and later ones with
   * the decision.
   */
  #tell(id: Ledger['Id'], charge: number): Result | undefined {
    const payment = this.#payments.get(charge);
    if (!payment) {
      this.#add(id, charge, 'declined');
      return RESULTS.declined;
    }
    if (payment.status === 'undecided' && payment.isAskedAbout) {
      payment.questions.add(id);
      return undefined;
    }
    payment.isAskedAbout = true;
    return RESULTS[payment.status];
  }

  /** Decides the charge at a place in the queue, and returns the messages about it. */
  decide(index: number, succeeds: boolean): Completion<Ledger> {
    const charge = this.#undecided[index] as number;
    const payment = this.#payments.get(charge) as Payment;
    // Now and then the bank is out of reach: nothing is charged then.
    this.#end(charge, succeeds && !this.#faults.strikes() ? 'charged' : 'declined');
    const result = RESULTS[payment.status];
    for (const question of payment.questions) {
      // The charge's own id gets the decision itself.
      if (question !== payment.id)
        this.#unsent.push({ kind: 'trackedActionCompleted', id: question, result });
    }
    return { kind: 'trackedActionCompleted', id: payment.id, result };
  }

  #end(charge: number, status: Payment['status']): void {
    const payment = this.#payments.get(charge);
    if (payment?.status !== 'undecided') {
      if (payment?.status !== status) this.#misquoted.add(charge);
      return;
    }
    payment.status = status;
    this.#undecided.splice(this.#undecided.indexOf(charge), 1);
  }

  poll(): Completion<Ledger> | undefined {
    return this.#unsent.shift();
  }

  settle(): Completion<Ledger> | undefined {
    return this.#undecided.length > 0 ? this.decide(0, true) : undefined;
  }

  /** Follows what the messages say, so that a run can be judged again without its generator. */
  observe({ operation }: Executed<Ledger>): void {
    if (operation.kind !== 'trackedActionCompleted' && operation.kind !== 'loss') return;
    const { kind } = operation.result;
    if (kind === 'Pending') return;
    this.#end(Number.parseInt(operation.id, 10), kind === 'Charged' ? 'charged' : 'declined');
  }

  readonly settled = {
    'what was charged is booked, and nothing else': ({ charges }: State): SettledVerdict => {
      for (const { id, status, cents } of charges.values()) {
        if (this.#misquoted.has(id)) continue;
        const payment = this.#payments.get(id);
        const isCharged = payment?.status === 'charged';
        if (isCharged === (status === 'booked')) continue;
        const message = isCharged
          ? `${cents} cents were charged for charge ${id}, which is ${status}`
          : `charge ${id} is booked, but nothing was charged`;
        return { id: payment?.id, message };
      }
      return true;
    },

    'no charge is left waiting': ({ charges }: State): SettledVerdict => {
      for (const { id, status, awaited } of charges.values()) {
        if (status === 'pending' || awaited !== null) {
          return { id: `${id}/${awaited}`, message: `charge ${id} waits for ever` };
        }
      }
      return true;
    },
  };
}
