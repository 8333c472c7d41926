import { NO_TIME, type Errand, type ErrandResult } from './worker-contract.ts';

/** An errand, with its place among all errands. */
export interface PlacedErrand {
  readonly index: number;
  readonly errand: Errand;
}

/** The errands of a sweep, handed out one by one, with the results that they have so far. */
export class ErrandQueue {
  readonly #errands: readonly Errand[];
  readonly #onResult: (index: number, result: ErrandResult) => void;
  readonly #results: (ErrandResult | undefined)[];
  #next = 0;

  /** @param onResult is given the results as they come. */
  constructor(errands: readonly Errand[], onResult: (index: number, result: ErrandResult) => void) {
    this.#errands = errands;
    this.#onResult = onResult;
    this.#results = errands.map(() => undefined);
  }

  /** All of them, handed out or not. */
  get length(): number {
    return this.#errands.length;
  }

  /** The number of those without a result. */
  get left(): number {
    return this.#results.filter((result) => result === undefined).length;
  }

  /** The results of all, in their order; of those that have none, that there was no time. */
  get results(): readonly ErrandResult[] {
    return this.#results.map((result) => result ?? NO_TIME);
  }

  /** Hands out the next errand. */
  draw(): PlacedErrand | undefined {
    const index = this.#next;
    const errand = this.#errands[index];
    if (errand === undefined) return undefined;
    this.#next += 1;
    return { index, errand };
  }

  /** Keeps the result of an errand. */
  keep(index: number, result: ErrandResult): void {
    this.#results[index] = result;
    this.#onResult(index, result);
  }
}
