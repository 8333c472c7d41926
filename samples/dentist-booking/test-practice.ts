import type { DeepReadonly, Executed, Operation } from 'phasmoscope';
import { expect } from 'vitest';
import type { Dentist } from './machine.ts';
import { APPOINTMENTS, type Day, type Time } from './schedule.ts';

/** What executes a machine: the engine's executor, which a sample's helpers must not know. */
export interface Executing {
  readonly state: unknown;
  execute(operation: Operation): unknown;
}

/**
 * A dentist whose patients can be sent one by one. Every step is expected to keep the invariants.
 */
export class Practice {
  readonly #executor: Executing;

  constructor(executor: Executing) {
    this.#executor = executor;
  }

  /** Asks for an appointment, and answers the id of the request; `undefined` when it is refused. */
  request(input: Dentist['Input']): number | undefined {
    const { outcome, actions } = this.#execute({ kind: 'normal', input });
    if (outcome.kind === 'err') return undefined;
    const [emitted] = actions;
    if (emitted?.kind !== 'tracked') throw new Error('an accepted request holds its price');
    return emitted.id;
  }

  /** The payment of a request succeeds. */
  pay(id: number): void {
    const amount = APPOINTMENTS[this.requestOf(id).aptType].dollars;
    const result = { kind: 'Success', amount } as const;
    const { outcome } = this.#execute({ kind: 'trackedActionCompleted', id, result });
    expect(outcome).toEqual({ kind: 'ok' });
  }

  /** Asks for an appointment and pays for it; answers where it is. */
  book(input: Dentist['Input']): { readonly day: Day; readonly time: Time } {
    const id = this.request(input);
    if (id === undefined) throw new Error('the request is accepted');
    this.pay(id);
    return this.requestOf(id).slot;
  }

  requestOf(id: number) {
    const found = this.state.pending.get(id);
    if (!found) throw new Error(`there is no request ${id}`);
    return found;
  }

  get state(): DeepReadonly<Dentist['State']> {
    return this.#executor.state as DeepReadonly<Dentist['State']>;
  }

  #execute(operation: Operation<Dentist>): Executed<Dentist> {
    const step = this.#executor.execute(operation) as Executed<Dentist>;
    expect(step.findings).toEqual([]);
    return step;
  }
}

/** Who asks, by number. */
export function patient(userId: number) {
  return { userId, name: `User${userId}`, email: `user${userId}@example.com` };
}
