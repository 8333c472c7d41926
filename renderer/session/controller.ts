import type { Launch, MachineRef, Recent, RunSettings } from '../../core/api/contract.ts';
import { assertNever } from '../../core/assert.ts';
import { sameValue } from '../../core/value/value.ts';
import { newId, request } from '../api.ts';
import { pickInputs } from './inputs.ts';
import { adoptSettings, ensureMachine, pickMachine } from './machines.ts';
import {
  isSameMachine,
  machineOf,
  type MachineEntry,
  type RunEntry,
  type RunOrigin,
} from './model.ts';
import { cursorOf } from './reader.ts';
import { proposeSettings, readSettings } from './settings.ts';
import { selectMachine, selectRun, session, updateRun } from './store.ts';
import { startReadTask } from './tasks/read.ts';
import { cancelTasksOf } from './tasks/registry.ts';
import { startRunTask } from './tasks/run.ts';
import { startShrinkTask } from './tasks/shrink.ts';
import { cancelSweep } from './tasks/sweep.ts';

/** How many runs are kept open; the oldest give way. */
const RUNS_MAX = 20;

/** Opens what the window was started for; `restore` brings back the last session. */
export async function openLaunch(launch: Launch, restore: () => Promise<void>): Promise<void> {
  switch (launch.kind) {
    case 'lastSession':
      return restore();
    case 'trace':
      return openTrace(launch.path);
    case 'machine': {
      const machine = await pickMachine(launch.machine);
      if (!machine?.info) return;
      const proposed = proposeSettings(machine.info, launch.scenario);
      session.setState({ settings: proposed });
      if (launch.inputs !== undefined && !(await pickInputs(launch.inputs))) return;
      const { settings } = session.getState();
      session.setState({
        settings: {
          ...settings,
          ...(launch.seed === undefined ? {} : { seed: launch.seed }),
          ...(launch.operationsMax === undefined
            ? {}
            : { operations: String(launch.operationsMax) }),
          ...(launch.faults === undefined ? {} : { faults: launch.faults }),
        },
      });
      return startRun();
    }
    default:
      return assertNever(launch, 'launch');
  }
}

/** Opens a machine and runs what it proposes. */
export async function openAndRun(ref: MachineRef): Promise<void> {
  const machine = await pickMachine(ref);
  if (machine && session.getState().machineId === machine.id) await startRun();
}

/** Runs what the toolbar is set to. */
export async function startRun(): Promise<void> {
  const state = session.getState();
  const machine = selectMachine(state);
  const read = readSettings(state.settings);
  if (!machine?.info || read.kind === 'err') return;
  await executeRun(machine.ref, read.settings);
}

/** Where a run is opened, unless at its first finding. */
export type Aim =
  | { readonly wantedCursor: number }
  /** At the first finding of a cause. */
  | { readonly wantedSignature: string };

/** What is executed by a machine: a seed, or the shrinking of one. */
export type MachineOrigin = Exclude<RunOrigin, { readonly kind: 'file' }>;

/** Runs a run of a machine anew, in its place in the list. */
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

/** Executes a run once more beside the one on the screen; answers its id. */
export function executeAgain(
  origin: MachineOrigin,
  rerun: Required<Pick<RunEntry, 'change' | 'viewKey'>>,
): string {
  const id = newId('run');
  const { stepIndex } = rerun.change;
  addRun(id, origin, { wantedCursor: stepIndex }, { ...rerun, isRerun: true });
  void carryOut(id, origin);
  return id;
}

async function carryOut(id: string, origin: MachineOrigin): Promise<void> {
  void ensureMachine(origin.machine).then((machine) => {
    const isShown = selectRun(session.getState())?.id === id;
    if (machine && isShown) adoptSettings(machine, origin.settings);
  });
  if (origin.kind === 'shrunk') await startShrinkTask(id, origin);
  else await startRunTask(id, origin);
}

/** The same run of the last session, if it has not been shown yet: it takes its place. */
function rememberedRun(origin: MachineOrigin): string | undefined {
  return session
    .getState()
    .runs.find((run) => run.status === 'waiting' && sameValue(run.origin, origin))?.id;
}

/** Shows a run of a machine at some place; it is executed, unless it is open. */
export async function openRun(origin: MachineOrigin, aim: Aim): Promise<void> {
  const { runs, machines } = session.getState();
  const machine = machines.find(({ ref }) => isSameMachine(ref, origin.machine));
  const open = runs.find(
    (run) => sameValue(run.origin, origin) && isComplete(run) && isOfSource(run, machine),
  );
  if (!open) return execute(origin, aim);
  showAt(open.id, aim);
}

/** Shows a run that is open, at some place. */
export function showAt(id: string, aim: Aim): void {
  session.setState({ runId: id, shown: 'run' });
  updateRun(id, (run) => {
    const aimed = aimAt(run, aim);
    return aimed.trace ? { ...aimed, cursor: cursorOf(aimed, aimed.trace) } : aimed;
  });
}

