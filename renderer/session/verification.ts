import type { MachineRef, RunEnd, Verified } from '../../core/api/contract.ts';
import { formatHeader } from '../../core/trace/format.ts';
import { newId, request } from '../api.ts';
import { ensureMachine } from './machines.ts';
import { machineOf, type RunEntry } from './model.ts';
import { selectRun, session, showNotice, showProblem, updateRun } from './store.ts';

/** Lines of a trace that are handed over at a time. */
const CHUNK_LINES = 2_000;

/** Verifications by their own run id: the id of the run that they are of. */
const verifications = new Map<string, string>();

/** Re-executes the trace on the screen on its machine and compares. */
export async function verifyTrace(): Promise<void> {
  const run = selectRun(session.getState());
  if (!run?.trace || run.status === 'running' || run.verification?.kind === 'running') return;
  const { trace } = run;
  const ref = await findMachineOf(run);
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

/**
 * A run's own machine; for a file the one of its name that is open, the sample of its name, or what
 * the person chooses. The file itself never says where its machine is.
 */
export async function findMachineOf(run: RunEntry): Promise<MachineRef | undefined> {
  const own = machineOf(run.origin);
  if (own) return own;
  const { samples, machines } = session.getState();
  const name = run.trace?.header.machine;
  const open = machines.find(({ info }) => info?.name === name);
  if (open) return open.ref;
  if (name !== undefined && samples.some((sample) => sample.name === name)) {
    return { kind: 'sample', name };
  }
  return name === undefined ? undefined : askForMachine(name);
}

/** Asks the person which file the machine of a trace is; choosing one agrees that it runs. */
async function askForMachine(name: string): Promise<MachineRef | undefined> {
  session.getState().machineQuestion?.answer(undefined);
  const path = await new Promise<string | undefined>((answer) =>
    session.setState({ machineQuestion: { name, answer } }),
  );
  session.setState({ machineQuestion: undefined });
  if (path === undefined) return undefined;
  const ref = { kind: 'file', path } as const;
  const machine = await ensureMachine(ref);
  if (!machine?.info || machine.info.name === name) return machine && ref;
  showProblem({
    title: `${path} holds the machine "${machine.info.name}", and the trace is of "${name}".`,
    remedy: 'Choose the file of the machine that the trace was recorded with.',
  });
  return undefined;
}

/** Takes in how far a verification has come. */
export function takeVerifyProgress(runId: string, steps: number): void {
  updateVerification(runId, { kind: 'running', runId, steps });
}

/** Takes in what a verification found. */
export function takeVerified(runId: string, verified: Verified): void {
  if (!verifications.has(runId)) return;
  updateVerification(runId, verified);
  showNotice(verified.kind === 'agrees' ? 'Verified: every step agrees' : 'A step differs');
}

/** Takes in that something is over; answers whether it was a verification. */
export function takeVerifyEnd(runId: string, how: RunEnd): boolean {
  if (!verifications.has(runId)) return false;
  if (how.kind === 'failed') showProblem(how.problem);
  endVerification(runId);
  return true;
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

function updateVerification(runId: string, verification: NonNullable<RunEntry['verification']>) {
  const of = verifications.get(runId);
  if (of !== undefined) updateRun(of, (run) => ({ ...run, verification }));
}
