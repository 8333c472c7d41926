import type { Problem } from '../problem.ts';
import type { ChaCha8Rng } from '../random/chacha8-rng.ts';
import type { DeepReadonly } from '../value/value.ts';
import type { Executed } from './executed.ts';
import type { Completion, MachineTypes, StfInput } from './machine.ts';
import type { EarlierCompletion, EarlierInput } from './operation.ts';

/** What a run, or a sweep, says whose scenario has made no operation. */
export const NOTHING_TRIED =
  'The scenario made no operation, so nothing was tried. Its `next` must return operations.';

/** Why a run has fewer operations than it was to have. */
export const ENDED_BY_NEXT = '`next` returned nothing (undefined), which means the end';

/** Counts that a scenario keeps, by name. */
export type Tallies = Readonly<Record<string, number>>;

/**
 * Whether a property holds over machine and external systems together. A failure can name the
 * tracked action that it is about: causes are then distinguished by what came last for that action.
 */
export type SettledVerdict = boolean | string | { readonly message: string; readonly id: unknown };

/**
 * The external systems of a run: where tracked actions go, and where their results come from. Without
 * faults, their results arrive promptly and in order. What
 * `settled` needs to know must follow from `receive` and `observe` alone, so that a recorded run
 * can be judged again without its generator: whether `faults.strikes()` in `receive` is recorded, while
 * what `poll` and `settle` decide must be taken from the completions that `observe` sees.
 */
export interface ExternalSystems<T extends MachineTypes> {
  /** A tracked action arrives. Returns its result, unless that comes later. */
  receive(id: T['Id'], action: DeepReadonly<T['Tracked']>): T['Result'] | undefined;
  /** Called again and again during a run. Returns a result that is sent now. */
  poll?(): Completion<T> | EarlierCompletion<T> | undefined;
  /** Called when the faults have stopped. Returns a result that is still due, or `undefined`. */
  settle?(): Completion<T> | EarlierCompletion<T> | undefined;
  /**
   * Without faults, only the completions that the scenario returns from `next` come back, and `settled` is
   * not checked. Meant for scenarios whose operations without faults must stay unchanged; others should
   * leave it out, since a run in which no system answers says little.
   */
  readonly answersOnlyUnderFaults?: true;
  /** What must hold when everything outstanding has been delivered, by name. */
  readonly settled?: Readonly<Record<string, (state: DeepReadonly<T['State']>) => SettledVerdict>>;
}

/**
 * Generates the operations of one run. Everything it does follows from its random streams and from
 * what it observed: the same seed gives the same operations.
 */
export interface Driver<T extends MachineTypes> {
  /** The next operation, or `undefined` when there is nothing left to do. */
  next(state: DeepReadonly<T['State']>): StfInput<T> | EarlierInput<T> | undefined;
  /** Sees every executed step, crashes and restores included. */
  observe(step: Executed<T>): void;
  tallies(): Tallies;
  /** Without them, tracked actions complete only by what `next` returns. */
  readonly external?: ExternalSystems<T>;
  /**
   * What a scenario should reach at least once over many seeds, and whether this run has. A
   * sweep reports what was never reached.
   */
  sometimes?(): Readonly<Record<string, boolean>>;
  /**
   * Returns a driver that remembers the same, external systems included, and goes on independently: what one of
   * them is shown or draws leaves the other as it is. With it, the many runs that a what-if question tries
   * share the steps before the place that they ask about; without it, each of them shows these steps to a
   * driver again.
   *
   * @param random the stream of operations that it draws from.
   */
  copy?(random: ChaCha8Rng, faults: ExternalFaults): Driver<T>;
}

/** The failures of external systems, with the probability of the fault profile. */
export interface ExternalFaults {
  /** The external systems' stream of the seed. */
  readonly random: ChaCha8Rng;
  /** Whether an external system that could fail now does. Never under the profile `none`. */
  readonly strikes: () => boolean;
}

/** How a seed becomes a run of a machine. */
export interface Scenario<T extends MachineTypes> {
  readonly name: string;
  /** One sentence for the list of scenarios. */
  readonly description: string;
  /** Defaults: the seed as a decimal text, and a number of operations. */
  readonly defaults: { readonly seed: string; readonly operations: number };
  /**
   * Whether a request could occur. A run is shrunk to values that the scenario drew; where this returns
   * true, to simpler ones as well.
   */
  isPossible?(input: DeepReadonly<T['Input']>): boolean;
  /** Whether a result of a tracked action could come: without it, results stay as they were. */
  isPossibleResult?(result: DeepReadonly<T['Result']>): boolean;
  /** Begins a run. `random` is the operations' stream of the seed. */
  start(random: ChaCha8Rng, faults: ExternalFaults): Driver<T>;
}

/** A scenario of a machine whose types are not known here. */
// oxlint-disable-next-line typescript/no-explicit-any -- variance: any scenario must fit here.
export type AnyScenario = Scenario<any>;

/** Declares a scenario; it only helps TypeScript to infer and check. */
export function defineScenario<T extends MachineTypes>(scenario: Scenario<T>): Scenario<T> {
  return scenario;
}

/** The problem of a machine without scenarios: there is nothing to run. */
export function noScenarios(machine: string): Required<Pick<Problem, 'title' | 'remedy'>> {
  return {
    title: `The machine ${machine} has no scenario, so there is nothing to run.`,
    remedy:
      'Export a list from the machine file: export const scenarios = [defineScenario({ … })]. ' +
      'The README shows a small one. A JSON array of inputs in a file can be run as well.',
  };
}