/** Whether all that there is to see of a run has come, or is on its way. */
function isComplete({ status, origin, trace }: RunEntry): boolean {
  if (status === 'cancelled') return origin.kind === 'shrunk' && trace !== undefined;
  return status === 'running' || status === 'completed';
}

/** Whether a run is of the machine as it is now. */
function isOfSource({ trace }: RunEntry, machine: MachineEntry | undefined): boolean {
  const sourceHash = machine?.info?.sourceHash;
  return !trace || sourceHash === undefined || trace.header.sourceHash === sourceHash;
}

function aimAt(run: RunEntry, aim: Aim): RunEntry {
  const { wantedCursor: _, wantedSignature: __, ...rest } = run;
  return { ...rest, ...aim, isCursorTouched: false };
}

/** Reads a trace file and shows it. */
export async function openTrace(path: string, id = newId('run')): Promise<void> {
  const origin = { kind: 'file', path } as const;
  addRun(id, origin);
  await startReadTask(id, origin);
}

function addRun(
  id: string,
  origin: RunOrigin,
  aim?: Aim,
  rerun?: Pick<RunEntry, 'isRerun' | 'change' | 'viewKey'>,
): void {
  // One that is made by itself is shown when it has come to the step that is looked at.
  if (!rerun) session.setState({ notice: undefined, runId: id, shown: 'run' });
  const { runs } = session.getState();
  if (runs.some((run) => run.id === id)) {
    updateRun(id, (run) => ({ ...(aim ? aimAt(run, aim) : run), status: 'running' }));
    return;
  }
  const added: RunEntry = {
    id,
    origin,
    status: 'running',
    cursor: -1,
    isCursorTouched: false,
    ...aim,
    ...rerun,
  };
  for (const dropped of runs.slice(RUNS_MAX - 1)) void cancelRun(dropped);
  session.setState({ runs: [added, ...runs].slice(0, RUNS_MAX) });
}

/** Stops whatever goes on for a run: its execution, its reading, or its verification. */
export async function cancelRun(run: RunEntry): Promise<void> {
  // What is still on its way is passed over, but for the last steps of a machine that hangs, and
  // for the shortest run so far of a shrinking.
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

/** Shows another run; one of the last session is executed or read only now. */
export async function showRun(id: string): Promise<void> {
  session.setState({ runId: id, shown: 'run' });
  const run = selectRun(session.getState());
  if (run?.status !== 'waiting') return;
  if (run.origin.kind === 'file') await openTrace(run.origin.path, id);
  else await execute(run.origin, undefined, id);
}

/** Stops whatever a machine is busy with. */
export function stopMachine(ref: MachineRef): void {
  const { runs, sweeps } = session.getState();
  for (const run of runs) {
    const own = machineOf(run.origin);
    const isOwn = own !== undefined && isSameMachine(own, ref);
    if (isOwn || run.verification?.kind === 'running') void cancelRun(run);
  }
  for (const sweep of sweeps) if (isSameMachine(sweep.machine, ref)) cancelSweep(sweep);
}

/** Takes a run off the list; its trace is forgotten. */
export function closeRun(run: RunEntry): void {
  void cancelRun(run);
  const { runs, runId, shown, sweepId } = session.getState();
  const index = runs.findIndex((other) => other.id === run.id);
  const left = runs.filter((other) => other.id !== run.id);
  session.setState({ runs: left });
  if (runId !== run.id) return;
  const next = left[Math.min(index, left.length - 1)];
  if (next && shown === 'run') void showRun(next.id);
  else session.setState({ runId: next?.id, shown: sweepId === undefined ? 'run' : 'sweep' });
}

/** Moves the cursor of the run on the screen. */
export function seek(stepIndex: number): void {
  const run = selectRun(session.getState());
  if (!run?.trace) return;
  const cursor = Math.max(-1, Math.min(stepIndex, run.trace.length - 1));
  if (cursor === run.cursor) return;
  updateRun(run.id, ({ wantedCursor: _, wantedSignature: __, ...changed }) => ({
    ...changed,
    cursor,
    isCursorTouched: true,
  }));
}

/** Compares the state with that of a chosen step; `undefined`: with that of the step before. */
export function compareWith(stepIndex: number | undefined): void {
  const run = selectRun(session.getState());
  if (!run) return;
  updateRun(run.id, ({ compareWith: _, ...rest }) =>
    stepIndex === undefined ? rest : { ...rest, compareWith: stepIndex },
  );
}

/** Asks for a file and opens it. */
export async function chooseAndOpen(kind: Recent['kind']): Promise<void> {
  const chosen = await request('chooseFile', kind);
  if (chosen) await openRecent(chosen);
}

/** Opens something by its path, as what it was opened before. */
export async function openRecent({ kind, path }: Recent): Promise<void> {
  switch (kind) {
    case 'trace':
      return openTrace(path);
    case 'machine':
      await pickMachine({ kind: 'file', path });
      return undefined;
    case 'inputs':
      if (await pickInputs(path)) await startRun();
      return undefined;
    default:
      return assertNever(kind, 'kind');
  }
}
