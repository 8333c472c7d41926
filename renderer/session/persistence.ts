import { z } from 'zod';
import {
  machineRefSchema,
  runSettingsSchema,
  sweepSettingsSchema,
} from '../../core/contract/window.ts';
import { sweepReportSchema } from '../../core/sweep/report.ts';
import { sameValue } from '../../core/value/value.ts';
import { adoptSettings, ensureMachine, showOpenProblem } from './machines.ts';
import type { Cursor, RunEntry, SweepEntry } from './model.ts';
import { showNotice } from './notices.ts';
import { showRun } from './running.ts';
import { storage, tryToKeep } from './storage.ts';
import { selectCursor, session, type Session } from './store.ts';
import { showSweep } from './tasks/sweep.ts';

const KEY = 'phasmoscope-session';
const SWEEPS_KEY = 'phasmoscope-sweeps';

/** A remembered run: only its origin, since the same seed gives the same run. */
const rememberedRun = z.object({
  id: z.string(),
  origin: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('machine'),
      machine: machineRefSchema,
      settings: runSettingsSchema,
    }),
    z.object({
      kind: z.literal('shrunk'),
      machine: machineRefSchema,
      settings: runSettingsSchema,
      signature: z.string(),
    }),
    z.object({ kind: z.literal('file'), path: z.string() }),
  ]),
  cursor: z.number().int(),
  isCursorTouched: z.boolean(),
  wantedSignature: z.string().optional(),
  /** Whether it was being made or read: found like this at a start, the window died of it. */
  isArriving: z.boolean().default(false),
  isHeldBack: z.boolean().default(false),
});

const rememberedSession = z.object({
  runs: z.array(rememberedRun),
  runId: z.string().optional(),
  shown: z.enum(['run', 'sweep']).default('run'),
  isRunOnSave: z.boolean().default(true),
});

/** A remembered sweep, with its report, since sweeping again takes long. */
const rememberedSweep = z.object({
  id: z.string(),
  machine: machineRefSchema,
  settings: sweepSettingsSchema,
  status: z.enum(['completed', 'cancelled']),
  report: sweepReportSchema,
});

/** The number of reports that are remembered, since room is limited. */
const SWEEPS_KEPT_MAX = 5;

const rememberedSweeps = z.object({
  draft: z.object({
    by: z.enum(['count', 'time']),
    count: z.string(),
    time: z.string(),
    from: z.string(),
  }),
  sweeps: z.array(rememberedSweep),
  sweepId: z.string().optional(),
});

/** Cursors are saved when they have rested for this long. */
const CURSORS_REST_MS = 1_000;

/**
 * Saves the session at every change, until the returned function is called. Cursors move many times a
 * second, so they are saved only when they rest and when the window closes.
 */
export function keepSession(): () => void {
  let kept: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const keepRuns = (isLeaving = false) => {
    clearTimeout(timer);
    const text = JSON.stringify(runsToKeep(session.getState(), isLeaving));
    // A run that grows changes nothing that is saved.
    if (text !== kept) storage.setItem(KEY, text);
    kept = text;
  };
  const leave = () => keepRuns(true);
  keepRuns();
  const unsubscribe = session.subscribe((now, before) => {
    if (hasOtherRuns(now, before)) keepRuns();
    else if (now.cursors !== before.cursors) {
      clearTimeout(timer);
      timer = setTimeout(keepRuns, CURSORS_REST_MS);
    }
    if (hasOtherSweeps(now, before)) keepSweeps(now);
  });
  addEventListener('pagehide', leave);
  return () => {
    clearTimeout(timer);
    unsubscribe();
    removeEventListener('pagehide', leave);
  };
}

function hasOtherRuns(now: Session, before: Session): boolean {
  return (
    now.runs !== before.runs ||
    now.runId !== before.runId ||
    now.shown !== before.shown ||
    now.isRunOnSave !== before.isRunOnSave
  );
}

function hasOtherSweeps(now: Session, before: Session): boolean {
  return (
    now.sweepDraft !== before.sweepDraft ||
    now.sweepId !== before.sweepId ||
    hasOtherReports(now.sweeps, before.sweeps)
  );
}

/** @param isLeaving whether the window is closing in order, so that no run is to blame for its end. */
function runsToKeep(state: Session, isLeaving: boolean): z.input<typeof rememberedSession> {
  const { runId, shown, isRunOnSave } = state;
  const runs = state.runs.filter(canComeBack).map(({ id, origin, status, isHeldBack }) => {
    const { stepIndex, isTouched, aim } = selectCursor(state, id);
    return {
      id,
      origin,
      ...(status === 'running' && !isLeaving ? { isArriving: true } : {}),
      ...(isHeldBack ? { isHeldBack } : {}),
      cursor: aim && 'stepIndex' in aim ? aim.stepIndex : stepIndex,
      isCursorTouched: isTouched || (aim !== undefined && 'stepIndex' in aim),
      wantedSignature: aim && 'signature' in aim ? aim.signature : undefined,
    };
  });
  return { runs, runId, shown, isRunOnSave };
}

