import type { ReaderMessage, ReaderRequest } from '../../core/contract/reader.ts';
import { TraceFile } from '../../core/node/files/trace-file.ts';
import { ProblemError, toProblem, type Problem } from '../../core/problem.ts';
import { formatHeader } from '../../core/trace/format/format.ts';
import { packDelta } from '../../core/trace/trace-index.ts';
import type { Trace } from '../../core/trace/trace.ts';

/** New steps are gathered for this long before they are sent. */
const REPORT_MS = 40;

/** A trace that the reader has open: it is read to its end, and its growth is sent on the way. */
export class OpenTrace {
  readonly #id: string;
  readonly #file: TraceFile;
  readonly #isLive: boolean;
  readonly #send: (message: ReaderMessage) => void;
  /** The trace that the window has the steps of; undefined until something was sent. */
  #sentTrace: Trace | undefined;
  /** The number of steps that the window has; undefined if it does not want any. */
  #stepsSent: number | undefined;
  #isEndSent = false;
  #sentMs = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #isClosed = false;
  #isEnded = false;
  #problem: Problem | undefined;
  /** Those who wait for steps. */
  readonly #waiting = new Set<() => void>();

  constructor(
    { traceId, path, isLive, copyFolder, stepsKnown }: Extract<ReaderRequest, { kind: 'open' }>,
    send: (message: ReaderMessage) => void,
  ) {
    this.#id = traceId;
    this.#isLive = isLive;
    this.#file = new TraceFile(path, { isLive, copyFolder });
    this.#stepsSent = stepsKnown ?? undefined;
    this.#send = send;
  }

  /** Reads to the end, and sends what is new. */
  async read(): Promise<void> {
    try {
      for await (const _ of this.#file.read()) {
        if (this.#isStopped) break;
        this.#reportSoon();
        this.#wake();
      }
      if (this.#file.damage) this.#problem = damageOf(this.#file.damage.message);
    } catch (error) {
      this.#problem = toProblem(error, 'The trace could not be read');
    }
    this.#isEnded = true;
    this.#report();
    if (this.#isClosed) this.#file.close();
    const problem = this.#problem && !this.#isStopped ? { problem: this.#problem } : {};
    this.#send({ kind: 'ended', traceId: this.#id, ...problem });
    this.#wake();
  }

  /** The file has grown. */
  grow(): void {
    this.#file.grow();
  }

  /** Nothing more is written to the file. */
  finish(): void {
    this.#file.finish();
  }

  /** Stops reading; the steps so far stay. */
  stop(): void {
    this.#isStopped = true;
    this.#file.finish();
  }

  /** Closes the file, as soon as it is not being read. */
  close(): void {
    this.stop();
    this.#isClosed = true;
    this.#stepsSent = undefined;
    if (this.#isEnded) this.#file.close();
  }

  /**
   * The trace, once it has all steps that the window knows of.
   *
   * @throws {ProblemError} when it cannot be read.
   */
  known(): Promise<Trace> {
    const stepsKnown = this.#stepsSent ?? Infinity;
    return this.#when((trace) => trace.length >= stepsKnown);
  }

  /**
   * The trace as far as it can be saved: all of a file, and of a run what it has so far.
   *
   * @throws {ProblemError} when it cannot be read.
   */
  savable(): Promise<Trace> {
    return this.#isLive ? this.known() : this.#when(() => false);
  }

  async #when(isEnough: (trace: Trace) => boolean): Promise<Trace> {
    for (;;) {
      const { trace } = this.#file;
      if (trace && (this.#isEnded || isEnough(trace))) return trace;
      if (this.#isEnded) throw new ProblemError(this.#problem ?? NOT_READ);
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  #reportSoon(): void {
    const dueMs = this.#sentMs + REPORT_MS - performance.now();
    this.#timer ??= setTimeout(() => this.#report(), Math.max(0, dueMs));
  }

  #report(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sentMs = performance.now();
    const { trace, progress } = this.#file;
    if (this.#stepsSent === undefined) return;
    if (!this.#isLive) this.#send({ kind: 'progress', traceId: this.#id, ...progress });
    if (trace) this.#sendGrowth(trace, this.#stepsSent);
  }

  #sendGrowth(trace: Trace, stepsSent: number): void {
    // Another reader has sent the first steps.
    const isTakenOver = this.#sentTrace === undefined && stepsSent > 0;
    if (isTakenOver && trace.length < stepsSent && !this.#isEnded) return;
    const isSame = isTakenOver ? trace.length >= stepsSent : trace === this.#sentTrace;
    const from = isSame ? stepsSent : 0;
    const hasEnded = trace.end !== undefined && !this.#isEndSent;
    this.#sentTrace = trace;
    this.#stepsSent = trace.length;
    if (isSame && trace.length === from && !hasEnded) return;
    this.#isEndSent = trace.end !== undefined;
    this.#send({
      kind: 'grew',
      traceId: this.#id,
      ...(isSame ? {} : { header: formatHeader(trace.header) }),
      delta: packDelta(trace.index.since(from)),
    });
  }
}

const NOT_READ: Problem = {
  title: 'The trace was closed before it was read.',
  remedy: 'Open it again.',
};

function damageOf(message: string): Problem {
  return {
    title: `The trace is damaged. ${message}`,
    remedy: 'The steps before that line can be stepped through.',
  };
}
