import type { Operation } from '../machine/operation.ts';
import type { AnyScenario } from '../machine/scenario.ts';
import { containerOf, isContainer } from '../value/container.ts';
import { isDiscriminant, kindOf } from '../value/label.ts';
import { sameValue, type Value } from '../value/value.ts';
import type { Candidate, FailingRun, FailingStep } from './candidate.ts';
import { mentions, NOTHING_REPLACED, type Change } from './fairness.ts';
import { Places } from './places.ts';
import { simplerBigints, ValueSimplifier, type SimplerValue } from './simpler-values.ts';

/** A run to try, with one simpler step. */
export interface Simpler extends Change {
  readonly candidate: Candidate;
  /** The simpler step. */
  readonly operation: Operation;
}

/** Says of inputs and results that never occurred that they could. */
export type Possible = Pick<AnyScenario, 'isPossible' | 'isPossibleResult'>;

/**
 * Finds simpler values for inputs, faults and the results of actions. They are values that occur in the
 * original run, in the same place; other inputs, and other results at all, are tried only where the scenario
 * says that they are possible. Members of a list that were distinct stay distinct.
 */
export class Simplifier {
  readonly #original: Places;
  readonly #inputs: ValueSimplifier;
  readonly #results: ValueSimplifier;
  readonly #possible: Possible;

  constructor(original: FailingRun, possible: Possible = {}) {
    this.#original = placesOf(original);
    this.#inputs = new ValueSimplifier(this.#original, possible.isPossible !== undefined);
    this.#results = new ValueSimplifier(this.#original, possible.isPossibleResult !== undefined);
    this.#possible = possible;
  }

  /** Runs with a simpler fault at a step. */
  *faults(run: FailingRun, at: number): Generator<Simpler> {
    const step = run[at];
    if (!step) return;
    for (const simpler of simplerFaults(step.operation)) {
      yield { ...NOTHING_REPLACED, candidate: put(run, at, simpler), operation: simpler };
    }
  }

