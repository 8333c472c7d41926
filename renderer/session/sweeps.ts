import type {
  MachineRef,
  RunEnd,
  SweepRunProgress,
  SweepRunSettings,
} from '../../core/api/contract.ts';
import type { SweepReport } from '../../core/sweep/report.ts';
import { newId, request } from '../api.ts';
import { describeFound, summaryOf } from '../sweep/summary.ts';
import { formatPlural } from '../words/format.ts';
import { ensureMachine } from './machines.ts';
import type { SweepEntry } from './model.ts';
import { selectMachine, session, showNotice, showProblem, updateSweep } from './store.ts';
import { readSweep, type SweepDraft } from './sweep-settings.ts';

/** How many sweeps are kept; the oldest give way. */
const SWEEPS_MAX = 20;

/** Changes what the sweep form is set to. */
export function changeSweepDraft(change: Partial<SweepDraft>): void {
  session.setState(({ sweepDraft }) => ({ sweepDraft: { ...sweepDraft, ...change } }));
}

/** Sweeps what the toolbar and the sweep form are set to; answers whether they are good. */
export function startSweep(): boolean {
  const state = session.getState();
  const machine = selectMachine(state);
  const read = readSweep(state.sweepDraft, state.settings);
  if (!machine?.info || read.kind === 'err') return false;
  void executeSweep(machine.ref, read.settings);
  return true;
}

/** Sweeps seeds of a machine and shows what is found. It goes on while other things are shown. */
export async function executeSweep(ref: MachineRef, settings: SweepRunSettings): Promise<void> {
  const id = newId('sweep');
  const added: SweepEntry = { id, machine: ref, settings, status: 'running' };
  const { sweeps } = session.getState();
  for (const dropped of sweeps.slice(SWEEPS_MAX - 1)) cancelSweep(dropped);
  session.setState({
    sweeps: [added, ...sweeps].slice(0, SWEEPS_MAX),
    sweepId: id,
    shown: 'sweep',
    notice: undefined,
  });
  const machine = await ensureMachine(ref);
  const answer =
    machine && (await request('startSweep', { machineId: machine.id, runId: id, settings }));
  if (answer?.kind === 'ok') return;
  const problem = answer?.problem ?? {
    title: 'The machine could not be opened.',
    remedy: 'The problem above says why.',
  };
  endSweep(id, { kind: 'failed', problem });
  if (answer) showProblem(problem);
}

/** Shows a sweep instead of a run. */
export function showSweep(id: string): void {
  session.setState({ sweepId: id, shown: 'sweep' });
}

/** Stops a sweep; what it has found is kept. */
export function cancelSweep(sweep: SweepEntry): void {
  if (sweep.status !== 'running') return;
  updateSweep(sweep.id, (running) => ({ ...running, isStopping: true }));
  void request('cancel', { runId: sweep.id });
}

/** Takes a sweep off the list; the runs that were opened from it stay. */
export function closeSweep(sweep: SweepEntry): void {
  cancelSweep(sweep);
  const { sweeps, sweepId, shown } = session.getState();
  const index = sweeps.findIndex(({ id }) => id === sweep.id);
  const left = sweeps.filter(({ id }) => id !== sweep.id);
  session.setState({ sweeps: left });
  if (sweepId !== sweep.id) return;
  const next = left[Math.min(index, left.length - 1)];
  session.setState({ sweepId: next?.id, shown: next ? shown : 'run' });
}

/** Takes in how far a sweep has come. */
export function takeSweepProgress(id: string, progress: SweepRunProgress): void {
  updateSweep(id, (sweep) => ({ ...sweep, progress }));
}

/** Takes in what a sweep came to. */
export function takeReport(id: string, report: SweepReport): void {
  updateSweep(id, (sweep) => ({ ...sweep, report }));
}

/** Takes in that something is over; answers whether it was a sweep. */
export function takeSweepEnd(id: string, how: RunEnd): boolean {
  const sweep = session.getState().sweeps.find((one) => one.id === id);
  if (!sweep) return false;
  endSweep(id, how);
  if (how.kind === 'failed') showProblem(how.problem);
  else showNotice(describeEnd(sweep, how.kind === 'cancelled'));
  return true;
}

function endSweep(id: string, how: RunEnd): void {
  updateSweep(id, ({ isStopping: _, ...sweep }) => ({
    ...sweep,
    status: how.kind,
    ...(how.kind === 'failed' ? { problem: how.problem } : {}),
  }));
}

function describeEnd(sweep: SweepEntry, isCancelled: boolean): string {
  const summary = summaryOf(sweep);
  const swept = formatPlural(summary.seeds, 'seed');
  const found = describeFound(summary);
  return isCancelled ? `Sweep cancelled after ${swept}: ${found}` : `Swept ${swept}: ${found}`;
}
