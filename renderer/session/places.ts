import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { printCommand, printLink, type Place, type Spot } from '../../core/contract/place.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { formatPath, type Path } from '../../core/value/path.ts';
import { show } from './arrangement.ts';
import { arrange, currentArrangement } from './arrangements.ts';
import { copyText } from './clipboard.ts';
import { aimCursor } from './cursor.ts';
import { changeFilter, filters } from './filters.ts';
import type { RunEntry } from './model.ts';
import { showNotice } from './notices.ts';
import { openTrace, showRun } from './running.ts';
import { saveTrace } from './saving.ts';
import { findRun, selectCursor, selectRun, session, useSession } from './store.ts';

/*
 * Places: opening the one that a link or a command line names, and naming the one on the screen.
 */

/** What is chosen in the state of a run, as `formatPath` writes it. */
interface ChosenPath {
  readonly runId: string;
  readonly path: string;
  /** Whether the tree has not shown it yet. */
  readonly isWanted: boolean;
}

/** The row of the state tree that is chosen, or is to be. */
export const chosenPath = createStore<{ readonly chosen: ChosenPath | undefined }>(() => ({
  chosen: undefined,
}));

/** Notes what is chosen in the state of the run on the screen. */
export function notePath(trace: Trace, path: Path): void {
  const run = selectRun(session.getState());
  if (run?.trace !== trace) return;
  chosenPath.setState({ chosen: { runId: run.id, path: formatPath(path), isWanted: false } });
}

/**
 * The path that the tree is to show of a trace, in a component; `undefined` when there is none, or the
 * cursor is still on its way.
 */
export function useWantedPath(trace: Trace, cursor: number): string | undefined {
  const wanted = useStore(chosenPath, ({ chosen }) => (chosen?.isWanted ? chosen : undefined));
  return useSession((state) => {
    const run = selectRun(state);
    if (!wanted || run?.id !== wanted.runId || run.trace !== trace) return undefined;
    const { aim } = selectCursor(state, run.id);
    const isUnderWay = aim && 'stepIndex' in aim && aim.stepIndex !== cursor;
    return isUnderWay ? undefined : wanted.path;
  });
}

/** Goes to a step of a run, and chooses a value of its state if a path is given. */
export function showInRun(runId: string, stepIndex: number, path?: Path): void {
  aimCursor(runId, { stepIndex });
  if (path) chosenPath.setState({ chosen: { runId, path: formatPath(path), isWanted: true } });
}

/** Opens what `open` opens, and shows a spot of it as soon as it is there. */
export async function openAtSpot(open: () => Promise<void>, spot: Spot = {}): Promise<void> {
  const opened = open();
  const run = selectRun(session.getState());
  await Promise.all([opened, run && showSpot(run.id, spot)]);
}

/** Opens a place, in the run of its file if that is open. */
export async function openPlace({ file, ...spot }: Place): Promise<void> {
  const isOfFile = ({ origin, status }: RunEntry) =>
    origin.kind === 'file' && origin.path === file && status !== 'failed';
  const run = session.getState().runs.find(isOfFile);
  await openAtSpot(() => (run ? showRun(run.id) : openTrace(file)), spot);
}

async function showSpot(runId: string, { step, view, where, path }: Spot): Promise<void> {
  if (step !== undefined) aimCursor(runId, { stepIndex: step });
  if (where !== undefined) changeFilter(runId, { where });
  // The arrangement is that of its machine, which is not known before.
  if (view === undefined && path === undefined) return;
  if (!(await hasArrived(runId))) return;
  if (path !== undefined) chosenPath.setState({ chosen: { runId, path, isWanted: true } });
  arrange((arrangement) => show(arrangement, view ?? 'state'));
}

/** Whether a run gets a trace: settled when it has one, or is gone, or will have none. */
function hasArrived(runId: string): Promise<boolean> {
  const look = () => {
    const run = findRun(runId);
    if (run?.trace) return true;
    return !run || run.status === 'failed' ? false : undefined;
  };
  return new Promise((resolve) => {
    const answer = () => {
      const has = look();
      if (has === undefined) return;
      stop();
      resolve(has);
    };
    const stop = session.subscribe(answer);
    answer();
  });
}

/** What is looked at in the run on the screen. */
function currentSpot(run: RunEntry, step: number): Spot {
  const { where } = filters.getState().filters[run.id] ?? {};
  const { chosen } = chosenPath.getState();
  const view = currentArrangement().focused;
  return {
    step,
    view,
    ...(where === undefined ? {} : { where }),
    ...(chosen?.runId === run.id && view === 'state' ? { path: chosen.path } : {}),
  };
}

/** Where the runs of this window were saved, by run id. */
const savedAs = new Map<string, string>();

async function fileOf(run: RunEntry): Promise<string | undefined> {
  if (run.origin.kind === 'file') return run.origin.path;
  const file = savedAs.get(run.id) ?? (await saveTrace());
  if (file !== undefined) savedAs.set(run.id, file);
  return file;
}

/** Copies a link to a step of the run on the screen. A link names a file: the trace is saved first. */
export async function copyLink(step: number): Promise<void> {
  const run = selectRun(session.getState());
  if (!run?.trace) return;
  const spot = currentSpot(run, step);
  const file = await fileOf(run);
  if (file === undefined) return showNotice('Nothing was copied: a link leads to a saved trace.');
  await copy(printLink({ file, ...spot }), 'a link to this place');
}

/** Copies the command line that opens a step of the run on the screen. */
export async function copyCommand(step: number): Promise<void> {
  const run = selectRun(session.getState());
  if (!run?.trace) return;
  await copy(await commandTo(run, currentSpot(run, step)), 'a command that opens this place');
}

async function commandTo(run: RunEntry, spot: Spot): Promise<string | undefined> {
  const { origin } = run;
  // The command of a run that a machine makes again needs no file.
  if (origin.kind === 'machine') {
    const { machine, settings } = origin;
    const { scenario, seed, operationsMax, faults, inputs } = settings;
    const options = { seed, operations: String(operationsMax), faults };
    const target = machine.kind === 'sample' ? machine.name : machine.path;
    return printCommand(target, { ...(inputs ? { inputs } : { scenario }), ...options }, spot);
  }
  const file = await fileOf(run);
  return file && printCommand(file, {}, spot);
}

async function copy(text: string | undefined, what: string): Promise<void> {
  if (text === undefined) return showNotice('Nothing was copied: the trace was not saved.');
  await copyText(text, what);
}
