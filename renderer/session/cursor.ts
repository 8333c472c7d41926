import type { Finding } from '../../core/machine/finding.ts';
import { causesOf } from '../../core/trace/causes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { Aim, Cursor, RunEntry } from './model.ts';
import { selectCursor, selectRun, session } from './store.ts';

/*
 * The cursors of the runs. They are kept apart from the list of runs, so that moving in time
 * neither rebuilds that list nor writes it to the storage.
 */

/** Moves the cursor of the run on the screen. */
export function seek(stepIndex: number): void {
  const run = selectRun(session.getState());
  if (!run?.trace) return;
  const moved = Math.max(-1, Math.min(stepIndex, run.trace.length - 1));
  updateCursor(run.id, (cursor) => {
    if (moved === cursor.stepIndex) return cursor;
    const { aim: _, ...rest } = cursor;
    return { ...rest, stepIndex: moved, isTouched: true };
  });
}

/** Compares the state with that of a chosen step, or of the step before if that is `undefined`. */
export function compareWith(stepIndex: number | undefined): void {
  const run = selectRun(session.getState());
  if (!run) return;
  updateCursor(run.id, ({ compareWith: _, ...rest }) =>
    stepIndex === undefined ? rest : { ...rest, compareWith: stepIndex },
  );
}

/** Moves the cursor of a run to a place, as soon as the run has come that far. */
export function aimCursor(runId: string, aim: Aim): void {
  updateCursor(runId, (cursor) => ({ ...cursor, aim, isTouched: false }));
  placeCursor(runId);
}

/** Moves the cursor of a run to its place after the run has grown. */
export function placeCursor(runId: string): void {
  const run = session.getState().runs.find(({ id }) => id === runId);
  const trace = run?.trace;
  if (!trace) return;
  updateCursor(runId, (cursor) => {
    const stepIndex = placeOf(cursor, run.status, trace);
    return stepIndex === cursor.stepIndex ? cursor : { ...cursor, stepIndex };
  });
}

/**
 * The place of a cursor: where the user has moved it or left it in the last session, at the finding
 * for which the run is opened, at the first finding, or at the start.
 */
export function placeOf(
  { stepIndex, isTouched, aim }: Cursor,
  status: RunEntry['status'],
  trace: Trace,
): number {
  const last = trace.length - 1;
  if (aim && 'stepIndex' in aim) return Math.min(aim.stepIndex, last);
  if (isTouched) return Math.min(stepIndex, last);
  if (aim) {
    const wanted = findingOf(trace, aim.signature);
    if (wanted) return wanted.stepIndex;
    // That finding is still to come: the cursor does not stop at others on the way.
    if (status === 'running') return last;
  }
  return trace.findings[0]?.stepIndex ?? Math.min(0, last);
}

/** The first finding of a cause. */
export function findingOf(trace: Trace, signature: string): Finding | undefined {
  return causesOf(trace.findings).find((cause) => cause.signature === signature)?.first;
}

/** The cause for which a run was opened, until the user moves the cursor. */
export function wantedSignatureOf({ aim }: Cursor): string | undefined {
  return aim && 'signature' in aim ? aim.signature : undefined;
}

function updateCursor(runId: string, change: (cursor: Cursor) => Cursor): void {
  const cursor = selectCursor(session.getState(), runId);
  const changed = change(cursor);
  if (changed === cursor) return;
  session.setState(({ cursors }) => ({ cursors: { ...cursors, [runId]: changed } }));
}
