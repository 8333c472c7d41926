import type { Guard } from '../isolation/guard.ts';
import { isTakenIn, type EmittedAction, type Executed } from '../machine/executed.ts';
import type { ActionId, Completion, MachineTypes } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import type { AnyScenario, Driver, ExternalFaults, Tallies } from '../machine/scenario.ts';
import { ChaCha8Rng } from '../random/chacha8-rng.ts';
import type { Value } from '../value/value.ts';
import type { SettledFailure } from './findings.ts';
import { ScenarioGuard } from './scenario-guard.ts';
import { SettledJudge } from './settled-judge.ts';
import type { LocateError } from './transactor.ts';

/** The external systems of a scenario, as they are when an operation is rewritten. */
export interface ExternalModel {
  /** Whether there are any. */
  readonly hasExternal: boolean;
  /** The undelivered answer to a question that they have received under an id. */
  owedUnder(id: ActionId): Completion | undefined;
}

/** How the code of a scenario is called. */
export interface OnlookerOptions {
  readonly locate?: LocateError | undefined;
  readonly guard?: Guard | undefined;
}

/**
 * A scenario that watches a run which it does not drive, such as one that is recorded: its external systems
 * receive the actions of the run, and it judges the run and counts.
 */
export class Onlooker {
  readonly #scenario: AnyScenario;
  readonly #guard: ScenarioGuard;
  readonly #driver: Driver<MachineTypes>;
  readonly #judge: SettledJudge;
  /** Actions of the last step: a crash may still keep some of them from being received. */
  #undispatched: readonly EmittedAction[] = [];
  /** Whether the external systems fail when they receive these actions, in the order of the draws. */
  #failures: boolean[] = [];
  /** Undelivered answers of the external systems, by id. */
  readonly #answers: Map<unknown, Completion>;
  #operations = 0;

  /**
   * @param from the one that this is a copy of, whose driver must allow it.
   * @throws {ScenarioError} when the scenario does not start.
   */
  constructor(scenario: AnyScenario, options: OnlookerOptions, from?: Onlooker) {
    this.#scenario = scenario;
    this.#guard = from ? from.#guard : new ScenarioGuard(scenario, options);
    this.#driver = this.#startDriver(from && from.#driver);
    this.#judge = new SettledJudge(this.#driver, this.#guard, from && from.#judge);
    this.#answers = new Map(from && from.#answers);
  }

  #startDriver(from: Driver<MachineTypes> | undefined): Driver<MachineTypes> {
    // The scenario only observes: its own draws do not matter.
    const random = ChaCha8Rng.seedFromU64(0n);
    const faults: ExternalFaults = { random, strikes: () => this.#failures.shift() ?? false };
    const copy = from && this.#guard.copy(from, random, faults);
    return copy ?? this.#guard.start(random, faults);
  }

  /** One that has seen the same and goes on independently; `undefined` when the driver cannot be copied. */
  copy(): Onlooker | undefined {
    if (this.#driver.copy === undefined) return undefined;
    const copy = new Onlooker(this.#scenario, {}, this);
    copy.#undispatched = this.#undispatched;
    copy.#failures = [...this.#failures];
    copy.#operations = this.#operations;
    return copy;
  }

  /** Whether there are external systems. */
  get hasExternal(): boolean {
    return this.#driver.external !== undefined;
  }

  /** The operations that it was shown, without those that the simulation adds. */
  get operations(): number {
    return this.#operations;
  }

  /** Shows it the next step, after the actions of the one before. */
  show(step: Executed): void {
    const { operation } = step;
    this.dispatch(operation.kind === 'crash' ? operation.dispatched : undefined);
    this.observe(step);
  }

  /** Shows it the next step, where the actions of the one before were dispatched. */
  observe(step: Executed): void {
    const { operation, outcome } = step;
    if (isOfScenario(operation)) this.#operations += 1;
    // The list repeats a message at which the machine panics, until the message is given up.
    const isMishandled = outcome.kind === 'panic' && !('fault' in operation);
    if (operation.kind === 'trackedActionCompleted' && (isTakenIn(step) || isMishandled)) {
      this.#answers.delete(operation.id);
    }
    this.#guard.askForWords(step);
    this.#guard.observe(this.#driver, step);
    this.#judge.observe(step);
    this.#undispatched = step.actions;
    this.#failures = 'externalFailures' in operation ? [...(operation.externalFailures ?? [])] : [];
  }

  /** The external systems receive the actions of the last step: all of them, or as many as are out. */
  dispatch(count?: number): void {
    const { external } = this.#driver;
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

  /** The undelivered answer to a question under an id. */
  owedUnder(id: ActionId): Completion | undefined {
    return this.#answers.get(id);
  }

  /** Takes the next completion that the external systems owe, if there is one. */
  takeDue(): Completion | undefined {
    const [answer] = this.#answers.values();
    if (answer) this.#answers.delete(answer.id);
    return (
      answer ??
      this.#guard.completion(this.#driver, 'poll') ??
      this.#guard.completion(this.#driver, 'settle')
    );
  }

  judge(state: Value): readonly SettledFailure[] {
    return this.#judge.judge(state);
  }

  get settledCounts(): Readonly<Record<string, number>> {
    return this.#judge.counts;
  }

  tallies(): Tallies {
    return this.#guard.tallies(this.#driver);
  }

  sometimes(): Readonly<Record<string, boolean>> {
    return this.#guard.sometimes(this.#driver);
  }
}

/** Whether an operation is one that a scenario gives, and not one that the simulation adds. */
export function isOfScenario({ kind }: Operation): boolean {
  return kind === 'normal' || kind === 'trackedActionCompleted';
}
