import { diffArrays, type ChangeObject } from 'diff';
import { assertNever } from '../../assert.ts';
import type { Operation } from '../../machine/operation.ts';
import { STEP_PARTS, type StepPart } from '../format/format.ts';
import type { Trace } from '../trace.ts';
import { differingParts } from './differing-parts.ts';
import { idFieldsOf, jsonOf } from './id-fields.ts';
import { Meanings, namingFields, Numbering } from './meanings.ts';
import { Renaming } from './renaming.ts';
import {
  findMoved,
  mirrored,
  Stretches,
  withMoved,
  type Aligned,
  type MovedStep,
} from './stretches.ts';

/** Two steps of the same operation that went differently, in more than what things are called. */
export interface DifferingPair {
  readonly a: number;
  readonly b: number;
  readonly parts: readonly StepPart[];
}

/**
 * Steps taken out and put in that are searched for in the shortest way, which takes time by their square.
 * Where runs differ in more, they are aligned window by window.
 */
const EDITS_MAX = 1_000;
/** Steps of each run that are then searched at a time. */
const WINDOW_STEPS = 256;

/** The steps that are gone through at a time, before somebody else takes a turn. */
const SLICE_STEPS = 512;

/** Is given the number of steps that were just gone through: each of both runs once, and then each of their pairs. */
export type OnSteps = (steps: number) => void;

/**
 * Aligns the steps of two runs by their operations, also where one has steps that the other lacks, so that
 * as many as possible stand beside each other. An id counts as what it stands for: see {@link Meanings}. A run that
 * was shrunk from the other says which step each of its own was, whatever has become of its inputs and ids. (Myers 1986, "An O(ND) Difference Algorithm and Its Variations".)
 * Yields now and then, so that the caller can stop in between.
 */
export function* alignRuns(
  one: Trace,
  other: Trace,
  onSteps: OnSteps = () => {},
): Generator<undefined, Aligned, undefined> {
  const origins = originsIn(one, other);
  const reverse = origins ? undefined : originsIn(other, one);
  if (origins ?? reverse) onSteps(one.length + other.length);
  if (origins) return alignOrigins(origins, one.length);
  if (reverse) return turned(alignOrigins(reverse, other.length));
  const [numbers, fields] = [new Numbering(), namingFields([one, other])];
  const start = yield* commonLines(one, other);
  onSteps(2 * start);
  const a = yield* keysFrom(one, start, new Meanings(one, start, fields, numbers), onSteps);
  const b = yield* keysFrom(other, start, new Meanings(other, start, fields, numbers), onSteps);
  const end = commonEnd(a, b);
  const [middleA, middleB] = [a.slice(0, a.length - end), b.slice(0, b.length - end)];
  const changes: readonly ChangeObject<number[]>[] | undefined = diffArrays(middleA, middleB, {
    // What one run has more than the other is no search.
    maxEditLength: EDITS_MAX + Math.abs(a.length - b.length),
  });
  const stretches = new Stretches();
  stretches.add('both', start);
  if (changes) stretches.addAll(changes);
  else yield* alignWindows(middleA, middleB, stretches);
  stretches.add('both', end);
  const keys = { a: { from: start, all: a }, b: { from: start, all: b } };
  const moved = findMoved(stretches.all, keys);
  return { stretches: withMoved(stretches.all, moved), moved };
}

/**
 * The pairs of steps that went differently: those that stand beside each other in order, and those that have moved
 * where the later one of the two stands. Once the states differ, they differ after every step: a pair counts only if
 * its steps did something different. Yields nothing now and then, so that the caller can stop in between.
 */
export function* differingPairs(
  one: Trace,
  other: Trace,
  aligned: Aligned,
  onSteps: OnSteps = () => {},
): Generator<DifferingPair | undefined, void, undefined> {
  const held = [yield* idFieldsOf(one), yield* idFieldsOf(other)] as const;
  const renaming = new Renaming([one, other], namingFields([one, other]), held);
  let passed = 0;
  for (const { a, b } of pairsOf(aligned)) {
    if (passed % SLICE_STEPS === 0) {
      onSteps(SLICE_STEPS);
      yield undefined;
    }
    passed += 1;
    renaming.pass(a, b);
    if (isSameLine(one, a, other, b)) continue;
    const differing = renaming.differing(jsonOf(one, a), jsonOf(other, b));
    if (STEP_PARTS.every((part) => part === 'stateHash' || !differing.has(part))) continue;
    const parts = differingParts(one.step(a), other.step(b), () => one.stateAt(a - 1)).filter(
      (part) => part !== 'stateHash' && differing.has(part),
    );
    if (parts.length > 0) yield { a, b, parts };
  }
}

