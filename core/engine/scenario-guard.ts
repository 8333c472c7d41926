import type { Guard } from '../isolation/guard.ts';
import type { Executed } from '../machine/executed.ts';
import type { Completion, MachineTypes, StfInput } from '../machine/machine.ts';
import { findMistyped } from '../machine/members.ts';
import { findNamesProblem } from '../machine/names.ts';
import { withCurrentKind, withEarlierKind, type Operation } from '../machine/operation.ts';
import { MORE_TIME } from '../machine/rules.ts';
import type { AnyScenario, Driver, Tallies } from '../machine/scenario.ts';
import { ChaCha8Rng } from '../random/chacha8-rng.ts';
import { formatTime } from '../text/quantities.ts';
import { SelfExplainingError } from '../thrown.ts';
import { describeThrown, describeValue, isInstance } from '../thrown.ts';
import { freezeOnce, UnsupportedValueError, type Value } from '../value/value.ts';
import type { Overrun } from './step-watch.ts';
import type { AuthorsMethod, LocateError } from './transactor.ts';

/** Thrown when the author's scenario threw: the run cannot go on, and the machine is not to blame. */
export class ScenarioError extends SelfExplainingError {
  override readonly name = 'ScenarioError';
}

/** The scenario did not end within the time that a step may take. */
export function scenarioOverran({ limitMs, source }: Overrun): ScenarioError {
  const place = source === undefined ? '' : `, at ${source}`;
  const within = formatTime(limitMs);
  return new ScenarioError(`The scenario did not end within ${within}${place}. ${MORE_TIME}`);
}

/**
 * Freezes what a scenario gives, so that a machine cannot change it in place for later steps.
 *
 * @throws {ScenarioError} when it is not plain data.
 */
export function freezeGiven(operation: Operation): void {
  try {
    // A scenario that changed an operation in place would change what is recorded.
    Object.freeze(operation);
    if ('input' in operation) freezeOnce(operation.input, 'The input');
    else if ('result' in operation) freezeOnce(operation.result, 'The result');
  } catch (cause) {
    const isUnsupported = isInstance(cause, UnsupportedValueError);
    const why = isUnsupported ? cause.message : describeThrown(cause);
    const message = `What the scenario gives cannot be recorded. ${why}`;
    throw new ScenarioError(message, { cause });
  }
}

/**
 * Whether scenarios were written for an earlier version, and name operations as that did. What they
 * give shows it; what they are shown must have the same words.
 */
const ARE_EARLIER = new WeakMap<AnyScenario, boolean>();

/** What the names that a part of a scenario gives are names of. */
const NAMES_OF = {
  tallies: 'tallies',
  sometimes: 'goals',
  settled: 'settled properties',
} as const;

/** The methods that a driver and its external systems must have, each with the least that it can be. */
const METHODS = {
  driver: {
    next: 'next: () => undefined',
    observe: 'observe() {}',
    tallies: 'tallies: () => ({})',
  },
  external: { receive: 'receive: () => undefined' },
} as const;

/** Scenarios of which one driver was looked at: a sweep starts thousands of them, which are all alike. */
const CHECKED = new WeakSet<AnyScenario>();

/** A property of the state that must hold once a run is settled. */
export type SettledProperty = (state: never) => unknown;

/** Calls an author's scenario, and reports the place of an error in it. */
export class ScenarioGuard {
  readonly #scenario: AnyScenario | undefined;
  readonly #name: string;
  #isEarlier: boolean | undefined;
  readonly #locate: LocateError | undefined;
  readonly #guard: Guard | undefined;

  constructor(
    scenario: AnyScenario | undefined,
    { locate, guard }: { locate?: LocateError | undefined; guard?: Guard | undefined },
  ) {
    this.#scenario = scenario;
    this.#name = scenario?.name ?? '';
    this.#locate = locate;
    this.#guard = guard;
  }

  /** Whether the scenario was written for an earlier version, as far as that is known. */
  get isEarlier(): boolean {
    return this.#isEarlier === true;
  }

  /** @throws {ScenarioError} when the call throws. */
  call<T>(method: string, called: () => T): T {
    this.#guard?.enterAside();
    try {
      const given = called();
      this.#guard?.requireBuiltIns();
      return given;
    } catch (cause) {
      throw this.#error(method, cause, method === 'start' ? this.#scenario : undefined);
    } finally {
      this.#guard?.leaveAside();
    }
  }

