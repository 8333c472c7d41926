import type { Coverage } from '../../core/contract/coverage.ts';
import type { Verified } from '../../core/contract/verified.ts';
import type { SessionFile } from '../../core/contract/window.ts';
import { request } from '../api.ts';
import { failuresOf } from './failed-seeds.ts';
import { interruptedAfter } from './growing.ts';
import { keptAnswersOf, recalledAnswers } from './kept-answers.ts';
import { coveragesToKeep, recallCoverage, sourceToKeep } from './kept-coverage.ts';
import { PartTexts, placesText, recallPlaces } from './kept-places.ts';
import { readSession, type KeptRun, type KeptSession } from './kept-session.ts';
import { adoptSettings, ensureMachine, showOpenProblem } from './machines.ts';
import { cameToNothing, type RunEntry, type SweepEntry, type Verification } from './model.ts';
import { isNoted } from './notes.ts';
import { showNotice } from './notices.ts';
import { showRun } from './running.ts';
import type { SessionPart } from './session-part.ts';
import { session, type Session } from './store.ts';
import { showSweep } from './tasks/sweep.ts';
import { settle, unreadOf } from './unread.ts';

/** A file is kept this long after it has changed, with whatever changes in the meantime. */
const KEEP_MS = 300;

/** Keeps the session at every change, until the returned function is called. */
export function keepSession(parts: readonly SessionPart[] = []): () => void {
  const large = keeper('session', (isLeaving) =>
    JSON.stringify(toKeep(session.getState(), isLeaving)),
  );
  const partTexts = new PartTexts(parts);
  const places = keeper('places', () => placesText(session.getState(), partTexts));
  const unsubscribe = [
    session.subscribe((now, before) => {
      if (KEPT_OF_SESSION.some((key) => now[key] !== before[key])) large.keepSoon();
      const isOtherList = !hasSameRuns(now, before);
      // A part may keep something of each run.
      if (isOtherList) partTexts.forgetAll();
      if (isOtherList || now.cursors !== before.cursors) places.keepSoon();
    }),
    ...parts.map((part) =>
      part.subscribe(() => {
        partTexts.forget(part);
        places.keepSoon();
      }),
    ),
  ];
  const leave = () => {
    large.keep(true);
    places.keep(true);
  };
  addEventListener('pagehide', leave);
  return () => {
    for (const end of [...unsubscribe, large.end, places.end]) end();
    removeEventListener('pagehide', leave);
  };
}

function hasSameRuns({ runs: now }: Session, { runs: before }: Session): boolean {
  if (now === before) return true;
  return now.length === before.length && now.every(({ id }, at) => id === before[at]?.id);
}

/** Keeps a file of the session, now and whenever it is told to. */
function keeper(file: SessionFile, textOf: (isLeaving: boolean) => string) {
  let kept: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const keep = (isLeaving = false) => {
    clearTimeout(timer);
    timer = undefined;
    const text = textOf(isLeaving);
    // A run that grows changes nothing that is kept.
    if (text !== kept) void request('keepSession', { file, text });
    kept = text;
  };
  keep();
  return {
    keep,
    keepSoon: () => {
      timer ??= setTimeout(keep, KEEP_MS);
    },
    end: () => clearTimeout(timer),
  };
}

const KEPT_OF_SESSION = [
  'runs',
  'runId',
  'shown',
  'isRunOnSave',
  'sweepDraft',
  'sweepId',
  'sweeps',
] as const satisfies readonly (keyof Session)[];

/** @param isLeaving whether the window is closing in order, so that no run is to blame for its end. */
function toKeep(state: Session, isLeaving: boolean): KeptSession {
  const { isRunOnSave, sweepId, sweepDraft: draft } = state;
  const { runId, shown } = shownToKeep(state);
  const kept = coveragesToKeep([
    ...state.sweeps.flatMap(({ coverage }) => coverage ?? []),
    ...state.runs.flatMap(({ executed }) => executed?.coverage ?? []),
  ]);
  const hasRoom = (coverage: Coverage) => kept.has(coverage);
  const sweeps = state.sweeps.flatMap((sweep) => {
    const { id, machine, settings, status, report, coverage } = sweep;
    if (!report || (status !== 'completed' && status !== 'cancelled')) return [];
    const source = coverage && hasRoom(coverage) ? sourceToKeep(sweep) : undefined;
    return [{ id, machine, settings, status, report, source }];
  });
  return {
    runs: {
      runs: state.runs.filter(isKept).map((run) => runToKeep(run, isLeaving, hasRoom)),
      runId,
      shown,
      isRunOnSave,
    },
    sweeps: { draft, sweeps, sweepId },
  };
}

/** A run that came to nothing is no more than its problem, unless something was written on it. */
function isKept(run: RunEntry): boolean {
  return !cameToNothing(run) || isNoted(run);
}

/** What is on the screen; what a run was opened over that is not kept. */
function shownToKeep({ runs, runId, shown }: Session): Pick<Session, 'runId' | 'shown'> {
  const run = runs.find(({ id }) => id === runId);
  return run && !isKept(run) ? (run.openedOver ?? { runId: undefined, shown }) : { runId, shown };
}

