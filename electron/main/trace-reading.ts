import { readTraceText } from '../../core/node/files/trace-text.ts';

/**
 * How many pieces of text may be under way to the window: enough to keep it busy, and little enough
 * that a file which unpacks to gigabytes never waits in memory. A piece has 64 KB or less.
 */
const PIECES_AHEAD_MAX = 16;

/** Reads a trace file no faster than its pieces are taken. */
export class TraceReading {
  readonly #path: string;
  #isCancelled = false;
  /** Pieces that were given, and not yet taken. */
  #ahead = 0;
  #wake: (() => void) | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Reads to the end, or until it is cancelled.
   *
   * @throws {ProblemError} when the file cannot be read, after what was readable.
   */
  async run(give: (text: string) => void): Promise<'completed' | 'cancelled'> {
    for await (const text of readTraceText(this.#path)) {
      if (this.#ahead >= PIECES_AHEAD_MAX) await this.#untilTaken();
      if (this.#isCancelled) return 'cancelled';
      this.#ahead += 1;
      give(text);
    }
    return this.#isCancelled ? 'cancelled' : 'completed';
  }

  /** A piece was taken. */
  readOn(): void {
    this.#ahead -= 1;
    this.#wake?.();
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#wake?.();
  }

  async #untilTaken(): Promise<void> {
    if (this.#isCancelled) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }
}