/** All pairs of steps with the same operation; what has moved comes as soon as both runs have had it. */
function* pairsOf({ stretches, moved }: Aligned): Generator<MovedStep, void, undefined> {
  const partners = {
    a: new Map(moved.map(({ a, b }) => [a, b])),
    b: new Map(moved.map(({ a, b }) => [b, a])),
  };
  for (const { kind, a, b, length } of stretches) {
    if (kind === 'onlyA' || kind === 'onlyB') continue;
    for (let at = 0; at < length; at += 1) {
      if (kind === 'both') {
        yield { a: a + at, b: b + at };
        continue;
      }
      const [own, next] = kind === 'movedA' ? [a + at, b] : [b + at, a];
      const partner = partners[kind === 'movedA' ? 'a' : 'b'].get(own);
      if (partner === undefined || partner >= next) continue;
      yield kind === 'movedA' ? { a: own, b: partner } : { a: partner, b: own };
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

/** What a run has in common with the longer one that it was shrunk from. */
const OF_ORIGIN = ['machine', 'scenario', 'seed', 'faults', 'operationsMax'] as const;

/** The step of a longer run that each of a shrunk one was; `undefined` if it was not shrunk from that run. */
function originsIn(longer: Trace, shrunk: Trace): readonly number[] | undefined {
  const { shrunkFrom } = shrunk.header;
  const isOrigin =
    shrunkFrom !== undefined &&
    longer.header.shrunkFrom === undefined &&
    longer.length >= shrunkFrom.steps &&
    OF_ORIGIN.every((name) => longer.header[name] === shrunk.header[name]);
  if (!isOrigin) return undefined;
  const origins = shrunkFrom.stepIndices.slice(0, shrunk.length);
  const areSame = origins.every(
    (from, at) =>
      from < longer.length && longer.glance(from).operation === shrunk.glance(at).operation,
  );
  return areSame && origins.length === shrunk.length ? origins : undefined;
}

/** Aligns each step of a shrunk run with its origin. */
function alignOrigins(origins: readonly number[], lengthA: number): Aligned {
  const stretches = new Stretches();
  const moved: MovedStep[] = [];
  let [a, b] = [0, 0];
  const inOrder = origins.toSorted((first, second) => first - second);
  for (const { added, removed, value } of diffArrays(inOrder, [...origins])) {
    if (removed) continue;
    if (added) {
      stretches.add('onlyB', value.length);
      for (const [at, from] of value.entries()) moved.push({ a: from, b: b + at });
    } else {
      for (const from of value) {
        stretches.add('onlyA', from - a);
        stretches.add('both', 1);
        a = from + 1;
      }
    }
    b += value.length;
  }
  stretches.add('onlyA', lengthA - a);
  return {
    stretches: withMoved(stretches.all, moved),
    moved: moved.toSorted((one, other) => one.a - other.a),
  };
}

/** An alignment as it is when the two runs change places. */
function turned({ stretches, moved }: Aligned): Aligned {
  return {
    stretches: stretches.map(mirrored),
    moved: moved.map(({ a, b }) => ({ a: b, b: a })).toSorted((one, other) => one.a - other.a),
  };
}

/**
 * Aligns what differs too much for one search, window by window. What is behind the last step that a window
 * has in both may have its partner in the next one.
 */
function* alignWindows(
  a: readonly number[],
  b: readonly number[],
  stretches: Stretches,
): Generator<undefined, void, undefined> {
  let [atA, atB] = [0, 0];
  while (atA < a.length && atB < b.length) {
    yield;
    const [endA, endB] = [atA + WINDOW_STEPS, atB + WINDOW_STEPS];
    const changes = diffArrays(a.slice(atA, endA), b.slice(atB, endB));
    const isLast = endA >= a.length && endB >= b.length;
    const kept = isLast ? changes : untilLastCommon(changes);
    stretches.addAll(kept);
    for (const { added, removed, value } of kept) {
      if (!added) atA += value.length;
      if (!removed) atB += value.length;
    }
  }
  stretches.add('onlyA', a.length - atA);
  stretches.add('onlyB', b.length - atB);
}

/** Changes without those after the last steps in common; all of them, if that is hardly a part of the window. */
function untilLastCommon(
  changes: readonly ChangeObject<number[]>[],
): readonly ChangeObject<number[]>[] {
  const last = changes.findLastIndex(({ added, removed }) => !added && !removed);
  const kept = changes.slice(0, last + 1);
  const steps = kept.reduce((sum, { value }) => sum + value.length, 0);
  return steps < WINDOW_STEPS / 4 ? changes : kept;
}

/** The number of steps at the start that have the same lines, which need not be parsed. */
function* commonLines(one: Trace, other: Trace): Generator<undefined, number, undefined> {
  const shorter = Math.min(one.length, other.length);
  let at = 0;
  for (; at < shorter && isSameLine(one, at, other, at); at += 1) {
    if (at % SLICE_STEPS === 0) yield;
  }
  return at;
}

/** A number for each operation of a run from a step on; the same for the same operation. */
function* keysFrom(
  trace: Trace,
  from: number,
  meanings: Meanings,
  onSteps: OnSteps,
): Generator<undefined, number[], undefined> {
  const keys: number[] = [];
  for (let at = from; at < trace.length; at += 1) {
    if (at % SLICE_STEPS === 0) {
      onSteps(SLICE_STEPS);
      yield;
    }
    keys.push(meanings.keyOf(at, essenceOf(trace.step(at).operation)));
  }
  return keys;
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

function commonEnd(a: readonly number[], b: readonly number[]): number {
  const shorter = Math.min(a.length, b.length);
  let count = 0;
  while (count < shorter && a[a.length - 1 - count] === b[b.length - 1 - count]) count += 1;
  return count;
}
