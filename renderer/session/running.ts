import type { RunSettings } from '../../core/contract/tasks.ts';
import type { MachineRef } from '../../core/contract/window.ts';
import { sameValue } from '../../core/value/value.ts';
import { newId, request } from '../api.ts';
import { aimCursor } from './cursor.ts';
import { adoptSettings, ensureMachine, findMachine } from './machines.ts';
import {
  isSameMachine,
  cameToNothing,
  machineOf,
  type Aim,
  type MachineEntry,
  type MachineOrigin,
  type RunEntry,
  type RunOrigin,
} from './model.ts';
import { isNoted } from './notes.ts';
import { withdrawProblems } from './notices.ts';
import { readSettings } from './settings.ts';
import { findRun, removeRuns, selectMachine, selectRun, session, updateRun } from './store.ts';
import { startForkTask, startRemakeTask } from './tasks/fork.ts';
import { startReadTask } from './tasks/read.ts';
import { cancelTasksOf } from './tasks/registry.ts';
import { stopReruns } from './tasks/rerun.ts';
import { startRunTask } from './tasks/run.ts';
import { startShrinkTask } from './tasks/shrink.ts';
import { cancelSweep } from './tasks/sweep.ts';

/** The number of runs that are kept open; older ones are closed, unless they have notes. */
const RUNS_MAX = 20;

/** Runs the settings of the toolbar. */
export async function startRun(): Promise<void> {
  const state = session.getState();
  const machine = selectMachine(state);
  const read = readSettings(state.settings);
  if (!machine?.info || read.kind === 'err') return;
  await executeRun(machine.ref, read.settings);
}

/** Executes a run again, in its place in the list. */
export function executeInPlace(id: string, origin: MachineOrigin): void {
  void execute(origin, undefined, id);
}

/** Runs a seed of a machine and shows it; the machine is opened if it is not. */
export function executeRun(ref: MachineRef, settings: RunSettings): Promise<void> {
  return execute({ kind: 'machine', machine: ref, settings });
}

async function execute(
  origin: MachineOrigin,
  aim?: Aim,
  id = rememberedRun(origin) ?? newId('run'),
): Promise<void> {
  addRun(id, origin, aim);
  await carryOut(id, origin);
}

/** Puts a run on the list without showing it: it is executed when its steps are asked for. Returns its id. */
export function listRun(origin: MachineOrigin): string {
  const id = newId('run');
  const { runs } = session.getState();
  session.setState({ runs: [{ id, origin, status: 'waiting', steps: 0 }, ...makeRoom(runs)] });
  return id;
}

/** Executes a run again beside the one on the screen; returns the id of the new run. */
export function executeAgain(
  origin: MachineOrigin,
  rerun: Required<Pick<RunEntry, 'change' | 'viewKey'>> & Pick<RunEntry, 'remakes'>,
): string {
  const id = newId('run');
  const { stepIndex } = rerun.change;
  addRun(id, origin, { stepIndex }, { ...rerun, isRerun: true });
  void carryOut(id, origin);
  return id;
}

/** Sets the toolbar to the settings of a run as soon as its machine is open. */
function adoptWhenOpen(id: string, origin: MachineOrigin): void {
  void ensureMachine(origin.machine).then((machine) => {
    const isShown = selectRun(session.getState())?.id === id;
    if (machine && isShown) adoptSettings(machine, origin.settings);
  });
}

async function carryOut(id: string, origin: MachineOrigin): Promise<void> {
  // What an earlier session has left of it is written over.
  updateRun(id, ({ left: _, ...run }) => run);
  adoptWhenOpen(id, origin);
  const remade = findRun(id)?.remakes;
  if (remade !== undefined) await startRemakeTask(id, origin, remade);
  else if (origin.kind === 'shrunk') await startShrinkTask(id, origin);
  else if (origin.kind === 'fork') await startForkTask(id, origin);
  else await startRunTask(id, origin);
}

/** The same run of the last session, if it was not shown yet: the new run takes its place. */
function rememberedRun(origin: MachineOrigin): string | undefined {
  return session
    .getState()
    .runs.find((run) => run.status === 'waiting' && sameValue(run.origin, origin))?.id;
}

/** Shows a run of a machine at a place. Executes it, unless it is open. */
export async function openRun(origin: MachineOrigin, aim: Aim): Promise<void> {
  const { runs } = session.getState();
  const machine = findMachine(origin.machine);
  const open = runs.find(
    (run) =>
      sameValue(run.origin, origin) &&
      run.remakes === undefined &&
      isComplete(run) &&
      isOfSource(run, machine),
  );
  if (!open) return execute(origin, aim);
  showAt(open.id, aim);
  adoptSettingsOf(open);
}

/** Shows an open run at a place. */
export function showAt(id: string, aim: Aim): void {
  session.setState({ runId: id, shown: 'run' });
  aimCursor(id, aim);
}

/** Whether the whole run has arrived, or is still arriving. */
function isComplete({ status, origin, trace }: RunEntry): boolean {
  if (status === 'cancelled') return origin.kind === 'shrunk' && trace !== undefined;
  return status === 'running' || status === 'completed';
}

