import { rmSync } from 'node:fs';
import { TraceAppender } from '../../../core/node/files/trace-writer.ts';
import { REPORT_MS, type TaskContext } from './task-context.ts';

/** Lines are written as soon as they have this length together. */
const PENDING_CHARS_MAX = 256 * 1024;

/** The file of a run that is going on. What was written is reported, so that it can be read. */
export class LiveTrace {
  readonly #context: Pick<TaskContext<'run' | 'shrink' | 'fork'>, 'report'>;
  readonly #file: TraceAppender;
  /** The number of lines that an earlier process has written; they are left out. */
  readonly #linesKept: number;
  /** The number of lines that were added or left out. */
  #lines = 0;
  #flushedMs = performance.now();

  /**
   * @param options.isContinued an earlier process has begun the file, and ended. It may have written more
   * lines than it could report.
   * @throws {ProblemError} when the file cannot be written.
   */
  constructor(
    context: Pick<TaskContext<'run' | 'shrink' | 'fork'>, 'report' | 'tracePath'>,
    { isContinued = false } = {},
  ) {
    this.#context = context;
    // Whoever still writes to, or reads, a file of that name has another one.
    if (!isContinued) rmSync(context.tracePath, { force: true });
    this.#file = new TraceAppender(context.tracePath, { isContinued });
    this.#linesKept = this.#file.lines;
  }

  /** Whether so much was added that it should be written before more is. */
  get isFull(): boolean {
    return this.#file.charsPending >= PENDING_CHARS_MAX;
  }

  get isDue(): boolean {
    return this.isFull || performance.now() - this.#flushedMs >= REPORT_MS;
  }

  /** @throws {ProblemError} when the disk is full. */
  add(line: string): void {
    this.#lines += 1;
    if (this.#lines <= this.#linesKept) return;
    this.#file.add(line);
    // The first step may hang, and after a process that hung or died each line may be the last.
    if (this.#lines === 1 || this.#linesKept > 0) this.flush();
  }

  /** @throws {ProblemError} when the disk is full; what was written before is kept. */
  flush(): void {
    this.#flushedMs = performance.now();
    if (this.#file.charsPending === 0) return;
    this.#file.flush();
    const { bytes, lines } = this.#file;
    this.#context.report({ kind: 'written', bytes, lines }, lines);
  }

  /** Writes what was added, and ends. */
  close(): void {
    try {
      this.flush();
    } finally {
      this.#file.close();
    }
  }
}
