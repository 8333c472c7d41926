import type { Executed } from '../machine/executed.ts';
import type { ActionId, Completion } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import type { AnyScenario, Tallies } from '../machine/scenario.ts';
import type { Value } from '../value/value.ts';
import type { SettledFailure } from './findings.ts';
import { isOfScenario, Onlooker, type ExternalModel, type OnlookerOptions } from './onlooker.ts';
import type { OperationSource } from './operation-source.ts';
import { SETTLING_STEPS_MAX } from './simulation.ts';

/** What a replay needs besides its operations. */
export interface ReplayOptions extends OnlookerOptions {
  /** Judges the steps: its tallies, and what must hold at the end. */
  readonly scenario?: AnyScenario | undefined;
  /**
   * Replaces an operation of the list; `undefined` leaves it out. With a `rewrite`, the list need not
   * be settled at its end: the outstanding answers of the external systems are added.
   *
   * @param isAdded whether the operation is such an addition, made before this position in the list.
   * @param model the external systems after the step before, which has dispatched all its actions if they are asked
   *   what they owe.
   */
  readonly rewrite?: (
    operation: Operation,
    position: number,
    isAdded: boolean,
    model: ExternalModel,
  ) => Operation | undefined;
  /**
   * Gives the scenario that has seen the steps before the list. It is called, and shown the steps of the list,
   * only when the scenario is asked something: most runs that are tried end before that.
   *
   * @param stir called now and then while that takes time.
   */
  readonly past?: ((stir: () => void) => Onlooker) | undefined;
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

class Replay implements OperationSource, ExternalModel {
  readonly #list: OperationList;
  readonly #rewrite: ReplayOptions['rewrite'];
  #onlooker: Onlooker | undefined;
  #added = 0;
  #position = 0;
  #operations = 0;
  /** Steps that the scenario has not been shown, where it is shown none before it is asked something. */
  #past: ReplayOptions['past'];
  #waiting: Executed[] | undefined;
  /** How many actions the last step has emitted, and whether the external systems have received them already. */
  #emitted = 0;
  #isDispatched = false;
  stir: (() => void) | undefined;

  constructor(list: OperationList, options: ReplayOptions) {
    const { scenario, rewrite, past } = options;
    this.#list = list;
    this.#rewrite = rewrite;
    if (!scenario) return;
    this.#past = past;
    this.#waiting = past ? [] : undefined;
    this.#onlooker = past ? undefined : new Onlooker(scenario, options);
  }

  get operations(): number {
    this.#catchUp();
    return this.#operations;
  }

  next(): Operation | undefined {
    const operation = this.#take();
    // Whoever has not been shown a step has sent nothing of it.
    this.#onlooker?.dispatch(operation?.kind === 'crash' ? operation.dispatched : undefined);
    if (operation && isOfScenario(operation)) this.#operations += 1;
    return operation;
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
      const next = due ?? this.#asDispatched(this.#settled(given));
      const operation = this.#rewrite(next, position, due !== undefined, this);
      if (operation) return operation;
    }
  }

  /** A crash loses nothing that the external systems have received already. */
  #asDispatched(given: Operation): Operation {
    if (given.kind !== 'crash' || !this.#isDispatched) return given;
    return { ...given, dispatched: this.#emitted };
  }

  get hasExternal(): boolean {
    return this.#catchUp()?.hasExternal ?? false;
  }

  owedUnder(id: ActionId): Completion | undefined {
    const onlooker = this.#catchUp();
    const owed = onlooker?.owedUnder(id);
    if (owed) return owed;
    // The question may be one of those that the last step asks.
    onlooker?.dispatch();
    this.#isDispatched = true;
    return onlooker?.owedUnder(id);
  }

  /** A run that was endless may end with a corrected machine: nothing more is due then. */
  #ended(given: Operation): Operation {
    const wasEndless = given.kind === 'settled' && given.isEndless && this.#onlooker?.hasExternal;
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
  #catchUp(): Onlooker | undefined {
    const waiting = this.#waiting;
    if (!waiting) return this.#onlooker;
    this.#waiting = undefined;
    const stir = () => this.stir?.();
    const onlooker = this.#past?.(stir);
    this.#onlooker = onlooker;
    this.#operations += onlooker?.operations ?? 0;
    for (const step of waiting) {
      onlooker?.show(step);
      stir();
    }
    return onlooker;
  }

  /** The next completion that the external systems owe before the run is settled. */
  #whatIsDue(): Completion | undefined {
    const onlooker = this.#catchUp();
    onlooker?.dispatch();
    this.#added += 1;
    return this.#added > SETTLING_STEPS_MAX ? undefined : onlooker?.takeDue();
  }

  observe(step: Executed): Executed {
    this.#emitted = step.actions.length;
    this.#isDispatched = false;
    if (this.#waiting) {
      this.#waiting.push(step);
      if (this.#waiting.length >= WAITING_MAX) this.#catchUp();
    } else this.#onlooker?.observe(step);
    return step;
  }

  judge(state: Value): readonly SettledFailure[] {
    return this.#catchUp()?.judge(state) ?? [];
  }

  get settledCounts(): Readonly<Record<string, number>> {
    return this.#catchUp()?.settledCounts ?? {};
  }

  tallies(): Tallies {
    return this.#catchUp()?.tallies() ?? {};
  }

  sometimes(): Readonly<Record<string, boolean>> {
    return this.#catchUp()?.sometimes() ?? {};
  }
}
