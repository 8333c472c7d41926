import type { Executed } from '../engine/executor.ts';
import type { ChaCha8Rng } from '../random/chacha8-rng.ts';
import type { DeepReadonly } from '../value/value.ts';
import type { MachineTypes } from './machine.ts';

/** What a scenario does next: an input, or the completion of a tracked action. */
export type DriverOperation<T extends MachineTypes> =
  | { readonly kind: 'input'; readonly input: T['Input'] }
  | { readonly kind: 'completion'; readonly id: T['Id']; readonly result: T['Result'] };

/** What the engine executes: a driver's operation, or a fault that it drew itself. */
export type Operation<T extends MachineTypes = MachineTypes> =
  | DriverOperation<T>
  /** The process dies after the last step's commit, when `dispatched` of its actions were out. */
  | { readonly kind: 'crash'; readonly dispatched: number }
  /** The process is back: `restore` is asked for the outstanding actions. */
  | { readonly kind: 'restore' };

/** Counts that a scenario keeps, by name. */
export type Tallies = Readonly<Record<string, number>>;

/**
 * Generates the operations of one run. Everything it does follows from its random stream and from
 * what it observed: the same seed gives the same operations.
 */
export interface Driver<T extends MachineTypes> {
  /** The next operation, or `undefined` when there is nothing left to do. */
  next(state: DeepReadonly<T['State']>): DriverOperation<T> | undefined;
  /** Sees every executed step, crashes and restores included. */
  observe(step: Executed<T>): void;
  tallies(): Tallies;
}

/** How a seed becomes a run of a machine. */
export interface Scenario<T extends MachineTypes> {
  readonly name: string;
  /** One sentence for the list of scenarios. */
  readonly description: string;
  /** Proposed when none is given: a decimal text, and a number of operations. */
  readonly defaults: { readonly seed: string; readonly operations: number };
  /** Begins a run. `random` is the operations' stream of the seed. */
  start(random: ChaCha8Rng): Driver<T>;
}

/** A scenario of a machine whose types are not known here. */
// oxlint-disable-next-line typescript/no-explicit-any -- variance: any scenario must fit here.
export type AnyScenario = Scenario<any>;

/** Declares a scenario; it only helps TypeScript to infer and check. */
export function defineScenario<T extends MachineTypes>(scenario: Scenario<T>): Scenario<T> {
  return scenario;
}
