import { driveToEnd } from '../engine/driving.ts';
import { Run } from '../engine/run.ts';
import { scenarioSource } from '../engine/simulation.ts';
import type { Executed } from '../machine/executed.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import type { ActionId } from '../machine/machine.ts';
import { parseSeed, valueOf } from '../text/quantities.ts';
import { SelfExplainingError } from '../thrown.ts';
import type { ForkSubject } from './fork.ts';
import type { Parent } from './parent.ts';

/** A result, and the action that it is of. */
export interface Answer {
  readonly action: unknown;
  readonly result: unknown;
}

/** What requests a run has, and what its external systems answer. */
export interface Drawn {
  readonly inputs: readonly unknown[];
  readonly answers: readonly Answer[];
}

/** The operations that are asked of a scenario. */
const DRAWN_MAX = 100;

/** Takes what is drawn from the steps of a run, in their order. */
export class DrawnWatch implements Drawn {
  readonly inputs: unknown[] = [];
  readonly answers: Answer[] = [];
  readonly #asked = new Map<ActionId, unknown>();

  add({ operation, actions }: Pick<Executed, 'operation' | 'actions'>): void {
    if (operation.kind === 'normal') this.inputs.push(operation.input);
    if (operation.kind === 'trackedActionCompleted' && this.#asked.has(operation.id)) {
      this.answers.push({ action: this.#asked.get(operation.id), result: operation.result });
    }
    for (const one of actions) if (one.kind === 'tracked') this.#asked.set(one.id, one.action);
  }
}

/** What the scenario of a run draws first from its seed, without faults; nothing without a scenario. */
export async function drawnByScenario(subject: ForkSubject, { header }: Parent): Promise<Drawn> {
  const { machine, scenario, guard, watch, locate } = subject;
  const drawn = new DrawnWatch();
  if (!scenario) return drawn;
  const seed = valueOf(parseSeed(header.seed));
  const faults = FAULT_PROFILES.none;
  try {
    const source = scenarioSource({
      scenario,
      seed,
      operationsMax: DRAWN_MAX,
      faults,
      guard,
      locate,
    });
    const checks = {
      invariantsEvery: Number.MAX_SAFE_INTEGER,
      closeEvery: Number.MAX_SAFE_INTEGER,
      rules: {},
    };
    const run = new Run(machine, source, { guard, watch, locate, checks });
    await driveToEnd(run, { observe: (step) => drawn.add(step) });
  } catch (error) {
    // The scenario does not go on by itself: what it has drawn until then will do.
    if (!(error instanceof SelfExplainingError)) throw error;
  }
  return drawn;
}
