import type { TaskEnd } from '../../core/contract/window.ts';
import type { Problem } from '../../core/problem.ts';
import { TraceBuilder, TraceReadError } from '../../core/trace/trace-builder.ts';
import { formatPlural } from '../words/format.ts';
import { findingOf, placeCursor, wantedSignatureOf } from './cursor.ts';
import { fileNameOf, type RunEntry, type RunOrigin } from './model.ts';
import { showNotice, showProblem } from './notices.ts';
import { selectCursor, session, updateRun } from './store.ts';

/** A growing trace is shown again after this long. */
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

  /** Reads the next piece of text; after damage, the rest is ignored. Returns whether it is read. */
  push(text: string): boolean {
    if (this.#damage) return false;
    try {
      this.#builder.push(text);
    } catch (error) {
      this.#damage = toDamage(error, this.#builder.trace !== undefined);
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#show((run) => run);
    }, SHOW_MS);
    return !this.#damage;
  }

  /** Ends the trace; `status` and `problem` say how the text ended. */
  end(status: RunEntry['status'], problem?: Problem): void {
    clearTimeout(this.#timer);
    if (status === 'completed' && !this.#damage) {
      try {
        this.#builder.finish();
      } catch (error) {
        this.#damage = toDamage(error, this.#builder.trace !== undefined);
      }
    }
    // Reading stops at damage, which is another end than that somebody has cancelled it.
    const ended = status === 'cancelled' && this.#damage ? 'completed' : status;
    const shown = problem ?? this.#damage;
    this.#show(({ problem: _, ...run }) => ({
      ...run,
      status: shown && !run.trace && !this.#builder.trace ? 'failed' : ended,
      ...(shown ? { problem: naming(run.origin, shown) } : {}),
    }));
  }

  #show(change: (run: RunEntry) => RunEntry): void {
    const { trace } = this.#builder;
    updateRun(this.#runId, (run) => change(trace ? { ...run, trace } : run));
    placeCursor(this.#runId);
  }
}

/** How the end of a run is described, from its length in words: `12 steps`. */
export interface EndWords {
  readonly completed: (steps: string, run: RunEntry) => string;
  /** The words for a cancelled run, if they are not the usual ones. */
  readonly cancelled?: (steps: string, run: RunEntry) => string;
}

function describeEnd(run: RunEntry, length: number, words: EndWords): string {
  const steps = formatPlural(length, 'step');
  if (run.status !== 'cancelled') return words.completed(steps, run);
  return words.cancelled?.(steps, run) ?? `Cancelled after ${steps}`;
}

/**
 * Makes the owner of a task that reports the trace of a run.
 *
 * @param words what to say when the run is over.
 */
export function ownTrace(runId: string, words: EndWords) {
  const reader = new RunReader(runId);
  return {
    subjectId: runId,
    take: ({ text }: { readonly text: string }) => reader.push(text),
    end: (end: TaskEnd) => {
      reader.end(end.kind, end.kind === 'failed' ? end.problem : undefined);
      const run = session.getState().runs.find(({ id }) => id === runId);
      if (!run) return;
      if (run.problem) showProblem(run.problem, runId);
      else if (run.trace && !run.change) showNotice(describeEnd(run, run.trace.length, words));
      if (lacksWanted(run)) showProblem(OTHER_THAN_BEFORE, runId);
    },
  };
}

/** Whether a run is complete, and has no finding of the cause for which it was opened. */
function lacksWanted({ id, status, trace }: RunEntry): boolean {
  const wanted = wantedSignatureOf(selectCursor(session.getState(), id));
  if (status !== 'completed' || !trace || wanted === undefined) return false;
  return findingOf(trace, wanted) === undefined;
}

const OTHER_THAN_BEFORE: Problem = {
  title: 'The seed no longer fails for this cause.',
  remedy: 'The machine has changed since: sweep again to see what it fails for now.',
};

/** A problem of a file with the file's name, since several may be open. */
function naming(origin: RunOrigin, problem: Problem): Problem {
  if (origin.kind !== 'file' || problem.title.includes(fileNameOf(origin.path))) return problem;
  return { ...problem, title: `${fileNameOf(origin.path)}: ${problem.title}` };
}

function toDamage(error: unknown, isReadable: boolean): Problem {
  if (!(error instanceof TraceReadError)) throw error;
  return {
    title: isReadable
      ? `The trace is damaged. ${error.message}`
      : `This is not a trace of Phasmoscope. ${error.message}`,
    remedy: isReadable
      ? 'The steps before that line can be stepped through.'
      : 'Choose a file that was written by `phasmoscope record` or saved from this window.',
  };
}