  /**
   * Begins a run: returns its driver, which has the methods that every driver needs.
   *
   * @throws {ScenarioError} when the call throws, or a method is missing.
   */
  start(...given: Parameters<AnyScenario['start']>): Driver<MachineTypes> {
    const scenario = this.#scenario;
    if (!scenario) throw new Error('there is no scenario to start');
    const [driver, problem] = this.call('start', () => {
      const made = scenario.start(...given);
      return [made, findDriverProblem(made, this.#name, CHECKED.has(scenario))] as const;
    });
    if (problem !== undefined) throw new ScenarioError(problem);
    CHECKED.add(scenario);
    return driver;
  }

  /** Returns the next operation of a driver, checked. */
  next(driver: Driver<MachineTypes>, state: Value): StfInput | undefined {
    try {
      const drawn = driver.next(state);
      this.#guard?.requireBuiltIns();
      return isInput(drawn) ? drawn : this.#upgraded(drawn);
    } catch (cause) {
      throw this.#error('next', cause, driver);
    }
  }

  /** The types promise an operation of today, but the scenario may be older, or plain JavaScript. */
  #upgraded(drawn: ReturnType<Driver<MachineTypes>['next']> | null): StfInput | undefined {
    const given = withCurrentKind(drawn ?? undefined);
    if (given === undefined) return undefined;
    if (!isInput(given)) {
      throw new TypeError('an operation must have the kind "normal" or "trackedActionCompleted"');
    }
    if (!this.#isEarlier) this.#remember(true);
    return given;
  }

  /** Returns what the external systems send unasked, if anything. */
  completion(driver: Driver<MachineTypes>, from: 'poll' | 'settle'): Completion | undefined {
    // As `call` does, without a function for each step.
    this.#guard?.enterAside();
    try {
      const given = driver.external?.[from]?.();
      this.#guard?.requireBuiltIns();
      return withCurrentKind(given);
    } catch (cause) {
      throw this.#error(from, cause);
    } finally {
      this.#guard?.leaveAside();
    }
  }

  /**
   * Returns a copy of a driver; `undefined` when the author has made none possible.
   *
   * @throws {ScenarioError} when the call throws, or returns something else.
   */
  copy(
    driver: Driver<MachineTypes>,
    ...given: Parameters<NonNullable<Driver<MachineTypes>['copy']>>
  ): Driver<MachineTypes> | undefined {
    if (driver.copy === undefined) return undefined;
    const copy = this.call('copy', () => driver.copy?.(...given));
    // The types promise another driver, but the scenario may come from plain JavaScript.
    if (typeof copy === 'object' && copy !== null && copy !== driver) return copy;
    const returned = copy === driver ? 'itself' : describeValue(copy);
    throw this.#error('copy', new TypeError(`it must return another driver, not ${returned}`));
  }

  /** Shows a driver a step. */
  observe(driver: Driver<MachineTypes>, step: Executed): void {
    try {
      driver.observe(this.#isEarlier ? inEarlierWords(step) : step);
      this.#guard?.requireBuiltIns();
    } catch (cause) {
      throw this.#error('observe', cause, driver);
    }
  }

  /**
   * Finds out, once, whether a scenario that only observes was written for an earlier version: the first
   * operation of another driver shows it.
   */
  askForWords(step: Executed): void {
    const scenario = this.#scenario;
    if (!scenario || this.#isEarlier !== undefined) return;
    const known = ARE_EARLIER.get(scenario);
    this.#remember(known ?? false);
    if (known !== undefined) return;
    const random = ChaCha8Rng.seedFromU64(0n);
    try {
      const driver = this.start(random, { random, strikes: () => false });
      this.next(driver, step.before as Value);
    } catch (error) {
      // The scenario need not be able to draw.
      if (!(error instanceof ScenarioError)) throw error;
    }
  }

  #remember(isEarlier: boolean): void {
    this.#isEarlier = isEarlier;
    if (this.#scenario) ARE_EARLIER.set(this.#scenario, isEarlier);
  }

  /** Returns the tallies of a driver, checked. */
  tallies(driver: Driver<MachineTypes>): Tallies {
    const tallies = this.call('tallies', () => ({ ...driver.tallies() }));
    this.#check('tallies', tallies, Number.isFinite, 'a finite number');
    return tallies;
  }

  /** Returns what a driver should reach now and then and whether it has, checked. */
  sometimes(driver: Driver<MachineTypes> | undefined): Readonly<Record<string, boolean>> {
    const goals = this.call('sometimes', () => ({ ...driver?.sometimes?.() }));
    this.#check('sometimes', goals, (reached) => typeof reached === 'boolean', 'true or false');
    return goals;
  }

  /** Returns what must hold of a driver's external systems once a run is settled, checked. */
  settled(driver: Driver<MachineTypes>): Readonly<Record<string, SettledProperty>> {
    const properties = this.call('settled', () => ({ ...driver.external?.settled }));
    this.#check('settled', properties, (one) => typeof one === 'function', 'a function');
    return properties;
  }

  /** Where a function of the author's begins in the source, where that is known. */
  placeOf(method: AuthorsMethod): string | undefined {
    return this.#locate?.(undefined, method);
  }

  /** The types promise the right names and values, but the scenario may come from plain JavaScript. */
  #check(
    method: keyof typeof NAMES_OF,
    given: Readonly<Record<string, unknown>>,
    isRight: (value: unknown) => boolean,
    what: string,
  ): void {
    const problem = findNamesProblem(NAMES_OF[method], Object.keys(given));
    if (problem !== undefined) {
      throw new ScenarioError(
        `The scenario ${this.#name} gives wrong names in ${method}: ${problem}`,
      );
    }
    const wrong = Object.entries(given).find(([, value]) => !isRight(value));
    if (!wrong) return;
    const [name, value] = wrong;
    throw new ScenarioError(
      `The scenario ${this.#name} gives a wrong value in ${method}: "${name}" must be ${what}, not ${describeValue(value)}`,
    );
  }

  /** @param of what the method belongs to. */
  #error(method: string, thrown: unknown, of?: object): ScenarioError {
    const cause = this.#guard ? this.#guard.causeOf(thrown) : thrown;
    const place = this.#locate?.(cause, of && { of, method });
    const at = place === undefined ? '' : ` at ${place}`;
    const message = `The scenario ${this.#name} threw in ${method}${at}: ${describeThrown(cause)}`;
    return new ScenarioError(message, { cause });
  }
}

/**
 * The types promise a driver with all methods, but the scenario may come from plain JavaScript.
 *
 * @param isKnown whether a driver of this scenario was looked at before: names are then looked at where one is missing.
 */
function findDriverProblem(
  driver: unknown,
  scenario: string,
  isKnown: boolean,
): string | undefined {
  const made = `What \`start\` of the scenario ${scenario} returns`;
  if (typeof driver !== 'object' || driver === null) {
    return `${made} must be an object, not ${describeValue(driver)}.`;
  }
  const problem = findMethodProblem(driver, 'driver', made, isKnown);
  if (problem !== undefined) return problem;
  const { external } = driver as { readonly external?: unknown };
  if (external === undefined || external === null) return undefined;
  const which = `\`external\` of the scenario ${scenario}`;
  return typeof external === 'object'
    ? findMethodProblem(external, 'external', which, isKnown)
    : `${which} must be an object, not ${describeValue(external)}.`;
}

function findMethodProblem(
  given: object,
  kind: keyof typeof METHODS,
  which: string,
  isKnown: boolean,
): string | undefined {
  const missing = Object.entries(METHODS[kind]).find(
    ([name]) => typeof (given as Readonly<Record<string, unknown>>)[name] !== 'function',
  );
  const mistyped = isKnown && !missing ? undefined : findMistyped(given, kind, which);
  if (mistyped !== undefined || !missing) return mistyped;
  const [name, example] = missing;
  return `${which} has no method \`${name}\`. Add it, for example \`${example}\`.`;
}

function isInput(given: { readonly kind: unknown } | undefined): given is StfInput {
  return given?.kind === 'normal' || given?.kind === 'trackedActionCompleted';
}

function inEarlierWords(step: Executed): Executed {
  return { ...step, operation: withEarlierKind(step.operation) as Operation };
}
