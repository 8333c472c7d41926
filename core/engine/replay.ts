import type { Guard } from '../guard/guard.ts';
import { isTakenIn, type EmittedAction, type Executed } from '../machine/executed.ts';
import type { Completion, MachineTypes } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import type { AnyScenario, Driver, Tallies } from '../machine/scenario.ts';
import { ChaCha8Rng } from '../random/chacha8-rng.ts';
import type { Value } from '../value/value.ts';
import type { SettledFailure } from './executor.ts';
import { ScenarioGuard } from './scenario-guard.ts';
import { SettledJudge } from './settled-judge.ts';
import { SETTLING_STEPS_MAX, type OperationSource } from './simulation.ts';
import type { LocateError } from './transactor.ts';

/** What a replay needs besides its operations. */
export interface ReplayOptions {
  /** Is asked what it makes of the steps: tallies, and what must hold at the end. */
  readonly scenario?: AnyScenario | undefined;
  readonly locate?: LocateError | undefined;
  readonly guard?: Guard | undefined;
  /**
   * Puts another operation in the place of one of the list; `undefined` leaves it out. With it, the
   * list need not be settled at its end: what the external systems still have to say is added.
   *
   * @param isAdded whether the operation is such an addition, before the place in the list.
   */
  readonly rewrite?: (
    operation: Operation,
    position: number,
    isAdded: boolean,
  ) => Operation | undefined;
}

/** Operations from a list, such as those of a recorded trace. */
export function replaySource(
  list: readonly Operation[],
  options: ReplayOptions = {},
): OperationSource {
  return new Replay(list, options);
}

class Replay implements OperationSource {
  readonly #list: readonly Operation[];
  readonly #rewrite: ReplayOptions['rewrite'];
  readonly #guard: ScenarioGuard;
  readonly #driver: Driver<MachineTypes> | undefined;
  readonly #judge: SettledJudge | undefined;
  /** Emitted by the last step: a crash may still keep some of them from being received. */
  #undispatched: readonly EmittedAction[] = [];
  /** Whether the external systems are to fail when they receive them, in the order of asking. */
  #failures: boolean[] = [];
  /** Answers of the external systems that have not been delivered, by id. */
  readonly #answers = new Map<unknown, Completion>();
  #added = 0;
  #position = 0;
  #operations = 0;

  constructor(list: readonly Operation[], options: ReplayOptions) {
    const { scenario, rewrite } = options;
    this.#list = list;
    this.#rewrite = rewrite;
    this.#guard = new ScenarioGuard(scenario, options);
    if (!scenario) return;
    // What the scenario would draw does not matter: it only looks on.
    const random = ChaCha8Rng.seedFromU64(0n);
    const strikes = () => this.#failures.shift() ?? false;
    this.#driver = this.#guard.call('start', () => scenario.start(random, { random, strikes }));
    this.#judge = new SettledJudge(this.#driver, this.#guard);
  }

  get operations(): number {
    return this.#operations;
  }

  next(): Operation | undefined {
    const operation = this.#take();
    this.#dispatch(operation?.kind === 'crash' ? operation.dispatched : undefined);
    if (operation?.kind === 'normal' || operation?.kind === 'trackedActionCompleted')
      this.#operations += 1;
    return operation;
  }

  #take(): Operation | undefined {
    for (;;) {
      const position = this.#position;
      const given = this.#list[position];
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

  /** What had no end has one when the machine is mended: nothing more is due then. */
  #ended(given: Operation): Operation {
    const wasEndless = given.kind === 'settled' && given.isEndless && this.#driver?.external;
    return wasEndless && !this.#whatIsDue() ? { kind: 'settled' } : given;
  }

  /** Whether a list without end has become one with an end, or the other way round, shows anew. */
  #settled(given: Operation): Operation {
    if (given.kind !== 'settled' || given.isDown) return given;
    return this.#added > SETTLING_STEPS_MAX
      ? { kind: 'settled', isEndless: true }
      : { kind: 'settled' };
  }

  /** What the external systems have to say before a run is settled. */
  #whatIsDue(): Completion | undefined {
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
    if (!this.#driver) return step;
    const { operation, outcome } = step;
    // A message at which the machine panics comes again in the list, until it is given up.
    const isMishandled = outcome.kind === 'panic' && !('fault' in operation);
    if (operation.kind === 'trackedActionCompleted' && (isTakenIn(step) || isMishandled)) {
      this.#answers.delete(operation.id);
    }
    this.#guard.askForWords(step.before as Value);
    this.#guard.observe(this.#driver, step);
    this.#judge?.observe(step);
    this.#undispatched = step.actions;
    this.#failures = 'externalFailures' in operation ? [...(operation.externalFailures ?? [])] : [];
    return step;
  }

  judge(state: Value): readonly SettledFailure[] {
    return this.#judge?.judge(state) ?? [];
  }

  get settledCounts(): Readonly<Record<string, number>> {
    return this.#judge?.counts ?? {};
  }

  tallies(): Tallies {
    return this.#driver ? this.#guard.tallies(this.#driver) : {};
  }

  sometimes(): Readonly<Record<string, boolean>> {
    return this.#guard.call('sometimes', () => this.#driver?.sometimes?.() ?? {});
  }
}
