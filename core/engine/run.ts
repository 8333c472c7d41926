import type { AnyMachine, MachineTypes } from '../machine/machine.ts';
import type { AnyScenario, Driver, Operation, Tallies } from '../machine/scenario.ts';
import { ChaCha8Rng } from '../random/chacha8-rng.ts';
import type { Value } from '../value/value.ts';
import { Executor, type Executed, type ExecutionOptions, type LocateError } from './executor.ts';

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
  crashes: 'One accepted step in twenty is followed by a crash, which may lose its actions.',
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
  /** Finds the author's source line of what the scenario throws. */
  readonly locate?: LocateError;
}

/** Operations drawn from a seed: the scenario's, with the faults of the profile among them. */
export function scenarioSource(run: ScenarioRun): OperationSource {
  const { operationsMax } = run;
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
        // The types promise an operation, but the scenario may come from plain JavaScript.
        const operation = driver.next(state) ?? undefined;
        if (operation === undefined) return undefined;
        if (operation.kind !== 'input' && operation.kind !== 'completion') {
          throw new TypeError('an operation has the kind "input" or "completion"');
        }
        operations += 1;
        return operation;
      } catch (error) {
        throw scenarioError(run, 'next', error);
      }
    },
    observe(step) {
      try {
        driver.observe(step);
      } catch (error) {
        throw scenarioError(run, 'observe', error);
      }
      if (run.faults === 'none' || step.outcome.kind !== 'ok') return;
      if (step.operation.kind === 'crash' || step.operation.kind === 'restore') return;
      if (!faults.genBool(CRASH_PROBABILITY)) return;
      const dispatched = faults.genRangeInclusive('usize', 0, step.actions.length);
      queued.push({ kind: 'crash', dispatched }, { kind: 'restore' });
    },
    tallies: () => checkTallies(run, driver.tallies()),
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

function checkTallies(run: ScenarioRun, tallies: Tallies): Tallies {
  for (const [name, count] of Object.entries(tallies)) {
    if (Number.isFinite(count)) continue;
    throw scenarioError(run, 'tallies', new RangeError(`"${name}" is no number, but ${count}`));
  }
  return tallies;
}

function startDriver(run: ScenarioRun): Driver<MachineTypes> {
  try {
    return run.scenario.start(ChaCha8Rng.seedFromU64(run.seed, STREAM.operations));
  } catch (error) {
    throw scenarioError(run, 'start', error);
  }
}

function scenarioError(run: ScenarioRun, method: string, cause: unknown): ScenarioError {
  const place = run.locate?.(cause);
  const at = place === undefined ? '' : ` at ${place}`;
  const message = `The scenario ${run.scenario.name} threw in ${method}${at}: ${String(cause)}`;
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

  /** @throws {MachineError} when the machine has no initial state. */
  constructor(machine: AnyMachine, source: OperationSource, options?: ExecutionOptions) {
    this.executor = new Executor(machine, options);
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
