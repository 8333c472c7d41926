import type { Guard } from '../isolation/guard.ts';
import { isTakenIn, type EmittedAction, type Executed } from '../machine/executed.ts';
import type { Completion, MachineTypes } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import type { AnyScenario, Driver, Tallies } from '../machine/scenario.ts';
import { ChaCha8Rng } from '../random/chacha8-rng.ts';
import type { Value } from '../value/value.ts';
import type { SettledFailure } from './findings.ts';
import { ScenarioGuard } from './scenario-guard.ts';
import { SettledJudge } from './settled-judge.ts';
import { SETTLING_STEPS_MAX, type OperationSource } from './simulation.ts';
import type { LocateError } from './transactor.ts';

/** What a replay needs besides its operations. */
export interface ReplayOptions {
  /** Judges the steps: its tallies, and what must hold at the end. */
  readonly scenario?: AnyScenario | undefined;
  readonly locate?: LocateError | undefined;
  readonly guard?: Guard | undefined;
  /**
   * Replaces an operation of the list; `undefined` leaves it out. With a `rewrite`, the list need not
   * be settled at its end: the outstanding answers of the external systems are added.
   *
   * @param isAdded whether the operation is such an addition, made before this position in the list.
   */
  readonly rewrite?: (
    operation: Operation,
    position: number,
    isAdded: boolean,
  ) => Operation | undefined;
  /**
   * Steps before the list. They are shown to the scenario, as those of the list are, only when it is asked
   * something: most runs that are tried end before that.
   */
  readonly past?: (() => Iterable<Executed>) | undefined;
}

/** Steps of the list that wait to be shown to the scenario, at most. */
const WAITING_MAX = 10_000;

/** Operations in order: all of them, or read when they are asked for. */
export type OperationList =
  | readonly Operation[]
  | {
      /** The operation at a position; `undefined` behind the last one. */
      at(position: number): Operation | undefined;
    };

/** A source of operations from a list, such as those of a recorded trace. */
export function replaySource(list: OperationList, options: ReplayOptions = {}): OperationSource {
  return new Replay(list, options);
}

class Replay implements OperationSource {
  readonly #list: OperationList;
  readonly #rewrite: ReplayOptions['rewrite'];
  readonly #guard: ScenarioGuard;
  readonly #driver: Driver<MachineTypes> | undefined;
  readonly #judge: SettledJudge | undefined;
  /** Actions of the last step: a crash may still keep some of them from being received. */
  #undispatched: readonly EmittedAction[] = [];
  /** Whether the external systems fail when they receive these actions, in the order of the draws. */
  #failures: boolean[] = [];
  /** Answers of the external systems that have not been delivered, by id. */
  readonly #answers = new Map<unknown, Completion>();
  #added = 0;
  #position = 0;
  #operations = 0;
  /** Steps that the scenario has not been shown, where it is shown none before it is asked something. */
  #past: ReplayOptions['past'];
  #waiting: Executed[] | undefined;
  stir: (() => void) | undefined;

  constructor(list: OperationList, options: ReplayOptions) {
    const { scenario, rewrite } = options;
    this.#list = list;
    this.#rewrite = rewrite;
    this.#guard = new ScenarioGuard(scenario, options);
    if (!scenario) return;
    this.#past = options.past;
    this.#waiting = options.past ? [] : undefined;
    // The scenario only observes: its own draws do not matter.
    const random = ChaCha8Rng.seedFromU64(0n);
    const strikes = () => this.#failures.shift() ?? false;
    this.#driver = this.#guard.call('start', () => scenario.start(random, { random, strikes }));
    this.#judge = new SettledJudge(this.#driver, this.#guard);
  }

  get operations(): number {
    this.#catchUp();
    return this.#operations;
  }

  next(): Operation | undefined {
    const operation = this.#take();
    this.#begin(operation);
    return operation;
  }

