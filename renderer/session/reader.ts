import type { TaskEnd } from '../../core/api/contract.ts';
import type { Finding } from '../../core/machine/executed.ts';
import type { Problem } from '../../core/problem.ts';
import { causesOf } from '../../core/trace/causes.ts';
import { TraceBuilder, TraceReadError } from '../../core/trace/trace-builder.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { RunEntry } from './model.ts';
import { session, showNotice, showProblem, updateRun } from './store.ts';

/** How often a growing trace is shown anew. */
const SHOW_MS = 80;

/** Reads the text of one run into a trace and shows it as it grows. */
export class RunReader {
  readonly #runId: string;
  readonly #builder = new TraceBuilder();
  #damage: Problem | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(runId: string) {
    this.#runId = runId;
  }

  /** Takes the next piece of text; after damage, the rest is passed over. */
  push(text: string): void {
    if (this.#damage) return;
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

/**
 * Owns a task that reports the trace of a run, or a part of such a task.
 *
 * @param describeEnd what to say when the run is over.
 */
export function ownTrace(runId: string, describeEnd: (run: RunEntry) => string) {
  const reader = new RunReader(runId);
  return {
    subjectId: runId,
    take: ({ text }: { readonly text: string }) => reader.push(text),
    end: (end: TaskEnd) => {
      reader.end(end.kind, end.kind === 'failed' ? end.problem : undefined);
      const run = session.getState().runs.find(({ id }) => id === runId);
      if (run?.problem) showProblem(run.problem);
      else if (run?.trace && !run.change) showNotice(describeEnd(run));
      if (run && lacksWanted(run)) showProblem(OTHER_THAN_BEFORE);
    },
  };
}

/** Whether a run is complete, and has no finding of the cause that it was opened for. */
function lacksWanted({ status, trace, wantedSignature }: RunEntry): boolean {
  if (status !== 'completed' || !trace || wantedSignature === undefined) return false;
  return findingOf(trace, wantedSignature) === undefined;
}

const OTHER_THAN_BEFORE: Problem = {
  title: 'The seed does not fail for this cause any more.',
  remedy: 'The machine has changed since: sweep again to see what it fails for now.',
};

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
