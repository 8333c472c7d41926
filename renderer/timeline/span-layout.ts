import type { TrackedSpan } from '../../core/trace/spans.ts';
import { countBelow } from './events.ts';

/** Rows that spans are packed into. No timeline is high enough to show more. */
export const ROWS_MAX = 32;

/** The end of a span that is still open. */
const OPEN = Number.POSITIVE_INFINITY;

const itself = (stepIndex: number) => stepIndex;

/**
 * Tracked actions by row and time.
 *
 * Each span gets, in the order of emission, the lowest row that is free when it is emitted. This
 * needs no knowledge of what comes later, so rows stay as they are while the trace grows, and the
 * height of the window has no say in them. Within a row spans follow one another, so whatever is
 * visible in it is found by halving. What finds no row is known by number only.
 */
export class SpanIndex {
  readonly #emittedAt: number[] = [];
  readonly #endedAt: number[] = [];
  /** Of all spans that ended, ascending. */
  readonly #endsInOrder: number[] = [];
  #open: number[] = [];
  /** For each row its spans, as indices into the trace's list, in the order of time. */
  readonly #rows: number[][] = [];

  /** Takes over what is new: spans emitted, and spans ended, before step `lengthSteps`. */
  extend(spans: readonly TrackedSpan[], lengthSteps: number): void {
    const ends: number[] = [];
    const stillOpen: number[] = [];
    const settle = (index: number): void => {
      const endedAt = endOf(spans[index], lengthSteps);
      this.#endedAt[index] = endedAt;
      if (endedAt === OPEN) stillOpen.push(index);
      else ends.push(endedAt);
    };
    for (const index of this.#open) settle(index);
    for (let index = this.#emittedAt.length; index < spans.length; index += 1) {
      const { emittedAt } = spans[index] as TrackedSpan;
      if (emittedAt >= lengthSteps) break;
      this.#emittedAt.push(emittedAt);
      settle(index);
      this.#place(index, emittedAt);
    }
    this.#open = stillOpen;
    // All of them are later than those known before: steps only come at the end.
    for (const endedAt of ends.toSorted((a, b) => a - b)) this.#endsInOrder.push(endedAt);
  }

  get count(): number {
    return this.#emittedAt.length;
  }

  get openCount(): number {
    return this.#open.length;
  }

  /** How many rows are in use, in the whole trace. */
  get rowCount(): number {
    return this.#rows.length;
  }

  emittedAt(index: number): number {
    return this.#emittedAt[index] as number;
  }

  /** Infinity for a span that is open. */
  endedAt(index: number): number {
    return this.#endedAt[index] as number;
  }

  /** How many spans have a part between two steps. */
  countBetween(fromStep: number, toStep: number): number {
    return (
      countBelow(this.#emittedAt, toStep, itself) -
      countBelow(this.#endsInOrder, fromStep + 1, itself)
    );
  }

  /** The spans of a row that have a part in a range, as indices into the trace's list. */
  inRow(row: number, fromAt: number, toAt: number): readonly number[] {
    const indices = this.#rows[row] ?? [];
    let low = 0;
    let high = indices.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.endedAt(indices[middle] as number) < fromAt) low = middle + 1;
      else high = middle;
    }
    let end = low;
    while (end < indices.length && this.emittedAt(indices[end] as number) <= toAt) end += 1;
    return indices.slice(low, end);
  }

  #place(index: number, emittedAt: number): void {
    for (let row = 0; row < ROWS_MAX; row += 1) {
      const indices = this.#rows[row];
      if (!indices) {
        this.#rows.push([index]);
        return;
      }
      if (this.endedAt(indices[indices.length - 1] as number) <= emittedAt) {
        indices.push(index);
        return;
      }
    }
  }
}

/**
 * When a span ended, as far as a trace of this length knows: the list of spans is shared with
 * the longer traces that follow while a run goes on.
 */
function endOf(span: TrackedSpan | undefined, lengthSteps: number): number {
  const ended = span?.ended;
  return ended === undefined || ended.at >= lengthSteps ? OPEN : ended.at;
}
