import { assertNever } from '../../../core/assert.ts';
import type { TaskEnd, TaskEvent } from '../../../core/contract/tasks.ts';
import type { MachineRef } from '../../../core/contract/window.ts';
import { counterexampleOf } from '../../../core/trace/format/counterexample.ts';
import { ensureMachine, showOpenProblem } from '../machines.ts';
import { machineOf, type RunEntry, type Verification } from '../model.ts';
import { showNotice, showProblem } from '../notices.ts';
import { selectRun, session, updateRun } from '../store.ts';
import { openTask, startOnMachine } from './registry.ts';

/** Re-executes the trace on the screen on its machine and compares. */
export async function verifyTrace(): Promise<void> {
  const run = selectRun(session.getState());
  if (!run?.trace || run.status === 'running' || run.verification?.kind === 'running') return;
  if (!isVerifiable(run)) return;
  const ref = await findMachineOf(run);
  if (!ref) return;
  const taskId = openTask('verify', {
    subjectId: run.id,
    take: (event) => take(run.id, event),
    end: (end) => takeEnd(run.id, end),
  });
  updateVerification(run.id, { kind: 'running', steps: 0 });
  await startOnMachine(taskId, ref, (machineId) => ({
    kind: 'verify',
    machineId,
    traceId: run.id,
  }));
}

/**
 * Whether a machine executed what a run shows, and can do so again. Nobody executed a counterexample of a
 * model checker, and a saved page runs nothing.
 */
export function isVerifiable({ trace }: RunEntry): boolean {
  if (session.getState().isPage) return false;
  return trace !== undefined && counterexampleOf(trace.header) === undefined;
}

/**
 * The machine of a run; none for a counterexample of a model checker, whatever its name. For a trace file, that is the open machine of its name, the sample of its
 * name, or the file that the user chooses; the trace never says where its machine is.
 */
export async function findMachineOf(run: RunEntry): Promise<MachineRef | undefined> {
  const own = machineOf(run.origin);
  if (own) return own;
  if (!isVerifiable(run)) return undefined;
  const { samples, machines } = session.getState();
  const name = run.trace?.header.machine;
  const open = machines.find(({ info }) => info?.name === name);
  if (open) return open.ref;
  if (name !== undefined && samples.some((sample) => sample.name === name)) {
    return { kind: 'sample', name };
  }
  return name === undefined ? undefined : askForMachine(name);
}

/** Asks the user for the file of a trace's machine. Choosing a file agrees that it runs. */
async function askForMachine(name: string): Promise<MachineRef | undefined> {
  session.getState().machineQuestion?.answer(undefined);
  const path = await new Promise<string | undefined>((answer) =>
    session.setState({ machineQuestion: { name, answer } }),
  );
  session.setState({ machineQuestion: undefined });
  if (path === undefined) return undefined;
  const ref = { kind: 'file', path } as const;
  const machine = await ensureMachine(ref);
  if (!machine?.info) showOpenProblem(ref, selectRun(session.getState())?.id);
  if (!machine?.info || machine.info.name === name) return machine && ref;
  showProblem({
    title: `${path} has the machine "${machine.info.name}", but the trace is of "${name}".`,
    remedy: 'Choose the file of the machine that the trace was recorded with.',
  });
  return undefined;
}

function take(runId: string, event: TaskEvent<'verify'>): void {
  switch (event.kind) {
    case 'progress':
      updateVerification(runId, { kind: 'running', steps: event.steps });
      break;
    case 'verified':
      updateVerification(runId, event.verified);
      showNotice(
        event.verified.kind === 'agrees'
          ? 'Verified: every step agrees'
          : 'A step went differently',
      );
      break;
    default:
      assertNever(event, 'event');
  }
}

function takeEnd(runId: string, end: TaskEnd): void {
  if (end.kind === 'failed') showProblem(end.problem, runId);
  updateRun(runId, (run) => {
    const { verification, ...rest } = run;
    return verification?.kind === 'running' ? rest : run;
  });
}

function updateVerification(runId: string, verification: Verification): void {
  updateRun(runId, (run) => ({ ...run, verification }));
}
