import type {
  Completion,
  DeepReadonly,
  Executed,
  ExternalFaults,
  ExternalSystems,
  SettledVerdict,
} from 'phasmoscope';
import type { Dentist } from './machine.ts';

/**
 * How far a payment has come at the processor. A hold that was taken back or released stays so.
 */
type PaymentStatus = 'undecided' | 'held' | 'refused' | 'released' | 'taken back';

interface Payment {
  readonly userId: number;
  readonly dollars: number;
  status: PaymentStatus;
  /** A question was already answered with "not decided". */
  isAskedAbout: boolean;
  /** Ids of questions that are answered with the decision. */
  readonly questions: Set<number>;
}

type Result = Dentist['Result'];
type State = DeepReadonly<Dentist['State']>;

const REFUSED: Result = { kind: 'Failed', reason: 'Insufficient funds' };
const TAKEN_BACK_REASON = 'Hold taken back by the bank';
const TAKEN_BACK: Result = { kind: 'Failed', reason: TAKEN_BACK_REASON };
const UNKNOWN: Result = { kind: 'Failed', reason: 'Unknown payment' };

/**
 * The payment processor: holds the price of an appointment on a card, releases it again, and reports the
 * state of a payment. At the end of a day it charges every hold of a patient who is booked.
 */
export class PaymentProcessor implements ExternalSystems<Dentist> {
  /** The original gets only the completions of `next`: this keeps its figures. */
  readonly answersOnlyUnderFaults = true;
  readonly #faults: ExternalFaults;
  /** The payments, by the id of the request. */
  readonly #payments = new Map<number, Payment>();
  /** Requests whose payment is not decided, in the order of their arrival. */
  readonly #undecided: number[] = [];
  /** By the id of a question: the request whose payment it is about. */
  readonly #asked = new Map<number, number>();
  readonly #unsent: Completion<Dentist>[] = [];

  /** @param from the processor that this one is a copy of. */
  constructor(faults: ExternalFaults, from?: PaymentProcessor) {
    this.#faults = faults;
    if (!from) return;
    for (const [id, payment] of from.#payments) {
      this.#payments.set(id, { ...payment, questions: new Set(payment.questions) });
    }
    this.#undecided.push(...from.#undecided);
    for (const [id, reqId] of from.#asked) this.#asked.set(id, reqId);
    this.#unsent.push(...from.#unsent);
  }

  /** How many payments wait to be decided. */
  get undecided(): number {
    return this.#undecided.length;
  }

  /** The request to which the results under an id belong. */
  requestOf(id: number): number {
    return this.#asked.get(id) ?? id;
  }

  receive(id: number, action: DeepReadonly<Dentist['Tracked']>): Result | undefined {
    switch (action.kind) {
      case 'Preauth':
        return this.#hold(id, action.userId, action.amountCents / 100);
      case 'Release':
        this.#end(action.reqId, 'released');
        return { kind: 'Released' };
      case 'CheckStatus':
        return this.#tell(id, action.reqId);
    }
  }

  /** A known payment is not made a second time. */
  #hold(id: number, userId: number, dollars: number): Result | undefined {
    if (this.#payments.has(id)) return this.#statusOf(id);
    this.#payments.set(id, {
      userId,
      dollars,
      status: 'undecided',
      isAskedAbout: false,
      questions: new Set(),
    });
    this.#undecided.push(id);
    return undefined;
  }

  /**
   * Answers a question about a payment. The first question that comes too early is answered with
   * "pending", and later ones with the decision. Otherwise a machine that asks again, as it should,
   * would get "pending" without end: no time passes while it asks.
   */
  #tell(id: number, reqId: number): Result | undefined {
    this.#asked.set(id, reqId);
    const payment = this.#payments.get(reqId);
    if (payment?.status !== 'undecided') return this.#statusOf(reqId);
    if (payment.isAskedAbout) {
      payment.questions.add(id);
      return undefined;
    }
    payment.isAskedAbout = true;
    return this.#statusOf(reqId);
  }

  #statusOf(id: number): Result {
    const payment = this.#payments.get(id);
    switch (payment?.status) {
      case undefined:
        return UNKNOWN;
      case 'undecided':
        return { kind: 'Pending' };
      case 'held':
        return { kind: 'Success', amount: payment?.dollars ?? 0 };
      case 'refused':
        return REFUSED;
      case 'released':
        return { kind: 'Released' };
      case 'taken back':
        return TAKEN_BACK;
    }
  }

  /** Decides the payment at a place in the queue, and returns the messages about it. */
  decide(index: number, succeeds: boolean): Completion<Dentist> {
    const [id] = this.#undecided.splice(index, 1) as [number];
    const payment = this.#payments.get(id) as Payment;
    payment.status = succeeds ? 'held' : 'refused';
    const result = this.#statusOf(id);
    for (const question of payment.questions) {
      // The payment's own id gets the decision itself.
      if (question !== id)
        this.#unsent.push({ kind: 'trackedActionCompleted', id: question, result });
    }
    // Now and then a bank takes a hold back, and the processor hears of it later.
    if (succeeds && this.#faults.strikes()) {
      payment.status = 'taken back';
      this.#unsent.push({ kind: 'trackedActionCompleted', id, result: TAKEN_BACK });
    }
    return { kind: 'trackedActionCompleted', id, result };
  }

  poll(): Completion<Dentist> | undefined {
    return this.#unsent.shift();
  }

  settle(): Completion<Dentist> | undefined {
    return this.#undecided.length > 0 ? this.decide(0, true) : undefined;
  }

  /** Follows what the messages say, so that a run can be judged again without its generator. */
  observe({ operation }: Executed<Dentist>): void {
    if (operation.kind !== 'trackedActionCompleted' && operation.kind !== 'loss') return;
    const reqId = this.requestOf(operation.id);
    const payment = this.#payments.get(reqId);
    if (!payment) return;
    const { result } = operation;
    if (result.kind === 'Success' && payment.status === 'undecided') {
      this.#end(reqId, 'held');
    } else if (result.kind === 'Failed' && result.reason === TAKEN_BACK_REASON) {
      this.#end(reqId, 'taken back');
    } else if (result.kind === 'Failed' && payment.status === 'undecided') {
      this.#end(reqId, 'refused');
    }
  }

  #end(id: number, status: PaymentStatus): void {
    const payment = this.#payments.get(id);
    if (!payment || payment.status === 'taken back' || payment.status === 'released') return;
    payment.status = status;
    const waiting = this.#undecided.indexOf(id);
    if (waiting !== -1) this.#undecided.splice(waiting, 1);
  }

  readonly settled = {
    'every hold is charged for a booking or released': (state: State): SettledVerdict => {
      const booked = new Set([...state.bookings.values()].map(({ userId }) => userId));
      for (const [id, { userId, status, dollars }] of this.#payments) {
        if (status !== 'held' || booked.has(userId)) continue;
        return { id, message: `$${dollars} of patient ${userId} stay on hold, without a booking` };
      }
      return true;
    },

    'every booking is paid for': (state: State): SettledVerdict => {
      const holds = new Set<number>();
      const ids = new Map<number, number>();
      for (const [id, { userId, status }] of this.#payments) {
        ids.set(userId, id);
        if (status === 'held') holds.add(userId);
      }
      for (const [key, { userId }] of state.bookings) {
        if (holds.has(userId)) continue;
        return { id: ids.get(userId), message: `${key} is booked, but nobody pays for it` };
      }
      return true;
    },
  };
}