function runToKeep(
  run: RunEntry,
  isLeaving: boolean,
  hasRoom: (coverage: Coverage) => boolean,
): KeptRun {
  const { id, origin, name, left, change, isRerun = false, remakes, isHeldBack = false } = run;
  const { status, problem } = run.status === 'waiting' ? (left ?? {}) : run;

  const failures = failuresOf(run);
  const isReadAgain = isLeaving && origin.kind === 'file';
  const verified = origin.kind === 'file' ? undefined : verifiedToKeep(run.verification);
  const hasEnded = run.status === 'failed' || run.status === 'cancelled';
  const isEmpty = hasEnded && origin.kind !== 'file' && !run.trace && !run.arriving;
  return {
    id,
    origin,
    ...(name === undefined ? {} : { name }),
    ...(status === undefined || isReadAgain ? {} : { status }),
    ...(problem ? { problem } : {}),
    ...(change ? { change: { beforeId: change.beforeId, stepIndex: change.stepIndex } } : {}),
    isRerun,
    ...(remakes === undefined ? {} : { remakes }),
    isHeldBack,
    ...(failures.length > 0 ? { failures: [...failures] } : {}),
    ...(verified ? { verified } : {}),
    ...keptAnswersOf(run, hasRoom),
    ...(run.isPastExecuted ? { isPastExecuted: true } : {}),
    ...(isEmpty ? { isEmpty } : {}),
  };
}

/** The most characters of a verification that are kept: a differing step may hold a whole state. */
const VERIFIED_CHARS_MAX = 100_000;

function verifiedToKeep(verification: Verification | undefined): Verified | undefined {
  if (!verification || verification.kind === 'running') return undefined;
  return JSON.stringify(verification).length > VERIFIED_CHARS_MAX ? undefined : verification;
}

/** What came of bringing back the last session. */
export interface RecalledSession {
  /** Shows what was on the screen when the last session ended. */
  readonly resume: () => Promise<void>;
  /**
   * Has whatever could not be read put aside, and says so; brings back runs of which only the trace is left. To be
   * awaited before anything is kept.
   */
  readonly settle: () => Promise<void>;
}

/**
 * Brings back the lists of the last session; each run is read when it is shown.
 *
 * @param kept what was kept last, file by file, if anything was.
 * @param hasWindowDied whether the last session ended by the death of its window: the run on the
 *   screen is then held back.
 */
export function recallSession(
  kept: Readonly<Record<SessionFile, string | null>>,
  hasWindowDied: boolean,
  parts: readonly SessionPart[] = [],
): RecalledSession {
  const { runs, sweeps, lost, unknown } = readSession(kept.session);
  const places = recallPlaces(kept);
  session.setState(({ sweepDraft }) => ({
    runs: runs.runs.map((run) => {
      const wasShown = run.id === runs.runId && runs.shown === 'run';
      return recallRun(run, hasWindowDied && wasShown);
    }),
    cursors: Object.fromEntries(runs.runs.map(({ id }) => [id, places.cursorOf(id)])),
    isRunOnSave: runs.isRunOnSave,
    sweepDraft: { ...sweepDraft, ...sweeps.draft },
    sweeps: sweeps.sweeps.map(({ source, ...sweep }) => ({
      ...sweep,
      ...recallCoverage(sweep, source),
    })),
  }));
  const unread = [
    ...unreadOf('session', lost, unknown),
    ...unreadOf('places', places.recallParts(parts)),
  ];
  return {
    resume: () => resume(runs.runId, runs.shown, sweeps.sweepId, hasWindowDied),
    settle: () => settle(unread, places.cursorOf),
  };
}

function recallRun(kept: KeptRun, hasWindowDiedOfIt: boolean): RunEntry {
  const { id, origin, name, status, problem, change, isRerun, remakes, isHeldBack } = kept;
  const { failures, verified, isPastExecuted, isEmpty } = kept;
  const isLeft = status !== undefined && origin.kind !== 'file' && !isEmpty;
  const run: RunEntry = {
    id,
    origin,
    status: 'waiting',
    steps: 0,
    ...(name === undefined ? {} : { name }),
    ...(isLeft ? { left: { status, problem } } : {}),
    ...(change ? { change } : {}),
    ...(isRerun ? { isRerun } : {}),
    ...(remakes === undefined ? {} : { remakes }),
    ...(failures ? { failures } : {}),
    ...recalledAnswers(kept),
    ...(verified ? { verification: verified } : {}),
    ...(isPastExecuted ? { isPastExecuted } : {}),
  };
  if (isEmpty && status !== undefined) return { ...run, status, ...(problem ? { problem } : {}) };
  // A shrinking writes its trace at its end only.
  if (status === 'running' && origin.kind === 'shrunk') {
    return { ...run, status: 'cancelled', problem: interruptedAfter(0) };
  }
  const wasBeingRead = status === 'running' && origin.kind === 'file';
  return isHeldBack || wasBeingRead || hasWindowDiedOfIt ? { ...run, isHeldBack: true } : run;
}

/** Shows the run or sweep that was on the screen; a sweep that the window died of only on request. */
async function resume(
  runId: string | undefined,
  shown: Session['shown'] | undefined,
  sweepId: string | undefined,
  hasWindowDied: boolean,
): Promise<void> {
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
  const { from: seed, count: _, timeBudgetMs: __, hasCoverage: ___, ...rest } = settings;
  const machine = await ensureMachine(ref);
  if (machine) adoptSettings(machine, { ...rest, seed });
  else showOpenProblem(ref, id);
}
