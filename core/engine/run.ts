import type { Guard } from '../isolation/guard.ts';
import type { Executed, IdleStep, Outcome } from '../machine/executed.ts';
import type { AnyMachine } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import type { Tallies } from '../machine/scenario.ts';
import { quoteValue, type Value } from '../value/value.ts';
import type { Maybe } from '../waiting.ts';
import { planChecks, type Sampling } from './check-plan.ts';
import { Executor, type CheckCounts, type ExecutionOptions } from './executor.ts';
import type { SettledFailure } from './findings.ts';
import type { OperationSource } from './operation-source.ts';
import { replaySource, type OperationList, type ReplayOptions } from './replay.ts';
import { scenarioOverran } from './scenario-guard.ts';
import { scenarioSource, type ScenarioRun } from './simulation.ts';
import type { Overrun, StepWatch } from './step-watch.ts';
import type { Violation } from './violations.ts';

/** Some machines ask again at each answer, or are sent messages for ever. */
const UNSETTLED: SettledFailure = {
  name: 'every run settles',
  message: 'The run does not come to its end: there is always one more message to deliver.',
  shape: 'settled',
};

/** A restore that panics is already a finding; one that returns an error would go unnoticed. */
function unrecovered(outcome: Outcome): readonly SettledFailure[] {
  if (outcome.kind !== 'err') return [];
  const message =
    `Whenever it is asked, restore answers ${quoteValue(outcome.error)}: ` +
    'the machine stays down after a crash.';
  return [{ name: 'every crash is recovered from', message, shape: 'restore' }];
}

/**
 * A machine being run on a source of operations. It can be advanced in slices, with pauses between
 * them. A run that is abandoned before its end must be closed.
 */
export class Run {
  readonly executor: Executor;
  readonly #machine: AnyMachine;
  readonly #options: ExecutionOptions;
  #source: OperationSource;
  /** Keeps invariants and scenarios from side effects, too. */
  readonly #guard: Guard | undefined;
  /** Notices when a step does not end. */
  readonly watch: StepWatch | undefined;
  #steps = 0;
  /** Whether the current slice ends with the current step. */
  #isPausing = false;
  /** The operation that is being executed, unless the scenario is asked. */
  #current: Operation | undefined;
  /** The outcome of the last step, if that was a restore without a fault. */
  #restored: Outcome | undefined;
  #isClosed = false;

  /**
   * @param branched see {@link branch}.
   * @throws {MachineError} when the machine has no initial state.
   */
  #summary: Pick<Run, 'tallies' | 'sometimes'> | undefined;

  constructor(
    machine: AnyMachine,
    source: OperationSource,
    options: ExecutionOptions = {},
    branched?: Executor,
  ) {
    this.#machine = machine;
    this.#options = options;
    this.#guard = options.guard;
    this.watch = options.watch;
    this.#guard?.output.begin();
    this.#guard?.enterAside();
    try {
      this.executor = branched ?? new Executor(machine, options);
    } finally {
      this.#guard?.leaveAside();
    }
    this.#source = source;
  }

