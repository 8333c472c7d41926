import type { Finding } from '../../core/machine/finding.ts';
import { toProblem } from '../../core/problem.ts';
import { causesOf } from '../../core/trace/causes.ts';
import { recoveryAt } from '../../core/trace/recovery.ts';
import { LinesNotLoaded, together } from '../../core/trace/step-lines.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { SeekTarget } from '../ui/seek.tsx';
import type { Aim, Cursor, RunEntry } from './model.ts';
import { showProblem } from './notices.ts';
import { findRun, selectCursor, selectRun, session } from './store.ts';

/*
 * The cursors of the runs. They are kept apart from the list of runs, so that moving in time
 * neither rebuilds that list nor keeps it again.
 *
 * A cursor moves when everything that the panels show of a step is at hand, so that all of them show
 * the same step at any time. Where lines must be fetched first, it moves a moment later.
 */

/** Moves the cursor of the run on the screen. */
export function seek(target: SeekTarget): void {
  const run = selectRun(session.getState());
  if (run) seekIn(run.id, target);
}

/** Moves the cursor of a run, which may be beside the one on the screen. */
export function seekIn(runId: string, target: SeekTarget): void {
  const run = findRun(runId);
  if (!run?.trace) return;
  const stepIndex = typeof target === 'number' ? target : target(goalOf(run.id));
  if (stepIndex === undefined) return;
  const moved = Math.max(-1, Math.min(stepIndex, run.trace.length - 1));
  if (moved === goalOf(run.id)) return;
  // Only the place waits for its lines: from here on, the cursor goes nowhere by itself.
  const cursor = selectCursor(session.getState(), run.id);
  const { aim, ...rest } = cursor;
  const touched: Cursor = { ...rest, isTouched: true };
  const isChanged = aim !== undefined || !cursor.isTouched;
  move(run.id, run.trace, {
    stepIndex: moved,
    compareWith: cursor.compareWith,
    change: ({ aim: _, ...now }) => ({ ...now, stepIndex: moved, isTouched: true }),
  });
  if (isChanged && flights.has(run.id)) updateCursor(run.id, () => touched);
}

/** Compares the state with that of a chosen step, or of the step before if that is `undefined`. */
export function compareWith(stepIndex: number | undefined): void {
  const run = selectRun(session.getState());
  if (!run?.trace) return;
  const goal = goalOf(run.id);
  move(run.id, run.trace, {
    stepIndex: goal,
    compareWith: stepIndex,
    change: ({ compareWith: _, ...rest }) => ({
      ...rest,
      stepIndex: goal,
      ...(stepIndex === undefined ? {} : { compareWith: stepIndex }),
    }),
  });
}

/** Moves the cursor of a run to a place, as soon as the run has come that far. */
export function aimCursor(runId: string, aim: Aim): void {
  updateCursor(runId, (cursor) => ({ ...cursor, aim, isTouched: false }));
  placeCursor(runId);
}

/** Moves the cursor of a run to its place after the run has grown; a new trace is shown then. */
export function placeCursor(runId: string): void {
  const run = findRun(runId);
  const trace = run?.arriving ?? run?.trace;
  if (!run || !trace) return;
  const isArriving = run.arriving === trace;
  // A run that has just begun has no place yet.
  if (isArriving && trace.length === 0 && run.status === 'running') return;
  const cursor = selectCursor(session.getState(), runId);
  const flight = flights.get(runId);
  // The user is on the way to another place.
  if (flight && !isArriving && cursor.isTouched) return;
  const stepIndex = placeOf(cursor, run.status, trace);
  if (!isArriving && stepIndex === goalOf(runId)) return;
  move(runId, trace, {
    stepIndex,
    compareWith: cursor.compareWith,
    change: (now) => (now.stepIndex === stepIndex ? now : { ...now, stepIndex }),
  });
}

/** The step to which the cursor of a run is moving; where it is, if it rests. */
export function goalOf(runId: string): number {
  return flights.get(runId)?.goal.stepIndex ?? selectCursor(session.getState(), runId).stepIndex;
}

/** Where a cursor moves, and how it is changed when it gets there. */
interface Goal {
  readonly stepIndex: number;
  readonly compareWith: number | undefined;
  readonly change: (cursor: Cursor) => Cursor;
}

/** A cursor under way. */
interface Flight {
  readonly trace: Trace;
  /** It may change before the cursor gets there. */
  goal: Goal;
  /** What is done at its end. */
  readonly afterwards: (() => void)[];
}

const flights = new Map<string, Flight>();

/** Calls back as soon as the cursor of a run rests. */
export function whenPlaced(runId: string, act: () => void): void {
  const flight = flights.get(runId);
  if (flight) flight.afterwards.push(act);
  else act();
}

