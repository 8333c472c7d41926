import type { Trace } from '../../core/trace/trace.ts';
import { sourceOf } from './asking.ts';
import { GrowingSearch, type SearchState } from './growing-search.ts';
import { WatchHistory } from './watch-history.ts';

/** What is known of a watch over a run. */
export interface Watched extends SearchState {
  readonly history: WatchHistory;
}

/** Follows the value of an expression over a run, as that grows. */
export class WatchSearch {
  readonly #trace: Trace;
  readonly #expression: string;
  readonly #search: GrowingSearch;
  #history = WatchHistory.empty();

  /** @param report takes what is known so far, again and again. */
  constructor(trace: Trace, expression: string, report: (watched: Watched) => void) {
    this.#trace = trace;
    this.#expression = expression;
    this.#search = new GrowingSearch({
      isWhole: () => this.#history.length > 0 && this.#history.searched >= trace.length,
      search: (signal, onFound) => this.#ask(signal, onFound),
      report: (state) => report({ history: this.#history, ...state }),
      failed: 'The expression could not be followed',
    });
  }

  /** Searches the steps that have come since. */
  extend(): void {
    this.#search.extend();
  }

  /** Stops where the search is; what was found stays. */
  cancel(): void {
    this.#search.cancel();
  }

  async #ask(signal: AbortSignal, onFound: () => void): Promise<boolean> {
    const before = this.#history;
    // The last step that is known is asked once more: what comes after it may be the same.
    const from = before.length === 0 ? -1 : before.searched - 1;
    await sourceOf(this.#trace).ask(
      { kind: 'values', expression: this.#expression, from },
      {
        signal,
        onFound: ({ searched, steps, samples }) => {
          if (signal.aborted) return;
          this.#history = this.#history.with(steps, samples, searched);
          onFound();
        },
      },
    );
    return this.#history !== before;
  }
}