  /** Runs with a simpler fault or input at a step, the simplest first. */
  *inputs(run: FailingRun, at: number): Generator<Simpler> {
    yield* this.faults(run, at);
    const operation = run[at]?.operation;
    if (operation?.kind !== 'normal') return;
    const input = operation.input as Value;
    for (const made of this.#inputs.simpler(input, placeOfInput(input), placesOf(run))) {
      const alone = { ...operation, input: made.value };
      const single = changed(run, at, alone, made);
      if (this.#isAllowed(run, single)) yield single;
      const linked = made.replaced && linkedRun(run, at, made.replaced);
      if (!linked) continue;
      const everywhere = { ...linked, ...changeOf(made) };
      if (this.#isAllowed(run, everywhere)) yield everywhere;
    }
  }

  /** Whether all inputs of a run that differ from another one's could occur. */
  #isAllowed(run: FailingRun, { candidate }: Simpler): boolean {
    return candidate.every(({ operation }, at) => {
      const before = run[at]?.operation;
      if (operation.kind !== 'normal' || before?.kind !== 'normal') return true;
      const [now, was] = [operation.input as Value, before.input as Value];
      if (now === was) return true;
      return repeatsIn(now) <= repeatsIn(was) && this.#couldOccur(now);
    });
  }

  #couldOccur(input: Value): boolean {
    const { isPossible } = this.#possible;
    const isAllowed = () => isPossible?.call(this.#possible, input) === true;
    return this.#original.covers(input, placeOfInput(input)) || isTrue(isAllowed);
  }

  /** A result belongs to its action: one that came for another action may be none that this one can have. */
  #couldResult(result: Value): boolean {
    const { isPossibleResult } = this.#possible;
    return isTrue(() => isPossibleResult?.call(this.#possible, result) === true);
  }

  /**
   * Runs with a simpler result, which is replaced in its duplicates, too. Parts that the result repeats
   * from its action stay: they change only with the action.
   */
  *results(run: FailingRun, at: number): Generator<Simpler> {
    const operation = run[at]?.operation;
    if (operation?.kind !== 'trackedActionCompleted') return;
    const result = operation.result as Value;
    const questions = questionsOf(run, operation.id);
    for (const made of this.#results.simpler(result, placeOfResult(result), placesOf(run))) {
      if (repeatsIn(made.value) > repeatsIn(result) || !this.#couldResult(made.value)) continue;
      const change = changeOf(made);
      if (mentions(questions, change.replaced)) continue;
      const candidate = run.map((step) => {
        const { operation: other } = step;
        const isSame =
          (other.kind === 'trackedActionCompleted' || other.kind === 'loss') &&
          other.id === operation.id &&
          sameValue(other.result, result);
        return isSame ? { ...step, operation: { ...other, result: made.value } } : step;
      });
      yield { ...change, candidate, operation: { ...operation, result: made.value } };
    }
  }
}

/** Whether an author's function says so: made for what the scenario draws, it need not understand others. */
function isTrue(asked: () => boolean): boolean {
  try {
    return asked();
  } catch {
    return false;
  }
}

/** How many items of lists, at any depth, are the same as an earlier one of their list. */
function repeatsIn(value: Value): number {
  const container = containerOf(value);
  if (!container || container.kind === 'table') return 0;
  let repeats = 0;
  for (const [, item] of container.entries()) repeats += repeatsIn(item);
  if (container.kind !== 'list') return repeats;
  const distinct: Value[] = [];
  for (const item of container.value) {
    if (distinct.some((one) => sameValue(one, item))) repeats += 1;
    else distinct.push(item);
  }
  return repeats;
}

function changed(run: FailingRun, at: number, operation: Operation, made: SimplerValue): Simpler {
  return { ...changeOf(made), candidate: put(run, at, operation), operation };
}

function changeOf({ replaced, isMadeUp = false }: SimplerValue): Change {
  return { replaced: new Map(replaced ? [replaced] : []), isMadeUp };
}

function put(run: FailingRun, at: number, operation: Operation): Candidate {
  const step = run[at] as FailingStep;
  return run.with(at, { ...step, operation });
}

function placesOf(run: FailingRun): Places {
  const places = new Places();
  for (const { operation } of run) {
    if (operation.kind === 'normal') {
      const input = operation.input as Value;
      places.add(input, placeOfInput(input));
    } else if (operation.kind === 'trackedActionCompleted' || operation.kind === 'loss') {
      const result = operation.result as Value;
      places.add(result, placeOfResult(result));
    }
  }
  return places;
}

function placeOfInput(input: Value): string {
  return `input ${kindOf(input)}`;
}

function placeOfResult(result: Value): string {
  return `result ${kindOf(result)}`;
}

/** The operation without its fault, or with a smaller number in it. */
function* simplerFaults(operation: Operation): Generator<Operation> {
  if (operation.kind === 'crash') {
    for (const dispatched of fewerThan(operation.dispatched)) yield { ...operation, dispatched };
  }
  if (!('fault' in operation) || !operation.fault) return;
  const { fault, ...faultless } = operation;
  yield faultless;
  switch (fault.kind) {
    case 'crashAtAccess':
    case 'accessFails':
      for (const access of fewerThan(fault.access)) {
        yield { ...operation, fault: { ...fault, access } };
      }
      break;
    case 'actionRefused':
      for (const action of fewerThan(fault.action)) {
        yield { ...operation, fault: { ...fault, action } };
      }
      break;
    case 'crashBeforeCommit':
    case 'commitFails':
      break;
  }
}

function fewerThan(count: number): readonly number[] {
  return simplerBigints(BigInt(count)).flat().map(Number);
}

/** The tracked actions that were sent under an id. */
function questionsOf(run: FailingRun, id: unknown): readonly unknown[] {
  return run.flatMap(({ emitted }) =>
    emitted.filter((action) => action.id === id).map(({ action }) => action),
  );
}

/** A run in which a scalar is replaced wherever it occurs, if it occurs elsewhere, too. */
function linkedRun(
  run: FailingRun,
  at: number,
  [from, to]: readonly [Value, Value],
): Pick<Simpler, 'candidate' | 'operation'> | undefined {
  let places = 0;
  const replace = (value: unknown) =>
    replaceScalars(value as Value, (scalar) => {
      if (!Object.is(scalar, from)) return scalar;
      places += 1;
      return to;
    });
  const candidate = run.map((step) => {
    const { operation } = step;
    if (operation.kind === 'normal') {
      return { ...step, operation: { ...operation, input: replace(operation.input) } };
    }
    if (operation.kind !== 'trackedActionCompleted' && operation.kind !== 'loss') return step;
    return { ...step, operation: { ...operation, result: replace(operation.result) } };
  });
  const operation = candidate[at]?.operation;
  return places > 1 && operation ? { candidate, operation } : undefined;
}

/** A value with other scalars; the discriminants of unions stay unchanged. */
function replaceScalars(value: Value, replace: (scalar: Value) => Value): Value {
  const container = containerOf(value);
  if (!container) return kindOf(value) === value ? value : replace(value);
  const part = (item: Value): Value =>
    isContainer(item) ? replaceScalars(item, replace) : replace(item);
  if (container.kind === 'table') return value;
  if (container.kind === 'map') {
    return new Map(Array.from(container.value, ([key, item]) => [part(key), part(item)]));
  }
  return container.map((item, segment) =>
    typeof segment === 'string' && isDiscriminant(segment, item) ? item : part(item),
  );
}