  /**
   * A run that goes on from here for itself, with the operations of another source.
   *
   * @returns `undefined` when the state cannot be copied, such as on a server.
   */
  branch(source: OperationSource): Run | undefined {
    const executor = this.executor.branch();
    if (!executor) return undefined;
    const branch = new Run(this.#machine, source, this.#options, executor);
    branch.#steps = this.#steps;
    branch.#restored = this.#restored;
    return branch;
  }

  /** Steps executed so far. */
  get steps(): number {
    return this.#steps;
  }

  /** Operations of the scenario so far, without those that the simulation adds. */
  get operations(): number {
    return this.#source.operations;
  }

  /** Whether the scenario had no more operations, although it was asked for more. */
  get hasEndedEarly(): boolean {
    return this.#source.hasEndedEarly ?? false;
  }

  /** What was checked so far, and how often. */
  get checks(): CheckCounts {
    return { ...this.executor.checks, settled: this.#source.settledCounts };
  }

  get tallies(): Tallies {
    return this.#summary?.tallies ?? this.#source.tallies();
  }

  /** What the scenario should reach now and then, and whether this run has. */
  get sometimes(): Readonly<Record<string, boolean>> {
    return this.#summary?.sometimes ?? this.#source.sometimes();
  }

  /**
   * Asks the scenario for both, once for all. See `sumUp`, which does so within a time limit.
   *
   * @throws {ScenarioError} when the scenario throws.
   */
  sumUp(): void {
    const { tallies, sometimes } = this;
    this.#summary = { tallies, sometimes };
  }

  /**
   * Executes up to `stepsMax` more steps and returns whether there may be more to come. Returns a
   * promise only for a machine that awaits.
   *
   * @param observe called with each step.
   * @param stir called when a step takes long because a scenario is shown earlier ones.
   * @throws {ScenarioError} when the scenario throws.
   */
  advance(
    stepsMax: number,
    observe: (step: Executed) => void = ignore,
    stir?: () => void,
  ): boolean | Promise<boolean> {
    this.#source.stir = stir;
    this.#guard?.enterAside();
    let isAwaiting = false;
    this.#isPausing = false;
    try {
      for (let made = 0; made < stepsMax && !this.#isPausing; made += 1) {
        const executed = this.#execute();
        if (executed === undefined) return false;
        if (executed instanceof Promise) {
          isAwaiting = true;
          return this.#await(executed, stepsMax - made - 1, observe);
        }
        this.#finish(executed, observe);
      }
      return true;
    } finally {
      if (!isAwaiting) this.#guard?.leaveAside();
    }
  }

  /**
   * Takes in steps that were executed before, such as those of a trace up to a fork, without executing them
   * again: the run goes on after them. A machine whose state is in a database does execute them.
   *
   * @param state the one after the last of the steps.
   */
  async lead(steps: Iterable<Executed | IdleStep>, state: Value): Promise<void> {
    await this.#aside(async () => {
      for (const step of steps) {
        const led = this.takeIn(step);
        if (led) await led;
      }
      await this.executor.endLead(state);
    });
  }

  /** Takes in the next step as {@link lead} does, for runs of which others take in the steps. */
  takeIn(step: Executed | IdleStep): Maybe<void> {
    const led = this.executor.lead(step);
    this.#steps += 1;
    if (step === 'idle') this.#restored = undefined;
    else this.#noteRestore(step);
    return led;
  }

  /** Asks as {@link Executor.askRestarted} does. */
  askRestarted(): Promise<Violation | undefined> {
    return this.#aside(() => this.executor.askRestarted());
  }

