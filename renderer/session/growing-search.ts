import { toProblem } from '../../core/problem.ts';

/** What is found on the way is reported together after this time: each report draws the lanes anew. */
const REPORT_MS = 200;

/** How far a search is: everything is searched, it goes on, or it ended before. */
export interface SearchState {
  readonly status: 'searching' | 'done' | 'cancelled';
  /** Why the rest cannot be searched. */
  readonly problem?: string;
}

/** What is searched, and how. */
interface Searched {
  /** Whether everything that there is now was searched. */
  readonly isWhole: () => boolean;
  /**
   * Searches what there is now.
   *
   * @param onFound must be called when a part was found.
   * @returns whether it came any further.
   */
  readonly search: (signal: AbortSignal, onFound: () => void) => Promise<boolean>;
  /** Takes how far the search is, again and again; what it found is known to whoever searches. */
  readonly report: (state: SearchState) => void;
  /** What has failed, if an error does not say so itself. */
  readonly failed: string;
}

/** A search through a run that grows: it goes on until it has caught up, fails or is cancelled. */
export class GrowingSearch {
  readonly #searched: Searched;
  readonly #abort = new AbortController();
  #reportedMs = 0;
  #isSearching = false;
  #problem: string | undefined;

  constructor(searched: Searched) {
    this.#searched = searched;
  }

  /** Searches what has come since, and reports at once how far it is. */
  extend(): void {
    const isOver = this.#isStopped || this.#searched.isWhole();
    const goesOn = !isOver && !this.#isSearching;
    if (goesOn) this.#isSearching = true;
    this.#report();
    if (goesOn) void this.#searchAll();
  }

  /** Stops where the search is; what was found stays. */
  cancel(): void {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    this.#report();
  }

  get #isStopped(): boolean {
    return this.#abort.signal.aborted || this.#problem !== undefined;
  }

  async #searchAll(): Promise<void> {
    const onFound = () => {
      if (performance.now() - this.#reportedMs >= REPORT_MS) this.#report();
    };
    try {
      // The run may have grown in the meantime.
      while (!this.#isStopped && !this.#searched.isWhole()) {
        const cameFurther = await this.#searched.search(this.#abort.signal, onFound);
        if (!cameFurther) throw new Error('the search came to no end');
      }
    } catch (error) {
      if (!this.#abort.signal.aborted)
        this.#problem = toProblem(error, this.#searched.failed).title;
    }
    this.#isSearching = false;
    this.#report();
  }

  #report(): void {
    this.#reportedMs = performance.now();
    const isDone = !this.#isSearching && this.#searched.isWhole();
    this.#searched.report({
      status: isDone ? 'done' : this.#isStopped ? 'cancelled' : 'searching',
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    });
  }
}
