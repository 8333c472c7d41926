import type { Executed } from '../machine/executed.ts';
import type { FaultProfile } from '../machine/faults.ts';
import type { ExternalFaults } from '../machine/scenario.ts';
import type { ChaCha8Rng } from '../random/chacha8-rng.ts';

/** The faults that external systems draw, of which a replay needs those drawn while they receive an action. */
export class ExternalDraws {
  /** What an external system draws from. */
  readonly faults: ExternalFaults;
  /** The draws while the external systems received the actions of the current step. */
  #failures: boolean[] = [];
  #isReceiving = false;

  constructor({ externalFails = 0 }: FaultProfile, random: ChaCha8Rng) {
    const strikes = () => {
      const hasStruck = externalFails > 0 && random.genBool(externalFails);
      if (this.#isReceiving) this.#failures.push(hasStruck);
      return hasStruck;
    };
    this.faults = { random, strikes };
  }

  /** Has an external system receive an action. */
  during<T>(receive: () => T): T {
    this.#isReceiving = true;
    try {
      return receive();
    } finally {
      this.#isReceiving = false;
    }
  }

  /** Forgets the draws of the step before. */
  reset(): void {
    if (this.#failures.length > 0) this.#failures = [];
  }

  /** Adds the draws to the step whose actions were received, if one of them struck. */
  addTo(step: Executed): Executed {
    if (this.#failures.length === 0 || !this.#failures.includes(true)) return step;
    const externalFailures = [...this.#failures];
    return { ...step, operation: Object.assign({}, step.operation, { externalFailures }) };
  }
}
