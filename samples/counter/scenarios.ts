import { defineScenario, type Driver, type Executed } from 'phasmoscope';
import type { Counter } from './machine.ts';

/** Only increments. It draws nothing: seeds differ in their faults only. */
class CountingDriver implements Driver<Counter> {
  #increments = 0;
  #overflows = 0;
  readonly #mustReachLimit: boolean;

  constructor(mustReachLimit: boolean) {
    this.#mustReachLimit = mustReachLimit;
  }

  next() {
    return { kind: 'normal', input: 'Increment' } as const;
  }

  observe({ operation, outcome }: Executed<Counter>): void {
    if (operation.kind !== 'normal') return;
    if (outcome.kind === 'ok') this.#increments += 1;
    if (outcome.kind === 'err' && outcome.error.kind === 'Overflow') this.#overflows += 1;
  }

  sometimes() {
    if (!this.#mustReachLimit) return {};
    return { 'an increment beyond the limit': this.#overflows > 0 };
  }

  tallies() {
    return { increments: this.#increments, overflows: this.#overflows };
  }
}

export const counting = defineScenario<Counter>({
  name: 'counting',
  description: 'One increment after the other.',
  defaults: { seed: '1', operations: 100 },
  start: () => new CountingDriver(false),
});

export const countingToTheLimit = defineScenario<Counter>({
  name: 'counting-to-the-limit',
  description: 'One increment after the other, until there is no room left.',
  defaults: { seed: '1', operations: 100 },
  start: () => new CountingDriver(true),
});
