import type { Sample } from '../../core/trace/questions/expression-questions.ts';
import type { Direction } from './navigation.ts';

/** The kinds of samples, one bit each, so that a summary can name several. */
export const KIND = { none: 1, false: 2, true: 4, number: 8, text: 16 } as const;

/** What the samples of some stretches have in common. */
export interface Summary {
  /** The bits of the kinds among them. */
  readonly kinds: number;
  /** The least and the greatest number; infinite when there is none. */
  readonly min: number;
  readonly max: number;
}

/** Stretches that are summed up in advance. */
const BLOCK = 64;
/** The most different texts that are kept; stretches with other ones are drawn without a text. */
const TEXTS_MAX = 10_000;
const OTHER_TEXT = '…';

/**
 * What a watch was at the steps of a run, as far as they were searched: stretches of steps at which it
 * stayed the same, ascending from the initial state on. A million of them take 13 MB.
 */
export class WatchHistory {
  readonly #columns: Columns;
  /** How many stretches there are. */
  readonly length: number;
  /** The steps that were searched: those before this one, and the initial state. */
  readonly searched: number;

  private constructor(columns: Columns, length: number, searched: number) {
    this.#columns = columns;
    this.length = length;
    this.searched = searched;
  }

  /** The history of nothing searched so far. */
  static empty(): WatchHistory {
    return new WatchHistory(new Columns(), 0, 0);
  }

  /**
   * The history with stretches after its last one, which nothing may be added to any more: what it has so
   * far is shared.
   *
   * @param steps where they begin. What is not after the last stretch is known, and left out.
   */
  with(steps: readonly number[], samples: readonly Sample[], searched: number): WatchHistory {
    const columns = this.#columns;
    let { length } = this;
    for (const [at, step] of steps.entries()) {
      const isKnown = length > 0 && step < this.searched;
      if (isKnown) continue;
      columns.put(length, step, samples[at] ?? null);
      length += 1;
    }
    return new WatchHistory(columns, length, Math.max(this.searched, searched));
  }

  /** The step at which a stretch begins; -1 is the initial state. */
  stepAt(index: number): number {
    return this.#columns.steps[index] as number;
  }

  /** The bit of the kind of a stretch. */
  kindAt(index: number): number {
    return this.#columns.kinds[index] as number;
  }

  /** The number of a stretch of numbers. */
  numberAt(index: number): number {
    return this.#columns.numbers[index] as number;
  }

  /** What a stretch is, as a text. */
  textAt(index: number): string {
    switch (this.kindAt(index)) {
      case KIND.none:
        return 'no value';
      case KIND.false:
        return 'false';
      case KIND.true:
        return 'true';
      case KIND.number:
        return String(this.numberAt(index));
      default:
        return this.#columns.texts[this.numberAt(index)] ?? OTHER_TEXT;
    }
  }

  /** The stretch that a step lies in; -1 when it was not searched. */
  indexAt(stepIndex: number): number {
    if (this.length === 0 || stepIndex >= Math.max(0, this.searched)) return -1;
    return this.countUpTo(stepIndex) - 1;
  }

  /** How many stretches begin at a step or before it. */
  countUpTo(stepIndex: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.stepAt(middle) <= stepIndex) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The nearest step on one side at which it changes, or becomes true. */
  changeBeside(
    stepIndex: number,
    direction: Direction,
    kind: 'changes' | 'becomesTrue' = 'changes',
  ): number | undefined {
    const stride = direction === 'next' ? 1 : -1;
    const first =
      direction === 'next' ? this.countUpTo(stepIndex) : this.countUpTo(stepIndex - 1) - 1;
    // The first stretch is what it was from the start: it did not become that.
    for (let at = first; at > 0 && at < this.length; at += stride) {
      if (kind === 'changes' || this.kindAt(at) === KIND.true) return this.stepAt(at);
    }
    return undefined;
  }

  /** What all stretches have in common. */
  get all(): Summary {
    return this.summaryOf(0, this.length);
  }

  /** What the stretches from one to before another have in common. */
  summaryOf(from: number, to: number): Summary {
    const { kinds, numbers, blocks } = this.#columns;
    const summary = { kinds: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
    for (let at = from; at < to;) {
      // The last block may have grown since.
      if (at % BLOCK === 0 && at + BLOCK <= to) {
        add(summary, blocks[at / BLOCK] as Summary);
        at += BLOCK;
      } else {
        addOne(summary, kinds[at] as number, numbers[at] as number);
        at += 1;
      }
    }
    return summary;
  }
}

type Growing = { -readonly [Key in keyof Summary]: Summary[Key] };

function add(summary: Growing, other: Summary): void {
  summary.kinds |= other.kinds;
  summary.min = Math.min(summary.min, other.min);
  summary.max = Math.max(summary.max, other.max);
}

function addOne(summary: Growing, kind: number, number: number): void {
  summary.kinds |= kind;
  if (kind !== KIND.number) return;
  summary.min = Math.min(summary.min, number);
  summary.max = Math.max(summary.max, number);
}

/** The stretches in columns, which only grow. */
class Columns {
  steps = new Int32Array(64);
  kinds = new Uint8Array(64);
  /** Numbers, or the places of texts. */
  numbers = new Float64Array(64);
  readonly texts: string[] = [];
  readonly blocks: Growing[] = [];
  readonly #places = new Map<string, number>();

  put(index: number, step: number, sample: Sample): void {
    if (index === this.steps.length) this.#grow();
    this.steps[index] = step;
    const kind = kindOf(sample);
    const number = typeof sample === 'string' ? this.#placeOf(sample) : Number(sample ?? 0);
    this.kinds[index] = kind;
    this.numbers[index] = number;
    if (index % BLOCK === 0) {
      this.blocks.push({ kinds: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY });
    }
    addOne(this.blocks[Math.floor(index / BLOCK)] as Growing, kind, number);
  }

  #placeOf(text: string): number {
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    if (this.texts.length === TEXTS_MAX) return -1;
    this.#places.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }

  #grow(): void {
    const length = this.steps.length * 2;
    const { steps, kinds, numbers } = this;
    this.steps = new Int32Array(length);
    this.kinds = new Uint8Array(length);
    this.numbers = new Float64Array(length);
    this.steps.set(steps);
    this.kinds.set(kinds);
    this.numbers.set(numbers);
  }
}

function kindOf(sample: Sample): number {
  if (typeof sample === 'boolean') return sample ? KIND.true : KIND.false;
  if (sample === null) return KIND.none;
  return typeof sample === 'number' ? KIND.number : KIND.text;
}
