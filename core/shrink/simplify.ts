import { discriminant } from '../engine/signature.ts';
import type { Operation } from '../machine/operation.ts';
import { isPlainObject, sameValue, type Value } from '../value/value.ts';
import type { FailingRun, FailingStep } from './candidate.ts';

/** How many other values are tried in one place. */
const TRIES_MAX = 4;

/**
 * Simpler values for the inputs of a run. A value is only ever replaced by one that the scenario drew
 * at the same place of another input, and a list by a shorter one: so every input that comes of
 * it is one that the scenario could have drawn.
 */
export class Simplifier {
  /** The values seen at a place, in the order of their first appearance. */
  readonly #seen = new Map<string, Value[]>();

  constructor(run: FailingRun) {
    for (const { operation } of run) {
      if (operation.kind === 'input') this.#see(operation.input as Value, placeOf(operation.input));
    }
  }

  #see(value: Value, place: string): void {
    if (Array.isArray(value)) {
      for (const item of value as readonly Value[]) this.#see(item, `${place}[]`);
      return;
    }
    if (typeof value === 'object' && value !== null) {
      if (!isPlainObject(value)) return;
      for (const [key, item] of Object.entries(value)) this.#see(item, `${place}.${key}`);
      return;
    }
    const seen = this.#seen.get(place) ?? [];
    if (!seen.includes(value)) seen.push(value);
    this.#seen.set(place, seen);
  }

  /** Operations that are simpler than this one in one place each, the simplest first. */
  *simpler(operation: Operation): Generator<Operation> {
    if ('fault' in operation && operation.fault) {
      const { fault: _, ...faultless } = operation;
      yield faultless;
    }
    if (operation.kind === 'crash' && operation.dispatched > 0) {
      for (let dispatched = 0; dispatched < operation.dispatched; dispatched += 1) {
        yield { ...operation, dispatched };
      }
    }
    if (operation.kind !== 'input') return;
    const { input } = operation;
    for (const simpler of this.#simplerValues(input as Value, placeOf(input))) {
      yield { ...operation, input: simpler };
    }
  }

  *#simplerValues(value: Value, place: string): Generator<Value> {
    if (Array.isArray(value)) {
      const list = value as readonly Value[];
      for (let index = 0; list.length > 1 && index < list.length; index += 1) {
        yield list.toSpliced(index, 1);
      }
      for (const [index, item] of list.entries()) {
        for (const simpler of this.#simplerValues(item, `${place}[]`)) {
          yield list.with(index, simpler);
        }
      }
    } else if (typeof value === 'object' && value !== null) {
      if (!isPlainObject(value)) return;
      for (const [key, item] of Object.entries(value)) {
        for (const simpler of this.#simplerValues(item, `${place}.${key}`)) {
          yield { ...value, [key]: simpler };
        }
      }
    } else {
      yield* this.#simplerScalars(value, place);
    }
  }

  /** Smaller numbers; of everything else, what the scenario drew earlier. */
  #simplerScalars(value: Value, place: string): readonly Value[] {
    const seen = this.#seen.get(place) ?? [];
    if (typeof value === 'number' || typeof value === 'bigint') {
      const smaller = seen.filter(
        (other) => typeof other === typeof value && (other as number) < (value as number),
      );
      return smaller
        .toSorted((a, b) => ((a as number) < (b as number) ? -1 : 1))
        .slice(0, TRIES_MAX);
    }
    return seen.slice(0, Math.max(0, seen.indexOf(value))).slice(0, TRIES_MAX);
  }
}

/**
 * Whether the external systems are asked the same as before, apart from values that come straight
 * from what was replaced: their answers were drawn for it.
 */
export function asksTheSame(before: FailingStep, after: FailingStep): boolean {
  const replaced = replacedValues(before, after);
  const translate = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(translate);
    if (typeof value === 'object' && value !== null && isPlainObject(value)) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, translate(item)]));
    }
    return replaced.has(value) ? replaced.get(value) : value;
  };
  const asked = before.emitted.map(({ action }) => translate(action));
  return sameValue(
    asked,
    after.emitted.map(({ action }) => action),
  );
}

/** The scalars of an input that were replaced, each with what it became. */
export function replacedValues(
  before: FailingStep,
  after: FailingStep,
): ReadonlyMap<unknown, unknown> {
  const replaced = new Map<unknown, unknown>();
  if (before.operation.kind === 'input' && after.operation.kind === 'input') {
    collectReplaced(before.operation.input, after.operation.input, replaced);
  }
  return replaced;
}

/** Whether one of some scalars occurs anywhere in a value. */
export function mentions(value: unknown, scalars: ReadonlyMap<unknown, unknown>): boolean {
  if (typeof value !== 'object' || value === null) return scalars.has(value);
  const parts: unknown[] = value instanceof Map ? [...value].flat() : Object.values(value);
  return parts.some((part) => mentions(part, scalars));
}

function collectReplaced(before: unknown, after: unknown, into: Map<unknown, unknown>): void {
  if (
    typeof before !== 'object' ||
    before === null ||
    typeof after !== 'object' ||
    after === null
  ) {
    if (!Object.is(before, after)) into.set(before, after);
    return;
  }
  for (const [key, item] of Object.entries(before)) {
    collectReplaced(item, (after as Record<string, unknown>)[key], into);
  }
}

function placeOf(input: unknown): string {
  return discriminant(input);
}
