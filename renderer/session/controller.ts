import type { ApiEvent, Launch, MachineRef, Recent, RunSettings } from '../../core/api/contract.ts';
import { assertNever } from '../../core/assert.ts';
import { formatEnd, formatHeader } from '../../core/trace/format.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { sameValue } from '../../core/value/value.ts';
import { request } from '../api.ts';
import { formatPlural } from '../design/format.ts';
import { adoptSettings, ensureMachine, pickMachine, updateMachineInfo } from './machines.ts';
import {
  fileNameOf,
  isSameMachine,
  machineNameOf,
  type RunEntry,
  type RunOrigin,
} from './model.ts';
import { RunReader } from './reader.ts';
import { proposeSettings, readSettings } from './settings.ts';
import {
  selectMachine,
  selectRun,
  session,
  showNotice,
  showProblem,
  updateMachine,
  updateRun,
} from './store.ts';

/** How many runs are kept open; the oldest give way. */
const RUNS_MAX = 20;
/** Lines of a trace that are handed over at a time. */
const CHUNK_LINES = 2_000;

const readers = new Map<string, RunReader>();
/** Verifications by their own run id: the id of the run that they are of. */
const verifications = new Map<string, string>();

function newId(prefix: string): string {
  return `${prefix}-${crypto.randomUUID()}`;
}

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
      session.setState({
        settings: {
          ...proposed,
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

/** Runs a seed of a machine and shows it; the machine is opened if it is not. */
export async function executeRun(
  ref: MachineRef,
  settings: RunSettings,
  id = rememberedRun(ref, settings) ?? newId('run'),
): Promise<void> {
  addRun(id, { kind: 'machine', machine: ref, settings });
  const machine = await ensureMachine(ref);
  if (!machine) {
    endRun(id, {
      kind: 'failed',
      problem: { title: 'The machine could not be opened.', remedy: 'The problem above says why.' },
    });
    return;
  }
  if (session.getState().runId === id) adoptSettings(machine, settings);
  const answer = await request('startRun', { machineId: machine.id, runId: id, settings });
  if (answer.kind === 'problem') failRun(id, answer.problem);
}

/** The same run of the last session, if it has not been shown yet: it takes its place. */
function rememberedRun(ref: MachineRef, settings: RunSettings): string | undefined {
  return session
    .getState()
    .runs.find(
      ({ status, origin }) =>
        status === 'waiting' &&
        origin.kind === 'machine' &&
        isSameMachine(origin.machine, ref) &&
        sameValue(origin.settings, settings),
    )?.id;
}

/** Reads a trace file and shows it. */
export async function openTrace(path: string, id = newId('run')): Promise<void> {
  addRun(id, { kind: 'file', path });
  const answer = await request('readTrace', { runId: id, path });
  if (answer.kind === 'problem') failRun(id, answer.problem);
}

function addRun(id: string, origin: RunOrigin): void {
  readers.set(id, new RunReader(id));
  session.setState({ notice: undefined });
  const { runs } = session.getState();
  if (runs.some((run) => run.id === id)) {
    updateRun(id, (run) => ({ ...run, status: 'running' }));
    session.setState({ runId: id });
    return;
  }
  const added: RunEntry = { id, origin, status: 'running', cursor: -1, isCursorTouched: false };
  for (const dropped of runs.slice(RUNS_MAX - 1)) void cancelRun(dropped);
  session.setState({ runs: [added, ...runs].slice(0, RUNS_MAX), runId: id });
}

function failRun(id: string, problem: NonNullable<RunEntry['problem']>): void {
  readers.get(id)?.end('failed', problem);
  readers.delete(id);
  showProblem(problem);
}

/** Stops whatever goes on in a run: its execution, its reading, or its verification. */
export async function cancelRun(run: RunEntry): Promise<void> {
  const { verification } = run;
  if (run.status === 'running') {
    // What is still on its way is passed over, but for the last steps of a machine that hangs.
    if (!isSilent(run)) readers.get(run.id)?.stop();
    await request('cancel', { runId: run.id });
  }
  if (verification?.kind === 'running') await request('cancel', { runId: verification.runId });
}

function isSilent({ origin }: RunEntry): boolean {
  return session
    .getState()
    .machines.some(
      ({ ref, silentMs }) =>
        silentMs !== undefined && origin.kind === 'machine' && isSameMachine(origin.machine, ref),
    );
}

/** Shows another run; one of the last session is executed or read only now. */
export async function showRun(id: string): Promise<void> {
  session.setState({ runId: id });
  const run = selectRun(session.getState());
  if (run?.status !== 'waiting') return;
  if (run.origin.kind === 'file') await openTrace(run.origin.path, id);
  else await executeRun(run.origin.machine, run.origin.settings, id);
}

/** Stops whatever a machine is busy with. */
export function stopMachine(ref: MachineRef): void {
  for (const run of session.getState().runs) {
    const isOwn = run.origin.kind === 'machine' && isSameMachine(run.origin.machine, ref);
    if (isOwn || run.verification?.kind === 'running') void cancelRun(run);
  }
}

/** Takes a run off the list; its trace is forgotten. */
export function closeRun(run: RunEntry): void {
  void cancelRun(run);
  const { runs, runId } = session.getState();
  const index = runs.findIndex((other) => other.id === run.id);
  const left = runs.filter((other) => other.id !== run.id);
  session.setState({ runs: left });
  if (runId !== run.id) return;
  const next = left[Math.min(index, left.length - 1)];
  if (next) void showRun(next.id);
  else session.setState({ runId: undefined });
}

/** Moves the cursor of the run on the screen. */
export function seek(stepIndex: number): void {
  const run = selectRun(session.getState());
  if (!run?.trace) return;
  const cursor = Math.max(-1, Math.min(stepIndex, run.trace.length - 1));
  if (cursor === run.cursor) return;
  updateRun(run.id, ({ wantedCursor: _, ...changed }) => ({
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
  const path = await request('chooseFile', kind);
  if (path !== null) await openRecent({ kind, path });
}

/** Opens something by its path, as what it was opened before. */
export async function openRecent({ kind, path }: Recent): Promise<void> {
  if (kind === 'trace') return openTrace(path);
  await pickMachine({ kind: 'file', path });
}

/** Saves the trace on the screen to a file that the person chooses. */
export async function saveTrace(): Promise<void> {
  const run = selectRun(session.getState());
  if (!run?.trace) return;
  const { machine, scenario, seed } = run.trace.header;
  const suggestedName = `${machine}-${scenario}-${seed}.jsonl.gz`;
  const begun = await request('beginSave', { suggestedName });
  if (begun.kind === 'problem') return showProblem(begun.problem);
  if (begun.value === null) return undefined;
  const path = await writeTrace(run.trace, begun.value);
  if (path !== undefined) showNotice(`Saved ${fileNameOf(path)}`);
}

async function writeTrace(trace: Trace, saveId: string): Promise<string | undefined> {
  const write = async (text: string) => {
    const written = await request('writeSave', { saveId, text });
    if (written.kind === 'problem') showProblem(written.problem);
    return written.kind === 'ok';
  };
  let isGood = await write(`${formatHeader(trace.header)}\n`);
  for (let from = 0; from < trace.length && isGood; from += CHUNK_LINES) {
    isGood = await write(`${trace.lines(from, from + CHUNK_LINES).join('\n')}\n`);
  }
  if (isGood && trace.end) isGood = await write(`${formatEnd(trace.end)}\n`);
  const ended = await request('endSave', { saveId, keep: isGood });
  if (ended.kind === 'problem') showProblem(ended.problem);
  return isGood && ended.kind === 'ok' ? ended.value : undefined;
}

/** Re-executes the trace on the screen on its machine and compares. */
export async function verifyTrace(): Promise<void> {
  const run = selectRun(session.getState());
  if (!run?.trace || run.status === 'running' || run.verification?.kind === 'running') return;
  const { trace } = run;
  const ref = await machineToVerify(run);
  if (!ref) return;
  const runId = newId('verify');
  verifications.set(runId, run.id);
  updateVerification(runId, { kind: 'running', runId, steps: 0 });
  const machine = await ensureMachine(ref);
  const answer = machine && (await request('startVerify', { machineId: machine.id, runId }));
  if (answer?.kind !== 'ok') {
    if (answer) showProblem(answer.problem);
    endVerification(runId);
    return;
  }
  await request('verifyText', { runId, text: `${formatHeader(trace.header)}\n`, isLast: false });
  for (let from = 0; from < trace.length; from += CHUNK_LINES) {
    const text = `${trace.lines(from, from + CHUNK_LINES).join('\n')}\n`;
    await request('verifyText', { runId, text, isLast: false });
  }
  await request('verifyText', { runId, text: '', isLast: true });
}

/** A run's own machine; for a file the sample that it names, or what the person chooses. */
async function machineToVerify(run: RunEntry): Promise<MachineRef | undefined> {
  if (run.origin.kind === 'machine') return run.origin.machine;
  const { samples, machines } = session.getState();
  const name = run.trace?.header.machine;
  const open = machines.find(({ info }) => info?.name === name);
  if (open) return open.ref;
  if (name !== undefined && samples.some((sample) => sample.name === name)) {
    return { kind: 'sample', name };
  }
  const path = await request('chooseFile', 'machine');
  return path === null ? undefined : { kind: 'file', path };
}

function endVerification(runId: string): void {
  const of = verifications.get(runId);
  verifications.delete(runId);
  if (of === undefined) return;
  updateRun(of, (run) => {
    const { verification, ...rest } = run;
    return verification?.kind === 'running' ? rest : run;
  });
}

/** Takes in what comes from the main process; commands of the menu go to `runCommand`. */
export function handleEvent(event: ApiEvent, runCommand: (command: string) => void): void {
  switch (event.kind) {
    case 'runText':
      readers.get(event.runId)?.push(event.text);
      break;
    case 'runEnded':
      endRun(event.runId, event.how);
      break;
    case 'verifyProgress':
      updateVerification(event.runId, { kind: 'running', runId: event.runId, steps: event.steps });
      break;
    case 'verified':
      if (!verifications.has(event.runId)) break;
      updateVerification(event.runId, event.verified);
      showNotice(
        event.verified.kind === 'agrees' ? 'Verified: every step agrees' : 'A step differs',
      );
      break;
    case 'machineSilent':
      updateMachine(event.machineId, ({ silentMs: _, ...machine }) =>
        event.isSilent ? { ...machine, silentMs: event.silentMs } : machine,
      );
      break;
    case 'machineChanged':
      updateMachineInfo(event.machineId, event.info);
      break;
    case 'machineLost':
      showProblem(event.problem);
      break;
    case 'command':
      runCommand(event.command);
      break;
    case 'openFile':
      void openRecent(event.recent);
      break;
    case 'recents':
      session.setState({ recents: event.recents });
      break;
    default:
      assertNever(event, 'event');
  }
}

function updateVerification(runId: string, verification: NonNullable<RunEntry['verification']>) {
  const of = verifications.get(runId);
  if (of !== undefined) updateRun(of, (run) => ({ ...run, verification }));
}

function endRun(runId: string, how: Extract<ApiEvent, { kind: 'runEnded' }>['how']): void {
  if (verifications.has(runId)) {
    if (how.kind === 'failed') showProblem(how.problem);
    endVerification(runId);
    return;
  }
  const problem = how.kind === 'failed' ? how.problem : undefined;
  readers.get(runId)?.end(how.kind, problem);
  readers.delete(runId);
  const ended = session.getState().runs.find(({ id }) => id === runId);
  if (ended?.problem) showProblem(ended.problem);
  else if (ended?.trace) showNotice(describeEnd(ended));
}

function describeEnd({ status, trace, origin }: RunEntry): string {
  const steps = formatPlural(trace?.length ?? 0, 'step');
  if (status === 'cancelled') return `Cancelled after ${steps}`;
  return origin.kind === 'file'
    ? `Read ${steps} of ${fileNameOf(origin.path)}`
    : `Ran ${steps} of ${machineNameOf(origin.machine)}`;
}
