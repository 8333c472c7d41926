import { z } from 'zod';
import { sameValue } from '../../value/value.ts';
import { STEP_PARTS, type StepPart } from '../format/format.ts';
import { lastAtMost } from '../last-at-most.ts';
import type { Trace } from '../trace.ts';
import { alignRuns, differingPairs, type DifferingPair, type OnSteps } from './align.ts';
import { hasSide, sideOf, STRETCH_KINDS, type Side, type Stretch } from './stretches.ts';

/** The step of the other run that stands beside a step. */
export interface Opposite {
  readonly stepIndex: number;
  /** Whether it is the same operation; otherwise it is the last step before the gap. */
  readonly isAligned: boolean;
}

/** Steps beside each other; a run that lacks the operation has no step there. */
export interface AlignedRow {
  readonly a?: number;
  readonly b?: number;
}

const count = z.number().int().nonnegative();

const numbers = z.custom<Uint32Array>((given) => given instanceof Uint32Array);
const bits = z.custom<Uint16Array>((given) => given instanceof Uint16Array);

/** An alignment as it travels between processes. */
export const packedAlignmentSchema = z.object({
  stretches: z
    .array(z.object({ kind: z.enum(STRETCH_KINDS), a: count, b: count, length: count }))
    .readonly(),
  /** The rows of pairs that went differently, ascending, … */
  rows: numbers,
  /** … and in which of {@link STEP_PARTS}, a bit each. */
  parts: bits,
  /** The steps that both runs have at other places, in the order of A, and in which parts they went differently. */
  moved: z.object({ a: numbers, b: numbers, parts: bits }),
  isSameStart: z.boolean(),
});
export type PackedAlignment = Readonly<z.infer<typeof packedAlignmentSchema>>;

/**
 * Two runs beside each other, A and B: a row for each pair of steps with the same operation, and for each
 * step without a partner beside it: those that only one of them has, and those that both have at other places. Row -1
 * is the initial state of both. A look-up takes the logarithm of the number of stretches.
 */
export class Alignment {
  readonly #packed: PackedAlignment;
  /** The row with which each stretch begins. */
  readonly #starts: readonly number[];
  /** The rows at which something differs, ascending: pairs, and where gaps and moves begin. */
  readonly #differences: Uint32Array;
  /** Which of the moves a step of a run belongs to. */
  readonly #moves: Readonly<Record<Side, ReadonlyMap<number, number>>>;
  /** The number of rows. */
  readonly length: number;
  /** The number of steps that only one of the runs has. */
  readonly only: Readonly<Record<Side, number>>;

  constructor(packed: PackedAlignment) {
    this.#packed = packed;
    const starts: number[] = [];
    const gaps: number[] = [];
    const only = { a: 0, b: 0 };
    let length = 0;
    for (const stretch of packed.stretches) {
      starts.push(length);
      if (stretch.kind === 'onlyA') only.a += stretch.length;
      if (stretch.kind === 'onlyB') only.b += stretch.length;
      if (stretch.kind === 'onlyA' || stretch.kind === 'onlyB') gaps.push(length);
      length += stretch.length;
    }
    this.#starts = starts;
    this.length = length;
    this.only = only;
    const { a, b } = packed.moved;
    this.#moves = { a: placesIn(a), b: placesIn(b) };
    const moves = this.#startsOfMoves();
    this.#differences = Uint32Array.from([...packed.rows, ...gaps, ...moves]).toSorted();
  }

  get stretches(): readonly Stretch[] {
    return this.#packed.stretches;
  }

  /** Whether both runs begin with the same state. */
  get isSameStart(): boolean {
    return this.#packed.isSameStart;
  }

  /** Whether nothing differs. */
  get isSame(): boolean {
    return this.isSameStart && this.#differences.length === 0;
  }

  /** The number of pairs that went differently. */
  get pairsCount(): number {
    return this.#packed.rows.length;
  }

  /** The number of steps that both runs have, but at other places. */
  get movedCount(): number {
    return this.#packed.moved.a.length;
  }

  /** The steps that both runs have at other places, in the order of A; with no parts where they did the same. */
  *moved(): Generator<DifferingPair, void, undefined> {
    for (let at = 0; at < this.movedCount; at += 1) yield this.#move(at);
  }

  /** The pair to which a step of a run belongs, if its partner has another place. */
  movedAt(side: Side, stepIndex: number): DifferingPair | undefined {
    const at = this.#moves[side].get(stepIndex);
    return at === undefined ? undefined : this.#move(at);
  }

