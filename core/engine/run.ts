import type { AnyMachine, MachineTypes } from '../machine/machine.ts';
import type { AnyScenario, Driver, Operation, Tallies } from '../machine/scenario.ts';
import { ChaCha8Rng } from '../random/chacha8-rng.ts';
import type { Value } from '../value/value.ts';
import { Executor, type Executed, type LocateError } from './executor.ts';

/** Where the operations of a run come from. */
export interface OperationSource {
  /** The next operation, or `undefined` when the run is over. */
  next(state: Value): Operation | undefined;
  /** Sees each executed step before the next operation is asked for. */
  observe(step: Executed): void;
  tallies(): Tallies;
  /** Operations given so far, without the crashes and restores among the steps. */
  readonly operations: number;
}

/** Which faults strike during a run: `none`, or crashes after the commit followed by restore. */
export type FaultProfile = 'none' | 'crashes';

/** The fault profiles by name, with what they do. */
export const FAULT_PROFILES: Readonly<Record<FaultProfile, string>> = {
  none: 'No faults: every operation runs to its end.',
  crashes: 'One accepted step in twenty is followed by a crash, before all of its actions are out.',
};

/** The share of accepted steps after which the process dies, under the profile `crashes`. */
const CRASH_PROBABILITY = 0.05;

/** Streams of a seed: switching faults off leaves the operations as they were. */
const STREAM = { operations: 0n, faults: 2n } as const;

/** Thrown when the author's scenario threw: the run cannot go on, the machine is not to blame. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

/** What makes a run out of a scenario. */
export interface ScenarioRun {
  readonly scenario: AnyScenario;
  /** 0 to 2^64 - 1. */
  readonly seed: bigint;
  /** How many operations the scenario is asked for. */
  readonly operationsMax: number;
  readonly faults: FaultProfile;
}

/** Operations drawn from a seed: the scenario's, with the faults of the profile among them. */
export function scenarioSource(run: ScenarioRun): OperationSource {
  const { scenario, operationsMax } = run;
  const driver = startDriver(run);
  const faults = ChaCha8Rng.seedFromU64(run.seed, STREAM.faults);
  const queued: Operation[] = [];
  let operations = 0;
  return {
    next(state) {
      const fault = queued.shift();
      if (fault) return fault;
      if (operations >= operationsMax) return undefined;
      try {
        const operation = driver.next(state);
        if (operation !== undefined) operations += 1;
        return operation;
      } catch (error) {
        throw scenarioError(scenario.name, 'next', error);
      }
    },
    observe(step) {
      try {
        driver.observe(step);
      } catch (error) {
        throw scenarioError(scenario.name, 'observe', error);
      }
      if (run.faults === 'none' || step.outcome.kind !== 'ok') return;
      if (step.operation.kind === 'crash' || step.operation.kind === 'restore') return;
      if (!faults.genBool(CRASH_PROBABILITY)) return;
      const dispatched = faults.genRangeInclusive('usize', 0, step.actions.length);
      queued.push({ kind: 'crash', dispatched }, { kind: 'restore' });
    },
    tallies: () => driver.tallies(),
    get operations() {
      return operations;
    },
  };
}

/** Operations from a list, such as those of a recorded trace. */
export function replaySource(list: readonly Operation[]): OperationSource {
  let position = 0;
  let operations = 0;
  return {
    next() {
      const operation = list[position];
      position += 1;
      if (operation?.kind === 'input' || operation?.kind === 'completion') operations += 1;
      return operation;
    },
    observe() {},
    tallies: () => ({}),
    get operations() {
      return operations;
    },
  };
}

function startDriver({ scenario, seed }: ScenarioRun): Driver<MachineTypes> {
  try {
    return scenario.start(ChaCha8Rng.seedFromU64(seed, STREAM.operations));
  } catch (error) {
    throw scenarioError(scenario.name, 'start', error);
  }
}

function scenarioError(scenario: string, method: string, cause: unknown): ScenarioError {
  const message = `The scenario ${scenario} threw in ${method}: ${String(cause)}`;
  return new ScenarioError(message, { cause });
}

/**
 * A machine being run on a source of operations. It can be advanced in slices, left for a while,
 * and advanced again.
 */
export class Run {
  readonly executor: Executor;
  readonly #source: OperationSource;
  #steps = 0;

  /** @throws what the machine's `initialState` throws. */
  constructor(machine: AnyMachine, source: OperationSource, locate?: LocateError) {
    this.executor = new Executor(machine, locate);
    this.#source = source;
  }

  /** Steps executed so far. */
  get steps(): number {
    return this.#steps;
  }

  /** Operations executed so far: steps without crashes and restores. */
  get operations(): number {
    return this.#source.operations;
  }

  get tallies(): Tallies {
    return this.#source.tallies();
  }

  /**
   * Executes up to `stepsMax` more steps and answers whether there may be more to come. Only a
   * machine that awaits makes it answer a promise.
   *
   * @param observe is called with each step.
   * @throws {ScenarioError} when the scenario throws.
   */
  advance(
    stepsMax: number,
    observe: (step: Executed) => void = ignore,
  ): boolean | Promise<boolean> {
    for (let made = 0; made < stepsMax; made += 1) {
      const operation = this.#source.next(this.executor.state);
      if (operation === undefined) return false;
      const executed = this.executor.execute(operation);
      if (executed instanceof Promise) {
        return executed.then((step) => {
          this.#finish(step, observe);
          return this.advance(stepsMax - made - 1, observe);
        });
      }
      this.#finish(executed, observe);
    }
    return true;
  }

  #finish(step: Executed, observe: (step: Executed) => void): void {
    this.#steps += 1;
    this.#source.observe(step);
    observe(step);
  }
}

function ignore(): void {}