function move(runId: string, trace: Trace, goal: Goal): void {
  const flight = flights.get(runId);
  const missing = missingAt(trace, goal);
  if (!missing) {
    arrive(runId, trace, goal);
    if (flight) land(runId, flight);
  } else if (flight?.trace === trace) {
    flight.goal = goal;
  } else {
    const begun: Flight = { trace, goal, afterwards: flight?.afterwards ?? [] };
    flights.set(runId, begun);
    void fly(runId, begun, missing);
  }
}

async function fly(runId: string, flight: Flight, first: LinesNotLoaded): Promise<void> {
  let { goal } = flight;
  let missing: LinesNotLoaded | undefined = first;
  try {
    for (;;) {
      if (missing) await flight.trace.load(missing.stepIndices);
      // The cursor has moved at once to where nothing had to be fetched, or another trace has come.
      if (flights.get(runId) !== flight) return;
      missing = missingAt(flight.trace, goal);
      if (missing) continue;
      // It shows where it passes when it is to go on: a drag along the timeline would seem to hang
      // otherwise.
      arrive(runId, flight.trace, goal);
      if (goal === flight.goal) break;
      ({ goal } = flight);
    }
  } catch (error) {
    if (flights.get(runId) !== flight) return;
    reveal(runId, flight.trace);
    showProblem(toProblem(error, 'The step cannot be read'), runId);
  }
  land(runId, flight);
}

function land(runId: string, flight: Flight): void {
  flights.delete(runId);
  for (const act of flight.afterwards) act();
}

/** The steps beside the cursor that are fetched before it gets there. */
const AHEAD_STEPS = 96;

/** Puts the cursor at its goal, and shows a trace that has just arrived. */
function arrive(runId: string, trace: Trace, goal: Goal): void {
  const before = selectCursor(session.getState(), runId);
  const after = goal.change(before);
  reveal(runId, trace, after);
  if (after.stepIndex !== before.stepIndex) {
    loadAhead(trace, after.stepIndex, Math.sign(after.stepIndex - before.stepIndex));
  }
}

function reveal(runId: string, trace: Trace, cursor?: Cursor): void {
  session.setState(({ runs, cursors }) => {
    const isMoved = cursor !== undefined && cursor !== cursors[runId];
    return {
      ...(isMoved ? { cursors: { ...cursors, [runId]: cursor } } : {}),
      ...(runs.some(({ id, arriving }) => id === runId && arriving === trace)
        ? { runs: runs.map((run) => (run.id === runId ? arrived(run, trace) : run)) }
        : {}),
    };
  });
}

function arrived({ arriving: _, ...run }: RunEntry, trace: Trace): RunEntry {
  return { ...run, trace, steps: trace.length };
}

/** Fetches the lines where the cursor is going, so that stepping on does not have to wait. */
function loadAhead(trace: Trace, stepIndex: number, direction: number): void {
  const from = Math.max(0, direction > 0 ? stepIndex : stepIndex - AHEAD_STEPS);
  const to = Math.min(trace.length, direction > 0 ? stepIndex + AHEAD_STEPS : stepIndex);
  const steps = Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);
  // What is wrong with these lines is reported to whoever needs them.
  trace.load(steps).catch(() => undefined);
}

/** The lines to fetch before the panels can show a step. */
function missingAt(trace: Trace, goal: Goal): LinesNotLoaded | undefined {
  const { stepIndex, compareWith: other = stepIndex - 1 } = goal;
  const around = [stepIndex - 1, stepIndex].filter((at) => at >= 0 && at < trace.length);
  try {
    together(
      () => trace.require(around),
      () => trace.stateAt(Math.max(-1, Math.min(other, trace.length - 1))),
      () => trace.stateAt(stepIndex),
      () => trace.stateHashAt(stepIndex),
      () => recoveryAt(trace, stepIndex),
    );
  } catch (error) {
    if (error instanceof LinesNotLoaded) return error;
    throw error;
  }
  return undefined;
}

/**
 * The place of a cursor: where the user has moved it or left it in the last session, at the finding
 * for which the run is opened or to which it was shrunk, at the first finding, or at the start.
 */
export function placeOf(
  { stepIndex, isTouched, aim }: Cursor,
  status: RunEntry['status'],
  trace: Trace,
): number {
  const last = trace.length - 1;
  if (aim && 'stepIndex' in aim) {
    // That step is still to come: the cursor does not walk there with the run.
    const isToCome = status === 'running' && aim.stepIndex > last;
    return Math.min(isToCome ? stepIndex : aim.stepIndex, last);
  }
  if (isTouched) return Math.min(stepIndex, last);
  const { shrunkFrom, forks } = trace.header;
  const signature = aim?.signature ?? (forks ? undefined : shrunkFrom?.signature);
  if (signature !== undefined) {
    const wanted = findingOf(trace, signature);
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
