import type { DeepReadonly, Executed, Operation } from 'phasmoscope';
import { replay } from 'phasmoscope/testing';
import { expect } from 'vitest';
import { machine, type Dentist } from './machine.ts';
import { APPOINTMENTS, type Day, type Time } from './schedule.ts';

/**
 * A dentist whose patients can be sent one by one. Every step is expected to keep the invariants.
 */
export class Practice {
  readonly #operations: Operation<Dentist>[] = [];
  #last: Executed<Dentist> | undefined;

  /** Asks for an appointment; returns the id of the request, or `undefined` when it is refused. */
  async request(input: Dentist['Input']): Promise<number | undefined> {
    const { outcome, actions } = await this.#execute({ kind: 'normal', input });
    if (outcome.kind === 'err') return undefined;
    const [emitted] = actions;
    if (emitted?.kind !== 'tracked') throw new Error('an accepted request holds its price');
    return emitted.id;
  }

  /** The payment of a request succeeds. */
  async pay(id: number): Promise<void> {
    const amount = APPOINTMENTS[this.requestOf(id).aptType].dollars;
    const result = { kind: 'Success', amount } as const;
    const { outcome } = await this.#execute({ kind: 'trackedActionCompleted', id, result });
    expect(outcome).toEqual({ kind: 'ok' });
  }

  /** Asks for an appointment and pays for it; returns where it is. */
  async book(input: Dentist['Input']): Promise<{ readonly day: Day; readonly time: Time }> {
    const id = await this.request(input);
    if (id === undefined) throw new Error('the request is accepted');
    await this.pay(id);
    return this.requestOf(id).slot;
  }

  requestOf(id: number) {
    const found = this.state.pending.get(id);
    if (!found) throw new Error(`there is no request ${id}`);
    return found;
  }

  get state(): DeepReadonly<Dentist['State']> {
    return this.#last?.after ?? machine.initialState();
  }

  /** Executes all operations from the beginning, which is fast for so short a run. */
  async #execute(operation: Operation<Dentist>): Promise<Executed<Dentist>> {
    this.#operations.push(operation);
    const operations = this.#operations;
    const steps = await replay<Dentist>({ machine: { machine }, faults: 'none', operations });
    const last = steps.at(-1);
    if (!last) throw new Error('there is a step');
    expect(last.findings).toEqual([]);
    this.#last = last;
    return last;
  }
}

/** The patient with a number. */
export function patient(userId: number) {
  return { userId, name: `User${userId}`, email: `user${userId}@example.com` };
}