/** Leaves out the run before a change: its source is gone, and the new source would give another run. */
function canComeBack(run: RunEntry, index: number, runs: readonly RunEntry[]): boolean {
  return !runs
    .slice(0, index)
    .some((newer) => newer.isRerun && sameValue(newer.origin, run.origin));
}

function hasOtherReports(now: readonly SweepEntry[], before: readonly SweepEntry[]): boolean {
  if (now === before) return false;
  const marks = (sweeps: readonly SweepEntry[]) =>
    sweeps.map(({ id, status }) => `${id} ${status}`);
  return !sameValue(marks(now), marks(before));
}

function keepSweeps({ sweeps, sweepId, sweepDraft: draft }: Session): void {
  const kept = sweeps
    .filter(({ status, report }) => report && (status === 'completed' || status === 'cancelled'))
    .slice(0, SWEEPS_KEPT_MAX)
    .map(({ id, machine, settings, status, report }) => ({
      id,
      machine,
      settings,
      status,
      report,
    }));
  // Reports may be large: as many are kept as there is room for.
  for (let count = kept.length; count > 0; count -= 1) {
    const sweepsKept = { draft, sweeps: kept.slice(0, count), sweepId };
    if (tryToKeep(SWEEPS_KEY, JSON.stringify(sweepsKept))) return;
  }
  storage.setItem(SWEEPS_KEY, JSON.stringify({ draft, sweeps: [], sweepId }));
}

/**
 * Brings back the list of the last session's runs; each is executed or read when it is shown.
 *
 * @param hasWindowDied whether the last session ended by the death of its window: the run on the
 *   screen is then held back.
 */
export function recallSession(hasWindowDied: boolean): void {
  const remembered = readRemembered(KEY, rememberedSession);
  const found = remembered?.runs ?? [];
  const runs = found.map((run): RunEntry => {
    const wasShown = run.id === remembered?.runId && remembered.shown === 'run';
    const isHeldBack = run.isHeldBack || run.isArriving || (hasWindowDied && wasShown);
    return {
      id: run.id,
      origin: run.origin,
      status: 'waiting',
      ...(isHeldBack ? { isHeldBack } : {}),
    };
  });
  const cursors = Object.fromEntries(found.map((run) => [run.id, recallCursor(run)]));
  const sweeps = readRemembered(SWEEPS_KEY, rememberedSweeps);
  session.setState({
    runs,
    cursors,
    ...(remembered ? { isRunOnSave: remembered.isRunOnSave } : {}),
    ...(sweeps ? { sweepDraft: sweeps.draft, sweeps: sweeps.sweeps } : {}),
  });
}

/** A cursor goes to where it was left, as soon as the run has come that far again. */
function recallCursor({
  cursor,
  isCursorTouched,
  wantedSignature,
}: z.infer<typeof rememberedRun>): Cursor {
  const start: Cursor = { stepIndex: -1, isTouched: false };
  if (isCursorTouched) return { ...start, aim: { stepIndex: cursor } };
  return wantedSignature === undefined ? start : { ...start, aim: { signature: wantedSignature } };
}

/**
 * Shows the run or sweep that was on the screen when the last session ended.
 *
 * @param hasWindowDied whether it ended by the death of its window: a sweep is then shown only on
 *   request.
 */
export async function resumeSession(hasWindowDied: boolean): Promise<void> {
  const { runId, shown } = readRemembered(KEY, rememberedSession) ?? {};
  const sweepId = readRemembered(SWEEPS_KEY, rememberedSweeps)?.sweepId;
  const { runs, sweeps } = session.getState();
  const sweep = sweeps.find(({ id }) => id === sweepId);
  if (sweep) session.setState({ sweepId, runId });
  if (sweep && shown === 'sweep') {
    if (!hasWindowDied) return resumeSweep(sweep);
    showNotice('The window ended while a sweep was shown. Choose it on the left to see it again.');
    return undefined;
  }
  if (runId !== undefined && runs.some(({ id }) => id === runId)) await showRun(runId);
}

/** Shows a sweep, with the toolbar set to it. */
async function resumeSweep({ id, machine: ref, settings }: SweepEntry): Promise<void> {
  showSweep(id);
  const { from: seed, count: _, timeBudgetMs: __, ...rest } = settings;
  const machine = await ensureMachine(ref);
  if (machine) adoptSettings(machine, { ...rest, seed });
  else showOpenProblem(ref, id);
}

/** Returns nothing if nothing was remembered, or only data that this version does not know. */
function readRemembered<Schema extends z.ZodType>(
  key: string,
  schema: Schema,
): z.infer<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(storage.getItem(key) ?? 'null')).data;
  } catch {
    return undefined;
  }
}
