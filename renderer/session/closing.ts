import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { formatPlural } from '../words/format.ts';
import { cameToNothing, type Cursor, type RunEntry } from './model.ts';
import { titleOf } from './names.ts';
import { isNoted, notesOf } from './notes.ts';
import { dismissProblem } from './notices.ts';
import { cancelRun, forgetTraces, showRun } from './running.ts';
import { removeRuns, session, type ShownProblem } from './store.ts';

/** A run with notes that was closed, and can be opened again. */
export interface ClosedRun {
  readonly run: RunEntry;
  /** Where it stood in the list. */
  readonly index: number;
  readonly cursor: Cursor | undefined;
  /** Its name, and what would be lost. */
  readonly words: string;
}

const closing = createStore<{ readonly closed: ClosedRun | undefined }>(() => ({
  closed: undefined,
}));

/** How long a closed run can be opened again. */
const UNDO_MS = 60_000;
let timer: ReturnType<typeof setTimeout> | undefined;

/** The run with notes that was closed last, as long as that can be undone. */
export function closedRun(): ClosedRun | undefined {
  return closing.getState().closed;
}

/** The same in a component. */
export function useClosedRun(): ClosedRun | undefined {
  return useStore(closing, ({ closed }) => closed);
}

/**
 * Takes a run off the list. The run beside it is shown, or what a run that came to nothing was opened over.
 * Its trace is forgotten; that of a run with notes a while later, so that it can be opened again.
 */
export function closeRun(run: RunEntry): void {
  const { runs, runId, shown, sweepId, cursors } = session.getState();
  const index = runs.findIndex((other) => other.id === run.id);
  const notes = isNoted(run) ? notesOf(run).length : 0;
  const words = `Closed ${titleOf(run)} with ${formatPlural(notes, 'note')}`;
  const cancelled = cancelRun(run);
  removeRuns([run.id]);
  if (notes === 0) void cancelled.then(() => forgetTraces([run]));
  else keepClosed({ run: stopped(run), index, cursor: cursors[run.id], words });
  if (runId !== run.id) return;
  const left = session.getState().runs;
  const over = cameToNothing(run) ? run.openedOver : undefined;
  const before = left.find(({ id }) => id === over?.runId);
  const next = before ?? left[Math.min(index, left.length - 1)];
  if (next && shown === 'run' && over?.shown !== 'sweep') void showRun(next.id);
  else session.setState({ runId: next?.id, shown: sweepId === undefined ? 'run' : 'sweep' });
}

/** Opens the run again that was closed last, where it stood, with its notes. */
export function undoClosing(): void {
  const closed = closedRun();
  if (!closed) return;
  clearTimeout(timer);
  closing.setState({ closed: undefined });
  const { run, index, cursor } = closed;
  session.setState(({ runs, cursors }) => ({
    runs: runs.toSpliced(index, 0, run),
    cursors: cursor ? { ...cursors, [run.id]: cursor } : cursors,
  }));
  void showRun(run.id);
}

function keepClosed(closed: ClosedRun): void {
  forgetClosed();
  closing.setState({ closed });
  timer = setTimeout(forgetClosed, UNDO_MS);
}

function forgetClosed(): void {
  clearTimeout(timer);
  const closed = closedRun();
  if (!closed) return;
  closing.setState({ closed: undefined });
  forgetTraces([closed.run]);
}

/** A run whose tasks were stopped, and do not say so themselves. */
function stopped(run: RunEntry): RunEntry {
  const { verification, explanation, doom, crashes, ...rest } = run;
  return {
    ...rest,
    status: run.status === 'running' ? 'cancelled' : run.status,
    ...(verification && verification.kind !== 'running' ? { verification } : {}),
    ...(explanation ? { explanation: ended(explanation) } : {}),
    ...(doom ? { doom: ended(doom) } : {}),
    ...(crashes ? { crashes: ended(crashes) } : {}),
  };
}

function ended<Task extends { readonly status: RunEntry['status'] }>(task: Task): Task {
  return task.status === 'running' ? { ...task, status: 'cancelled' } : task;
}

/** Takes a problem off the screen, and the run that came to nothing off the list. */
export function dismiss({ id, about }: ShownProblem): void {
  dismissProblem(id);
  const run = session.getState().runs.find((one) => one.id === about);
  if (run && cameToNothing(run)) closeRun(run);
}