  #begin(operation: Operation | undefined): void {
    // Whoever has not been shown a step has sent nothing of it.
    if (!this.#waiting) {
      this.#dispatch(operation?.kind === 'crash' ? operation.dispatched : undefined);
    }
    this.#count(operation);
  }

  #count(operation: Operation | undefined): void {
    if (operation?.kind === 'normal' || operation?.kind === 'trackedActionCompleted')
      this.#operations += 1;
  }

  #take(): Operation | undefined {
    for (;;) {
      const position = this.#position;
      const given = this.#list.at(position);
      if (given === undefined || !this.#rewrite) {
        this.#position += 1;
        return given && this.#ended(given);
      }
      const due = given.kind === 'settled' && !given.isDown ? this.#whatIsDue() : undefined;
      if (!due) this.#position += 1;
      const operation = this.#rewrite(due ?? this.#settled(given), position, due !== undefined);
      if (operation) return operation;
    }
  }

  /** A run that was endless may end with a corrected machine: nothing more is due then. */
  #ended(given: Operation): Operation {
    const wasEndless = given.kind === 'settled' && given.isEndless && this.#driver?.external;
    return wasEndless && !this.#whatIsDue() ? { kind: 'settled' } : given;
  }

  /** Decides again whether the run is endless: a rewritten list may differ from the original. */
  #settled(given: Operation): Operation {
    if (given.kind !== 'settled' || given.isDown) return given;
    return this.#added > SETTLING_STEPS_MAX
      ? { kind: 'settled', isEndless: true }
      : { kind: 'settled' };
  }

  /** Shows the scenario all steps so far, in their order. */
  #catchUp(): void {
    const waiting = this.#waiting;
    if (!waiting) return;
    this.#waiting = undefined;
    for (const step of this.#past?.() ?? []) {
      this.#count(step.operation);
      this.#show(step);
    }
    for (const step of waiting) this.#show(step);
  }

  #show(step: Executed): void {
    const { operation } = step;
    this.#dispatch(operation.kind === 'crash' ? operation.dispatched : undefined);
    this.#observe(step);
    this.stir?.();
  }

  /** The next completion that the external systems owe before the run is settled. */
  #whatIsDue(): Completion | undefined {
    this.#catchUp();
    this.#dispatch(undefined);
    this.#added += 1;
    if (this.#added > SETTLING_STEPS_MAX) return undefined;
    const [answer] = this.#answers.values();
    if (answer) this.#answers.delete(answer.id);
    if (answer || !this.#driver) return answer;
    return (
      this.#guard.completion(this.#driver, 'poll') ?? this.#guard.completion(this.#driver, 'settle')
    );
  }

  #dispatch(count: number | undefined): void {
    const external = this.#driver?.external;
    if (external) {
      for (const emitted of this.#undispatched.slice(0, count)) {
        if (emitted.kind !== 'tracked') continue;
        const { id, action } = emitted;
        const result = this.#guard.call('receive', () => external.receive(id, action));
        if (result !== undefined)
          this.#answers.set(id, { kind: 'trackedActionCompleted', id, result });
      }
    }
    this.#undispatched = [];
    this.#failures = [];
  }

  observe(step: Executed): Executed {
    if (this.#waiting) {
      this.#waiting.push(step);
      if (this.#waiting.length >= WAITING_MAX) this.#catchUp();
    } else this.#observe(step);
    return step;
  }

  #observe(step: Executed): void {
    if (!this.#driver) return;
    const { operation, outcome } = step;
    // The list repeats a message at which the machine panics, until the message is given up.
    const isMishandled = outcome.kind === 'panic' && !('fault' in operation);
    if (operation.kind === 'trackedActionCompleted' && (isTakenIn(step) || isMishandled)) {
      this.#answers.delete(operation.id);
    }
    this.#guard.askForWords(step);
    this.#guard.observe(this.#driver, step);
    this.#judge?.observe(step);
    this.#undispatched = step.actions;
    this.#failures = 'externalFailures' in operation ? [...(operation.externalFailures ?? [])] : [];
  }

  judge(state: Value): readonly SettledFailure[] {
    this.#catchUp();
    return this.#judge?.judge(state) ?? [];
  }

  get settledCounts(): Readonly<Record<string, number>> {
    this.#catchUp();
    return this.#judge?.counts ?? {};
  }

  tallies(): Tallies {
    this.#catchUp();
    return this.#driver ? this.#guard.tallies(this.#driver) : {};
  }

  sometimes(): Readonly<Record<string, boolean>> {
    this.#catchUp();
    return this.#guard.sometimes(this.#driver);
  }
}