  #move(at: number): DifferingPair {
    const { a, b, parts } = this.#packed.moved;
    return { a: a[at] ?? -1, b: b[at] ?? -1, parts: partsOf(parts[at]) };
  }

  /** The rows where moves begin: where the sooner of the two steps is, and once for steps that moved together. */
  *#startsOfMoves(): Generator<number, void, undefined> {
    let before: DifferingPair | undefined;
    for (const pair of this.moved()) {
      const { a, b } = pair;
      if (before?.a !== a - 1 || before.b !== b - 1) {
        yield Math.min(this.rowOf('a', a), this.rowOf('b', b));
      }
      before = pair;
    }
  }

  /** The pairs beside each other that went differently, in order. */
  *pairs(): Generator<DifferingPair, void, undefined> {
    for (const row of this.#packed.rows) {
      const { a = -1, b = -1 } = this.row(row);
      yield { a, b, parts: this.partsAt(row) };
    }
  }

  /** The parts in which the steps of a row went differently; none if they are the same, or only one is there. */
  partsAt(row: number): readonly StepPart[] {
    const { rows, parts } = this.#packed;
    const at = lastAtMost(rows, row);
    return at < 0 || rows[at] !== row ? [] : partsOf(parts[at]);
  }

  /** The steps of a row; -1 is the initial state of both. */
  row(row: number): AlignedRow {
    if (row < 0) return { a: -1, b: -1 };
    const at = lastAtMost(this.#starts, row);
    const stretch = this.stretches[at];
    if (!stretch) return {};
    const offset = row - (this.#starts[at] ?? 0);
    return {
      ...(hasSide(stretch.kind, 'a') ? { a: stretch.a + offset } : {}),
      ...(hasSide(stretch.kind, 'b') ? { b: stretch.b + offset } : {}),
    };
  }

  /** The row of a step of one of the runs. */
  rowOf(side: Side, stepIndex: number): number {
    if (stepIndex < 0) return -1;
    const at = this.#stretchOf(side, stepIndex);
    const stretch = this.stretches[at];
    if (!stretch) return this.length - 1;
    return Math.min((this.#starts[at] ?? 0) + stepIndex - stretch[side], this.length - 1);
  }

  /** The step of the other run that stands beside a step of one of them. */
  opposite(side: Side, stepIndex: number): Opposite {
    if (stepIndex < 0) return { stepIndex: -1, isAligned: true };
    const stretch = this.stretches[this.#stretchOf(side, stepIndex)];
    if (!stretch) return { stepIndex: -1, isAligned: false };
    const other = side === 'a' ? 'b' : 'a';
    if (stretch.kind !== 'both') return { stepIndex: stretch[other] - 1, isAligned: false };
    const offset = Math.min(stepIndex - stretch[side], stretch.length - 1);
    return { stepIndex: stretch[other] + offset, isAligned: true };
  }

  /**
   * The step of the other run that has the operation of a step of one of them, beside it or at another place; nothing
   * if the other run has no such step.
   */
  partnerOf(side: Side, stepIndex: number): number | undefined {
    const moved = this.movedAt(side, stepIndex);
    if (moved) return moved[side === 'a' ? 'b' : 'a'];
    const { stepIndex: opposite, isAligned } = this.opposite(side, stepIndex);
    return isAligned ? opposite : undefined;
  }

  /**
   * The nearest row after another one, or before it, at which something differs. A gap counts once: its
   * first row stands for it.
   */
  differenceBeside(row: number, direction: 'next' | 'previous'): number | undefined {
    const at = lastAtMost(this.#differences, direction === 'next' ? row : row - 1);
    if (direction === 'next') return this.#differences[at + 1];
    if (at >= 0) return this.#differences[at];
    return row > -1 && !this.isSameStart ? -1 : undefined;
  }

  /** The first row at which something differs. */
  get firstDifference(): number | undefined {
    return this.isSameStart ? this.#differences[0] : -1;
  }

  /** The last stretch that has a step of a run, among those that begin at or before it. */
  #stretchOf(side: Side, stepIndex: number): number {
    let low = 0;
    let high = this.stretches.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.stretches[middle] as Stretch)[side] <= stepIndex) low = middle + 1;
      else high = middle;
    }
    let at = low - 1;
    while (at > 0 && !hasSide((this.stretches[at] as Stretch).kind, side)) at -= 1;
    return at;
  }
}

/** Aligns two runs, A and B. Yields now and then, so that the caller can stop in between. */
export function* searchAlignment(
  a: Trace,
  b: Trace,
  onSteps?: OnSteps,
): Generator<undefined, PackedAlignment, undefined> {
  const aligned = yield* alignRuns(a, b, onSteps);
  const { stretches, moved } = aligned;
  const movedOf = new Map(moved.map((pair, at) => [pair.a, at]));
  const movedParts = new Uint16Array(moved.length);
  const rows: number[] = [];
  const parts: number[] = [];
  const offsets = offsetsOf(stretches);
  for (const pair of differingPairs(a, b, aligned, onSteps)) {
    if (!pair) {
      yield;
      continue;
    }
    const move = movedOf.get(pair.a);
    if (move === undefined) {
      rows.push(pair.a + offsets(pair.a));
      parts.push(bitsOf(pair.parts));
    } else movedParts[move] = bitsOf(pair.parts);
  }
  return {
    stretches,
    rows: Uint32Array.from(rows),
    parts: Uint16Array.from(parts),
    moved: {
      a: Uint32Array.from(moved, (pair) => pair.a),
      b: Uint32Array.from(moved, (pair) => pair.b),
      parts: movedParts,
    },
    isSameStart: sameValue(a.header.initialState, b.header.initialState),
  };
}

function bitsOf(parts: readonly StepPart[]): number {
  return parts.reduce((all, part) => all | (1 << STEP_PARTS.indexOf(part)), 0);
}

function partsOf(all = 0): readonly StepPart[] {
  return STEP_PARTS.filter((_, bit) => ((all >> bit) & 1) === 1);
}

function placesIn(steps: Uint32Array): ReadonlyMap<number, number> {
  return new Map(Array.from(steps, (step, place) => [step, place]));
}

/** Aligns two runs whose lines are at hand. */
export function alignTraces(a: Trace, b: Trace): Alignment {
  const search = searchAlignment(a, b);
  let next = search.next();
  while (next.done !== true) next = search.next();
  return new Alignment(next.value);
}

/** For ascending steps of A: how many rows of B alone stand before one. */
function offsetsOf(stretches: readonly Stretch[]): (a: number) => number {
  let at = 0;
  let before = 0;
  return (a) => {
    for (; at < stretches.length; at += 1) {
      const stretch = stretches[at] as Stretch;
      const isOfB = sideOf(stretch.kind) === 'b';
      if (stretch.a > a || (!isOfB && stretch.a + stretch.length > a)) break;
      if (isOfB) before += stretch.length;
    }
    return before;
  };
}
