import type { Finding } from '../../core/machine/executed.ts';
import type { Problem } from '../../core/problem.ts';
import { causesOf } from '../../core/trace/causes.ts';
import { TraceBuilder, TraceReadError } from '../../core/trace/trace-builder.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { RunEntry } from './model.ts';
import { updateRun } from './store.ts';

/** How often a growing trace is shown anew. */
const SHOW_MS = 80;

/** Reads the text of one run into a trace and shows it as it grows. */
export class RunReader {
  readonly #runId: string;
  readonly #builder = new TraceBuilder();
  #damage: Problem | undefined;
  #isStopped = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(runId: string) {
    this.#runId = runId;
  }

  /** Passes over what still comes: the person has cancelled, and waits for nothing more. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Takes the next piece of text; after damage, the rest is passed over. */
  push(text: string): void {
    if (this.#damage || this.#isStopped) return;
    try {
      this.#builder.push(text);
    } catch (error) {
      this.#damage = toDamage(error);
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#show((run) => run);
    }, SHOW_MS);
  }

  /** Ends the trace; `status` and `problem` are how the text came to an end. */
  end(status: RunEntry['status'], problem?: Problem): void {
    clearTimeout(this.#timer);
    if (status === 'completed' && !this.#damage) {
      try {
        this.#builder.finish();
      } catch (error) {
        this.#damage = toDamage(error);
      }
    }
    const shown = problem ?? this.#damage;
    this.#show((run) => ({
      ...run,
      status: shown && !run.trace && !this.#builder.trace ? 'failed' : status,
      ...(shown ? { problem: shown } : {}),
    }));
  }

  #show(change: (run: RunEntry) => RunEntry): void {
    const { trace } = this.#builder;
    updateRun(this.#runId, (run) => place(change(trace ? { ...run, trace } : run)));
  }
}

function place(run: RunEntry): RunEntry {
  return run.trace ? { ...run, cursor: cursorOf(run, run.trace) } : run;
}

/**
 * A run opens where it was left, or at the finding that it is opened for, or at its first finding,
 * or at its start.
 */
export function cursorOf(run: RunEntry, trace: Trace): number {
  if (run.wantedCursor !== undefined) return Math.min(run.wantedCursor, trace.length - 1);
  if (run.isCursorTouched) return Math.min(run.cursor, trace.length - 1);
  const { wantedSignature, status } = run;
  if (wantedSignature !== undefined) {
    const wanted = findingOf(trace, wantedSignature);
    if (wanted) return wanted.stepIndex;
    // It is still to come: other findings on the way are not what was asked for.
    if (status === 'running') return trace.length - 1;
  }
  return trace.findings[0]?.stepIndex ?? Math.min(0, trace.length - 1);
}

/** The first finding of a cause. */
export function findingOf(trace: Trace, signature: string): Finding | undefined {
  return causesOf(trace.findings).find((cause) => cause.signature === signature)?.first;
}

function toDamage(error: unknown): Problem {
  if (!(error instanceof TraceReadError)) throw error;
  const isNothingReadable = error.line === 1;
  return {
    title: isNothingReadable
      ? `This is no trace of Phasmoscope. ${error.message}`
      : `The trace is damaged. ${error.message}`,
    remedy: isNothingReadable
      ? 'Choose a file that was written by `phasmoscope record` or saved from this window.'
      : 'The steps before that line can be stepped through.',
  };
}
