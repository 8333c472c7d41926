import type { Completion } from '../machine/operation.ts';
import type { Fate } from './fault-injector.ts';

/** A message that the network gives out: a completion, or the news that one is lost. */
export interface Delivery {
  readonly completion: Completion;
  readonly isLost: boolean;
  /** Another copy of the same message was taken in before. */
  readonly isDuplicate: boolean;
  /** Shared by all copies of a message, which may come in any order. */
  readonly message: { isTakenIn: boolean };
}

interface InFlight extends Omit<Delivery, 'isDuplicate'> {
  /** In operations since the run began. */
  readonly due: number;
  /** In the order of sending: what is due at the same time arrives in it. */
  readonly sequence: number;
}

/**
 * The simulated network between the external systems and the machine. Time is counted in operations
 * of the scenario: what takes longer is overtaken.
 */
export class Network {
  #inFlight: InFlight[] = [];
  readonly #lost: InFlight[] = [];
  #sequence = 0;
  #now = 0;

  /** An operation of the scenario has passed. */
  tick(): void {
    this.#now += 1;
  }

  /** Sends a completion on its way. */
  send(completion: Completion, { isLost, delay, again }: Fate): void {
    const message = { isTakenIn: false };
    this.#add({ completion, message, isLost }, delay);
    if (again !== undefined) this.#add({ completion, message, isLost: false }, again);
  }

  /** Sends one again that arrived, but was not handled. */
  redeliver({ completion, message }: Delivery, delay: number): void {
    this.#add({ completion, message, isLost: false }, delay);
  }

  #add(delivery: Omit<Delivery, 'isDuplicate'>, delay: number): void {
    this.#inFlight.push({ ...delivery, due: this.#now + delay, sequence: this.#sequence });
    this.#sequence += 1;
  }

  /** The next message that is due. A lost one is kept back until {@link stopFaults}. */
  receive(): Delivery | undefined {
    let next = -1;
    for (const [index, message] of this.#inFlight.entries()) {
      if (message.due > this.#now) continue;
      if (next === -1 || isBefore(message, this.#inFlight[next] as InFlight)) next = index;
    }
    if (next === -1) return undefined;
    const [message] = this.#inFlight.splice(next, 1) as [InFlight];
    if (message.isLost) this.#lost.push(message);
    return { ...message, isDuplicate: message.message.isTakenIn };
  }

  /** From now on everything arrives at once, also what was lost. */
  stopFaults(): void {
    this.#inFlight = this.#inFlight
      .toSorted((a, b) => (isBefore(a, b) ? -1 : 1))
      .map((message) => ({ ...message, isLost: false, due: this.#now }));
    for (const lost of this.#lost.splice(0)) this.#add({ ...lost, isLost: false }, 0);
  }
}

function isBefore(one: InFlight, other: InFlight): boolean {
  return one.due === other.due ? one.sequence < other.sequence : one.due < other.due;
}
