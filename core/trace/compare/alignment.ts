import { z } from 'zod';
import { sameValue } from '../../value/value.ts';
import { STEP_PARTS, type StepPart } from '../format/format.ts';
import type { Trace } from '../trace.ts';
import { alignRuns, differingPairs, type DifferingPair, type Stretch } from './align.ts';

/** One of two runs beside each other: A is what B is compared with. */
export type Side = 'a' | 'b';

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

/** An alignment as it travels between processes. */
export const packedAlignmentSchema = z.object({
  stretches: z
    .array(
      z.object({ kind: z.enum(['both', 'onlyA', 'onlyB']), a: count, b: count, length: count }),
    )
    .readonly(),
  /** The rows of pairs that went differently, ascending, … */
  rows: z.custom<Uint32Array>((given) => given instanceof Uint32Array),
  /** … and in which of {@link STEP_PARTS}, a bit each. */
  parts: z.custom<Uint16Array>((given) => given instanceof Uint16Array),
  isSameStart: z.boolean(),
});
export type PackedAlignment = Readonly<z.infer<typeof packedAlignmentSchema>>;

/**
 * Two runs beside each other, A and B: a row for each pair of steps with the same operation, and for each
 * step that only one of them has. Row -1 is the initial state of both. A look-up takes the logarithm of the
 * number of stretches.
 */
export class Alignment {
  readonly #packed: PackedAlignment;
  /** The row with which each stretch begins. */
  readonly #starts: readonly number[];
  /** The rows at which something differs, ascending: pairs, and the starts of gaps. */
  readonly #differences: Uint32Array;
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
      if (stretch.kind !== 'both') gaps.push(length);
      if (stretch.kind === 'onlyA') only.a += stretch.length;
      if (stretch.kind === 'onlyB') only.b += stretch.length;
      length += stretch.length;
    }
    this.#starts = starts;
    this.length = length;
    this.only = only;
    this.#differences = Uint32Array.from([...packed.rows, ...gaps]).toSorted();
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

  /** The pairs that went differently, in order. */
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
    if (at < 0 || rows[at] !== row) return [];
    const bits = parts[at] ?? 0;
    return STEP_PARTS.filter((_, bit) => ((bits >> bit) & 1) === 1);
  }

  /** The steps of a row; -1 is the initial state of both. */
  row(row: number): AlignedRow {
    if (row < 0) return { a: -1, b: -1 };
    const at = lastAtMost(this.#starts, row);
    const stretch = this.stretches[at];
    if (!stretch) return {};
    const offset = row - (this.#starts[at] ?? 0);
    return {
      ...(stretch.kind === 'onlyB' ? {} : { a: stretch.a + offset }),
      ...(stretch.kind === 'onlyA' ? {} : { b: stretch.b + offset }),
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

  /** Whether a row is a difference of its own: a pair that went differently, or a step without a partner. */
  isDifferent(row: number): boolean {
    if (row < 0) return !this.isSameStart;
    const { a, b } = this.row(row);
    return a === undefined || b === undefined || this.partsAt(row).length > 0;
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
    const missing = side === 'a' ? 'onlyB' : 'onlyA';
    let at = low - 1;
    while (at > 0 && this.stretches[at]?.kind === missing) at -= 1;
    return at;
  }
}

/** Aligns two runs, A and B. Yields now and then, so that the caller can stop in between. */
export function* searchAlignment(
  a: Trace,
  b: Trace,
): Generator<undefined, PackedAlignment, undefined> {
  const stretches = yield* alignRuns(a, b);
  const rows: number[] = [];
  const parts: number[] = [];
  const offsets = offsetsOf(stretches);
  for (const pair of differingPairs(a, b, stretches)) {
    if (!pair) {
      yield;
      continue;
    }
    rows.push(pair.a + offsets(pair.a));
    parts.push(pair.parts.reduce((bits, part) => bits | (1 << STEP_PARTS.indexOf(part)), 0));
  }
  return {
    stretches,
    rows: Uint32Array.from(rows),
    parts: Uint16Array.from(parts),
    isSameStart: sameValue(a.header.initialState, b.header.initialState),
  };
}

/** Aligns two runs whose lines are at hand. */
export function alignTraces(a: Trace, b: Trace): Alignment {
  const search = searchAlignment(a, b);
  let next = search.next();
  while (next.done !== true) next = search.next();
  return new Alignment(next.value);
}

/** For ascending steps of A: how many steps that only B has stand before one. */
function offsetsOf(stretches: readonly Stretch[]): (a: number) => number {
  let at = 0;
  let before = 0;
  return (a) => {
    for (; at < stretches.length; at += 1) {
      const stretch = stretches[at] as Stretch;
      if (stretch.a > a || (stretch.kind !== 'onlyB' && stretch.a + stretch.length > a)) break;
      if (stretch.kind === 'onlyB') before += stretch.length;
    }
    return before;
  };
}

function lastAtMost(ascending: ArrayLike<number>, limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