  async #aside<Result>(act: () => Maybe<Result>): Promise<Result> {
    this.#guard?.enterAside();
    try {
      return await act();
    } finally {
      this.#guard?.leaveAside();
    }
  }

  /** Takes the operations from another source from now on. */
  goOnWith(source: OperationSource): this {
    this.#source = source;
    return this;
  }

  /** Ends the current slice with the current step. Called from `observe`. */
  pause(): void {
    this.#isPausing = true;
  }

  /** Releases the storage of the state: nothing more can be executed. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.executor.close();
  }

  /**
   * Ends the run at the step that did not end, which becomes its last one.
   *
   * @throws {ScenarioError} when it was the scenario that did not end.
   */
  overrun(overrun: Overrun, observe: (step: Executed) => void = ignore): void {
    // None of the code that was being executed has come to its end.
    this.#guard?.abandon();
    const operation = this.#current;
    if (operation) {
      this.#steps += 1;
      observe(this.#withOutput(this.executor.overrun(operation, overrun)));
    }
    this.#closeAnyway();
    if (!operation) throw scenarioOverran(overrun);
  }

  /** Storage that was left in the middle of something may fail to close; it ends with its process. */
  #closeAnyway(): void {
    try {
      this.close();
    } catch {}
  }

  /** Continues with a machine that awaits, in a loop: a chain of promises would grow with each step. */
  async #await(
    first: Promise<Executed>,
    stepsMax: number,
    observe: (step: Executed) => void,
  ): Promise<boolean> {
    try {
      let executed: Executed | Promise<Executed> | undefined = first;
      for (let made = 0; executed !== undefined; made += 1) {
        const step: Executed = await executed;
        // It comes too late for a run that was ended at this step.
        if (this.#isClosed) return false;
        this.#finish(step, observe);
        if (made === stepsMax || this.#isPausing) return true;
        executed = this.#execute();
      }
      return false;
    } finally {
      this.#guard?.leaveAside();
    }
  }

  #execute(): Executed | Promise<Executed> | undefined {
    const { state } = this.executor;
    const operation = this.#isClosed ? undefined : this.#source.next(state);
    if (operation === undefined) {
      this.close();
      return undefined;
    }
    const failures = operation.kind === 'settled' ? this.#judge(operation, state) : undefined;
    this.#current = operation;
    return this.executor.execute(operation, failures);
  }

  /** Returns the properties that do not hold at the end. */
  #judge(
    { isEndless, isDown }: Operation & { kind: 'settled' },
    state: Value,
  ): readonly SettledFailure[] {
    // Nothing was delivered to a machine that is down, so its state cannot be judged.
    if (isDown) return this.#restored ? unrecovered(this.#restored) : [];
    const failures = this.#source.judge(state);
    return isEndless ? [...failures, UNSETTLED] : failures;
  }

  /** The step with what was printed since the one before it. */
  #withOutput(step: Executed): Executed {
    const output = this.#guard?.output.take() ?? step.output;
    return output.length === 0 ? step : { ...step, output };
  }

  /** The step as it is recorded. A scenario that throws at it does not undo it: it is observed first. */
  #observed(step: Executed, observe: (step: Executed) => void): Executed {
    try {
      return this.#withOutput(this.#source.observe(step));
    } catch (error) {
      observe(this.#withOutput(step));
      throw error;
    }
  }

  #finish(step: Executed, observe: (step: Executed) => void): void {
    this.#current = undefined;
    this.#steps += 1;
    this.#noteRestore(step);
    observe(this.#observed(step, observe));
  }

  #noteRestore({ operation, outcome }: Executed): void {
    this.#restored = operation.kind === 'restore' && !operation.fault ? outcome : undefined;
  }
}

function ignore(): void {}

/** How a seed is run. */
export interface StartOptions extends Pick<ExecutionOptions, 'guard' | 'watch'> {
  /** How often expensive checks are made; by default every time. */
  readonly sampling?: Sampling | undefined;
}

/** Everything that a run depends on except its seed. */
export interface RunPlan extends StartOptions {
  readonly machine: AnyMachine;
  readonly settings: Omit<ScenarioRun, 'seed'>;
  readonly sampling: Sampling;
}

/** Begins the run of a seed as planned; throws as {@link startRun} does. */
export function startSeed({ machine, settings, ...options }: RunPlan, seed: bigint): Run {
  return startRun(machine, { ...settings, seed }, options);
}

/**
 * Begins the run of a seed, with the faults of its profile and the checks that they need. The same
 * settings give the same steps everywhere.
 *
 * @throws {MachineError} when the machine has no initial state.
 * @throws {ScenarioError} when the scenario does not start.
 */
export function startRun(
  machine: AnyMachine,
  settings: ScenarioRun,
  { sampling, guard, watch }: StartOptions = {},
): Run {
  const { locate } = settings;
  return new Run(machine, scenarioSource({ ...settings, guard }), {
    locate,
    guard,
    watch,
    checks: planChecks(machine, settings.faults, sampling),
  });
}

/** How a list of operations is executed. */
export interface ReplayPlan
  extends ReplayOptions, Pick<ExecutionOptions, 'checks' | 'watch' | 'initialState'> {
  readonly machine: AnyMachine;
}

/**
 * Begins the run of a list of operations, such as those of a trace.
 *
 * @throws {MachineError} when the machine has no initial state.
 * @throws {ScenarioError} when the scenario that judges the run does not start.
 */
export function startReplay(
  { machine, checks, watch, initialState, ...options }: ReplayPlan,
  operations: OperationList,
): Run {
  const { locate, guard } = options;
  return new Run(machine, replaySource(operations, options), {
    locate,
    guard,
    watch,
    checks,
    initialState,
  });
}
