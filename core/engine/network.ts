import type { ActionId, Completion } from '../machine/machine.ts';
import { sameValue } from '../value/value.ts';
import type { Fate } from './fault-injector.ts';

/** The data that all copies of a message share. */
export interface Message {
  isTakenIn: boolean;
  /** How often the machine has panicked at the message. */
  panics: number;
}

/** A message that the network delivers: a completion, or the news that one is lost. */
export interface Delivery {
  readonly completion: Completion;
  readonly isLost: boolean;
  /** Whether another copy of the same message was taken in before. */
  readonly isDuplicate: boolean;
  /** Shared by all copies of a message, which may come in any order. */
  readonly message: Message;
}

interface InFlight extends Omit<Delivery, 'isDuplicate'> {
  /** When it arrives, in operations since the run began. */
  readonly due: number;
  /** Its number in the order of sending. */
  readonly sequence: number;
}

/**
 * The simulated network between the external systems and the machine. Time is counted in operations
 * of the scenario: slower messages are overtaken.
 */
export class Network {
  /** In the order of their arrival, so that even a great many messages cost little. */
  #inFlight: InFlight[] = [];
  readonly #lost: InFlight[] = [];
  #sequence = 0;
  #now = 0;

  /** A network with the same messages on their way, which goes on independently. */
  copy(): Network {
    const copy = new Network();
    const messages = new Map<Message, Message>();
    const copyOf = (sent: InFlight): InFlight => {
      const message = messages.get(sent.message) ?? { ...sent.message };
      messages.set(sent.message, message);
      return { ...sent, message };
    };
    copy.#inFlight = this.#inFlight.map(copyOf);
    copy.#lost.push(...this.#lost.map(copyOf));
    copy.#sequence = this.#sequence;
    copy.#now = this.#now;
    return copy;
  }

  /** Advances the time by one operation of the scenario. */
  tick(): void {
    this.#now += 1;
  }

  /** Sends a completion on its way. */
  send(completion: Completion, { isLost, delay, again }: Fate): void {
    const message = { isTakenIn: false, panics: 0 };
    this.#add({ completion, message, isLost }, delay);
    if (again !== undefined) this.#add({ completion, message, isLost: false }, again);
  }

  /** Sends a message again that arrived but was not handled; `delay` as in {@link Fate}. */
  redeliver({ completion, message }: Delivery, delay: number): void {
    this.#add({ completion, message, isLost: false }, delay);
  }

  #add({ completion, message, isLost }: Omit<Delivery, 'isDuplicate'>, delay: number): void {
    const due = this.#now + delay;
    const sent = { completion, message, isLost, due, sequence: this.#sequence };
    this.#sequence += 1;
    this.#inFlight.splice(this.#placeOf(due), 0, sent);
  }

  /** The place after everything that is due before or at the same time, since that was sent before. */
  #placeOf(due: number): number {
    let low = 0;
    let high = this.#inFlight.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#inFlight[middle] as InFlight).due <= due) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Takes the next message that is due. A lost message is held back until {@link stopFaults}. */
  receive(): Delivery | undefined {
    const next = this.#inFlight[0];
    if (!next || next.due > this.#now) return undefined;
    this.#inFlight.shift();
    if (next.isLost) this.#lost.push(next);
    return { ...next, isDuplicate: next.message.isTakenIn };
  }

  /**
   * Takes a message before it is due: the first under this id with this result, or with any when none is
   * given. Lost ones are found as well.
   */
  take(id: ActionId, result?: { readonly value: unknown }): Delivery | undefined {
    const isMeant = ({ completion }: InFlight) =>
      completion.id === id && (!result || sameValue(completion.result, result.value));
    for (const messages of [this.#inFlight, this.#lost]) {
      const at = messages.findIndex(isMeant);
      const [taken] = at < 0 ? [] : messages.splice(at, 1);
      if (taken) return { ...taken, isDuplicate: taken.message.isTakenIn };
    }
    return undefined;
  }

  /** Loses a message that was taken or received: it is held back until {@link stopFaults}. */
  lose({ completion, message }: Delivery): void {
    this.#lost.push({
      completion,
      message,
      isLost: true,
      due: this.#now,
      sequence: this.#sequence,
    });
    this.#sequence += 1;
  }

  /** From now on, everything arrives at once, in the order of sending, and then all lost messages. */
  stopFaults(): void {
    this.#inFlight = this.#inFlight
      .toSorted((a, b) => a.sequence - b.sequence)
      .map((message) => ({ ...message, isLost: false, due: this.#now }));
    for (const lost of this.#lost.splice(0)) this.#add({ ...lost, isLost: false }, 0);
  }
}
