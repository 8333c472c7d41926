import { toProblem } from '../../core/problem.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { sourceOf } from './asking.ts';
import { WatchHistory } from './watch-history.ts';

/** What is known of a watch over a run. */
export interface Watched {
  readonly history: WatchHistory;
  readonly status: 'searching' | 'done' | 'cancelled';
  /** Why the rest cannot be searched. */
  readonly problem?: string;
}

/** What is found on the way is reported together after this time. */
const REPORT_MS = 50;

/** Follows the value of an expression over a run, as that grows. */
export class WatchSearch {
  readonly #trace: Trace;
  readonly #expression: string;
  readonly #report: (watched: Watched) => void;
  readonly #abort = new AbortController();
  #history = WatchHistory.empty();
  #reportedMs = 0;
  #isAsking = false;
  #problem: string | undefined;

  /** @param report takes what is known so far, again and again. */
  constructor(trace: Trace, expression: string, report: (watched: Watched) => void) {
    this.#trace = trace;
    this.#expression = expression;
    this.#report = report;
  }

  /** Searches the steps that have come since. */
  extend(): void {
    if (this.#isAsking || this.#isOver) return;
    this.#isAsking = true;
    this.#tell();
    void this.#askAll();
  }

  /** Stops where the search is; what was found stays. */
  cancel(): void {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    this.#tell();
  }

  get #isStopped(): boolean {
    return this.#abort.signal.aborted || this.#problem !== undefined;
  }

  get #isOver(): boolean {
    const isWhole = this.#history.length > 0 && this.#history.searched >= this.#trace.length;
    return this.#isStopped || isWhole;
  }

  async #askAll(): Promise<void> {
    try {
      // The run may have grown in the meantime.
      while (!this.#isOver) await this.#ask();
    } catch (error) {
      if (!this.#abort.signal.aborted) {
        this.#problem = toProblem(error, 'The expression could not be followed').title;
      }
    }
    this.#isAsking = false;
    this.#tell();
  }

  async #ask(): Promise<void> {
    const { signal } = this.#abort;
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
          if (performance.now() - this.#reportedMs >= REPORT_MS) this.#tell();
        },
      },
    );
    if (this.#history === before) throw new Error('the search came to no end');
  }

  #tell(): void {
    this.#reportedMs = performance.now();
    this.#report({
      history: this.#history,
      status:
        this.#isAsking && !this.#isStopped ? 'searching' : this.#isStopped ? 'cancelled' : 'done',
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    });
  }
}
