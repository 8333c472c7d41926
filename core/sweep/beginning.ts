import { driveToStep, type Pulse } from '../engine/driving.ts';
import { startSeed, type RunPlan } from '../engine/run.ts';
import type { Executed } from '../machine/executed.ts';
import type { Operation } from '../machine/operation.ts';
import { SelfExplainingError } from '../thrown.ts';
import { sameValue } from '../value/value.ts';

/** How many steps of a run are compared: what a module keeps of earlier seeds shows soon. */
const STEPS_MAX = 100;

/** The first operations of a run, and the state after them. */
export class Beginning {
  readonly #operations: Operation[] = [];
  #state: unknown;

  add({ operation, after }: Executed): void {
    if (this.isComplete) return;
    this.#operations.push(operation);
    this.#state = after;
  }

  get isComplete(): boolean {
    return this.#operations.length === STEPS_MAX;
  }

  /** Whether a seed begins like this when it is run as planned; assumed where the pulse stops it. */
  async isThatOf(plan: RunPlan, seed: bigint, pulse: Pulse): Promise<boolean> {
    const other = new Beginning();
    try {
      const isLast = (step: Executed) => {
        other.add(step);
        return other.isComplete;
      };
      const { isStopped } = await driveToStep(startSeed(plan, seed), isLast, { pulse });
      if (isStopped) return true;
    } catch (error) {
      if (!(error instanceof SelfExplainingError)) throw error;
    }
    return sameValue(this.#operations, other.#operations) && sameValue(this.#state, other.#state);
  }
}
