import { diffArrays, type ChangeObject } from 'diff';
import { assertNever } from '../assert.ts';
import type { Operation } from '../machine/operation.ts';
import { differingParts, encodeOperation, type StepPart } from './format.ts';
import type { Trace } from './trace.ts';

/** A stretch of steps in two runs: the same operations in both, or operations that only one of them has. */
export type Stretch =
  | { readonly kind: 'both'; readonly a: number; readonly b: number; readonly length: number }
  /** Steps of the first run, which would stand before step `b` of the second one. */
  | { readonly kind: 'onlyA'; readonly a: number; readonly b: number; readonly length: number }
  | { readonly kind: 'onlyB'; readonly a: number; readonly b: number; readonly length: number };

/** Two steps of the same operation that went differently. */
export interface DifferingPair {
  readonly a: number;
  readonly b: number;
  readonly parts: readonly StepPart[];
}

/**
 * Steps taken out and put in that are searched for in the shortest way, which takes time by their square.
 * Where runs differ in more, the rest counts as different from the last step on that both share.
 */
const EDITS_MAX = 4_000;

/**
 * Aligns the steps of two runs by their operations, also where one has steps that the other lacks, so that
 * as many as possible stand beside each other. (Myers 1986, "An O(ND) Difference Algorithm and Its Variations".)
 */
export function alignRuns(one: Trace, other: Trace): readonly Stretch[] {
  const numbers = new Map<string, number>();
  const [a, b] = [keysOf(one, numbers), keysOf(other, numbers)];
  const start = commonStart(a, b);
  const end = commonEnd(a, b, start);
  const changes: readonly ChangeObject<number[]>[] | undefined = diffArrays(
    a.slice(start, a.length - end),
    b.slice(start, b.length - end),
    {
      // What one run has more than the other is no search.
      maxEditLength: EDITS_MAX + Math.abs(a.length - b.length),
    },
  );
  const stretches = new Stretches();
  stretches.add('both', start);
  if (changes) {
    for (const { added, removed, value } of changes) {
      stretches.add(removed ? 'onlyA' : added ? 'onlyB' : 'both', value.length);
    }
  } else {
    stretches.add('onlyA', a.length - end - start);
    stretches.add('onlyB', b.length - end - start);
  }
  stretches.add('both', end);
  return stretches.all;
}

/**
 * The pairs of aligned steps that went differently, in order. Once the states differ, they differ after every
 * step: a pair counts only if its steps did something different.
 */
export function* differingPairs(
  one: Trace,
  other: Trace,
  stretches: readonly Stretch[],
): Generator<DifferingPair> {
  for (const { kind, a, b, length } of stretches) {
    if (kind !== 'both') continue;
    for (let at = 0; at < length; at += 1) {
      if (isSameLine(one, a + at, other, b + at)) continue;
      const parts = differingParts(one.step(a + at), other.step(b + at), () =>
        one.stateAt(a + at - 1),
      ).filter((part) => part !== 'stateHash');
      if (parts.length > 0) yield { a: a + at, b: b + at, parts };
    }
  }
}

/** Whether two steps have the same line but for their numbers, as we write it; others are parsed. */
function isSameLine(one: Trace, a: number, other: Trace, b: number): boolean {
  const [first, second] = [one.line(a), other.line(b)];
  const [start, otherStart] = [`{"step":${a},`, `{"step":${b},`];
  return (
    first.startsWith(start) &&
    second.startsWith(otherStart) &&
    first.slice(start.length) === second.slice(otherStart.length)
  );
}

/** A number for each operation of a run; the same for the same operation. */
function keysOf(trace: Trace, numbers: Map<string, number>): number[] {
  return Array.from({ length: trace.length }, (_, at) => {
    const text = JSON.stringify(encodeOperation(essenceOf(trace.step(at).operation)));
    const known = numbers.get(text);
    if (known !== undefined) return known;
    numbers.set(text, numbers.size);
    return numbers.size - 1;
  });
}

/** An operation without what struck it: with and without a fault, a request is the same one. */
function essenceOf(operation: Operation): Operation {
  switch (operation.kind) {
    case 'normal':
      return { kind: 'normal', input: operation.input };
    case 'trackedActionCompleted':
      return { kind: 'trackedActionCompleted', id: operation.id, result: operation.result };
    case 'restore':
      return { kind: 'restore' };
    case 'crash':
      return { kind: 'crash', dispatched: 0 };
    case 'loss':
      return operation;
    case 'settled':
      return { kind: 'settled' };
    default:
      return assertNever(operation, 'operation');
  }
}

function commonStart(a: readonly number[], b: readonly number[]): number {
  const shorter = Math.min(a.length, b.length);
  let at = 0;
  while (at < shorter && a[at] === b[at]) at += 1;
  return at;
}

function commonEnd(a: readonly number[], b: readonly number[], start: number): number {
  const shorter = Math.min(a.length, b.length) - start;
  let count = 0;
  while (count < shorter && a[a.length - 1 - count] === b[b.length - 1 - count]) count += 1;
  return count;
}

/** Stretches that follow each other. */
class Stretches {
  readonly all: Stretch[] = [];
  #a = 0;
  #b = 0;

  add(kind: Stretch['kind'], length: number): void {
    if (length === 0) return;
    this.all.push({ kind, a: this.#a, b: this.#b, length });
    if (kind !== 'onlyB') this.#a += length;
    if (kind !== 'onlyA') this.#b += length;
  }
}