/** Whether a run is of the machine as it is now. */
function isOfSource({ trace }: RunEntry, machine: MachineEntry | undefined): boolean {
  const sourceHash = machine?.info?.sourceHash;
  return !trace || sourceHash === undefined || trace.header.sourceHash === sourceHash;
}

/** Reads a trace file and shows it, at a place if one is given, instead of an attempt that failed. */
export function openTrace(path: string, aim?: Aim): Promise<void> {
  const origin = { kind: 'file', path } as const;
  const { runs } = session.getState();
  const failed = runs.find((run) => cameToNothing(run) && sameValue(run.origin, origin));
  return readTrace(failed?.id ?? newId('run'), origin, aim);
}

async function readTrace(id: string, origin: RunOrigin, aim?: Aim): Promise<void> {
  addRun(id, origin, aim);
  if (origin.kind !== 'file') adoptWhenOpen(id, origin);
  await startReadTask(id, origin);
}

function addRun(
  id: string,
  origin: RunOrigin,
  aim?: Aim,
  rerun?: Pick<RunEntry, 'isRerun' | 'change' | 'viewKey' | 'remakes'>,
): void {
  const { runs, runId, shown } = session.getState();
  // A repeated run is shown when it has reached the step under the cursor.
  if (!rerun) session.setState({ notice: undefined, runId: id, shown: 'run' });
  withdrawProblems(id);
  if (runs.some((run) => run.id === id)) {
    updateRun(id, ({ isHeldBack: _, ...run }) => ({ ...run, status: 'running' }));
  } else {
    const others = makeRoom(runs);
    session.setState({ runs: [{ id, origin, status: 'running', steps: 0, ...rerun }, ...others] });
  }
  if (!rerun && runId !== id) updateRun(id, (run) => ({ ...run, openedOver: { runId, shown } }));
  if (aim) aimCursor(id, aim);
}

/** Takes the oldest runs off the list, so that one more has room; what was written on a run is nowhere else. */
function makeRoom(runs: readonly RunEntry[]): readonly RunEntry[] {
  const dropped = runs.slice(RUNS_MAX - 1).filter((run) => !isNoted(run));
  forgetRuns(dropped);
  return runs.filter((run) => !dropped.includes(run));
}

/** Takes runs off the list, and forgets their traces. */
export function forgetRuns(runs: readonly RunEntry[]): void {
  for (const run of runs) void cancelRun(run).then(() => forgetTraces([run]));
  removeRuns(runs.map(({ id }) => id));
}

/** Forgets the traces of runs that are off the list, and that no task works on. */
export function forgetTraces(runs: readonly RunEntry[]): void {
  for (const { id } of runs) void request('closeTrace', { traceId: id });
}

/** Stops all tasks of a run: its execution, its reading, or its verification. */
export async function cancelRun(run: RunEntry): Promise<void> {
  // Further events are ignored, except the last steps of a machine that hangs, and the shortest run of a
  // shrinking.
  const isMuted = run.status === 'running' && run.origin.kind !== 'shrunk' && !isSilent(run);
  await cancelTasksOf(run.id, isMuted);
}

function isSilent({ origin }: RunEntry): boolean {
  const own = machineOf(origin);
  return session
    .getState()
    .machines.some(
      ({ ref, silentMs }) => silentMs !== undefined && own !== undefined && isSameMachine(own, ref),
    );
}

/**
 * Shows another run, and sets the toolbar to it. A run of the last session is read only now.
 */
export async function showRun(id: string): Promise<void> {
  session.setState({ runId: id, shown: 'run' });
  const run = selectRun(session.getState());
  if (!run || run.isHeldBack) return;
  if (run.status !== 'waiting') adoptSettingsOf(run);
  else if (run.origin.kind === 'file' || run.left) await readTrace(id, run.origin);
  else await execute(run.origin, undefined, id);
}

/** Reads a run of the last session, or executes it, without showing it. */
export async function fetchRun(id: string): Promise<void> {
  const run = findRun(id);
  if (run?.status !== 'waiting' || run.isHeldBack) return;
  updateRun(id, (one) => ({ ...one, status: 'running' }));
  if (run.origin.kind === 'file' || run.left) await startReadTask(id, run.origin);
  else await carryOut(id, run.origin);
}

/** Opens a run during which the window had died, at the user's request. */
export async function openHeldBack(id: string): Promise<void> {
  updateRun(id, ({ isHeldBack: _, ...run }) => run);
  await showRun(id);
}

/** Sets the toolbar to the settings of a run, unless its machine could not be opened. */
function adoptSettingsOf({ id, origin }: RunEntry): void {
  if (origin.kind === 'file') return;
  const machine = findMachine(origin.machine);
  // Of the last session, nothing is open yet.
  if (!machine) adoptWhenOpen(id, origin);
  else if (machine.status === 'open') adoptSettings(machine, origin.settings);
}

/** Stops all tasks of a machine. */
export function stopMachine(ref: MachineRef): void {
  const { runs, sweeps } = session.getState();
  const machine = findMachine(ref);
  if (machine) void stopReruns(machine);
  for (const run of runs) {
    const own = machineOf(run.origin);
    const isOwn = own !== undefined && isSameMachine(own, ref);
    if (isOwn || run.verification?.kind === 'running') void cancelRun(run);
  }
  for (const sweep of sweeps) if (isSameMachine(sweep.machine, ref)) cancelSweep(sweep);
}
