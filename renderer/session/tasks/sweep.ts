import { assertNever } from '../../../core/assert.ts';
import type { SweepRunSettings, TaskEnd, TaskEvent } from '../../../core/contract/tasks.ts';
import type { MachineRef } from '../../../core/contract/window.ts';
import { newId } from '../../api.ts';
import { formatPlural } from '../../words/format.ts';
import type { SweepEntry } from '../model.ts';
import { showNotice, showProblem, withdrawProblems } from '../notices.ts';
import { problemOfScenario } from '../settings.ts';
import { selectMachine, session, updateSweep, type Session } from '../store.ts';
import { readSweep, type SweepDraft } from '../sweep-settings.ts';
import { describeFound, summaryOf } from '../sweep-summary.ts';
import { cancelTasksOf, openTask, startOnMachine } from './registry.ts';

/** The number of sweeps that are kept; older ones are dropped. */
const SWEEPS_MAX = 20;

/** Changes the settings of the sweep form. */
export function changeSweepDraft(change: Partial<SweepDraft>): void {
  session.setState(({ sweepDraft }) => ({ sweepDraft: { ...sweepDraft, ...change } }));
}

/** Whether there is anything to sweep: a machine, and a scenario of it or a file of inputs. */
export function canSweep(state: Session): boolean {
  return (
    selectMachine(state)?.info !== undefined && problemOfScenario(state.settings) === undefined
  );
}

/** Sweeps with the settings of the toolbar and the sweep form. Returns whether they are valid. */
export function startSweep(): boolean {
  const state = session.getState();
  const machine = selectMachine(state);
  const read = readSweep(state.sweepDraft, state.settings);
  if (!machine?.info || read.kind === 'err') return false;
  void executeSweep(machine.ref, read.settings);
  return true;
}

/**
 * Sweeps seeds of a machine and shows the findings. The sweep continues while other things are shown.
 *
 * @param onEnd called with the sweep at its end, unless it was closed by then.
 */
export async function executeSweep(
  ref: MachineRef,
  settings: SweepRunSettings,
  onEnd: (sweep: SweepEntry) => void = () => {},
): Promise<void> {
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
  const taskId = openTask('sweep', {
    subjectId: id,
    take: (event) => take(id, event),
    end: (end) => {
      takeEnd(id, end);
      const ended = session.getState().sweeps.find((one) => one.id === id);
      if (ended) onEnd(ended);
    },
  });
  await startOnMachine(taskId, ref, (machineId) => ({ kind: 'sweep', machineId, settings }));
}

/** Shows a sweep instead of a run. */
export function showSweep(id: string): void {
  session.setState({ sweepId: id, shown: 'sweep' });
}

/** Stops a sweep; its findings are kept. */
export function cancelSweep(sweep: SweepEntry): void {
  if (sweep.status !== 'running') return;
  updateSweep(sweep.id, (running) => ({ ...running, isStopping: true }));
  void cancelTasksOf(sweep.id);
}

/** Takes a sweep off the list; the runs that were opened from it stay. */
export function closeSweep(sweep: SweepEntry): void {
  cancelSweep(sweep);
  const { sweeps, sweepId, shown } = session.getState();
  const index = sweeps.findIndex(({ id }) => id === sweep.id);
  const left = sweeps.filter(({ id }) => id !== sweep.id);
  withdrawProblems(sweep.id);
  session.setState({ sweeps: left });
  if (sweepId !== sweep.id) return;
  const next = left[Math.min(index, left.length - 1)];
  session.setState({ sweepId: next?.id, shown: next ? shown : 'run' });
}

function take(id: string, event: TaskEvent<'sweep'>): void {
  switch (event.kind) {
    case 'progress':
      updateSweep(id, (sweep) => ({ ...sweep, progress: event.progress }));
      break;
    case 'report':
      updateSweep(id, (sweep) => ({ ...sweep, report: event.report }));
      break;
    case 'covered':
      updateSweep(id, (sweep) => ({ ...sweep, coverage: event.coverage }));
      break;
    case 'notShrunk':
      showProblem(event.problem, id);
      break;
    default:
      assertNever(event, 'event');
  }
}

function takeEnd(id: string, end: TaskEnd): void {
  updateSweep(id, ({ isStopping: _, ...sweep }) => ({
    ...sweep,
    status: end.kind,
    ...(end.kind === 'failed' ? { problem: end.problem } : {}),
  }));
  const sweep = session.getState().sweeps.find((one) => one.id === id);
  if (end.kind === 'failed') showProblem(end.problem, id);
  else if (sweep) showNotice(describeEnd(sweep, end.kind === 'cancelled'));
}

function describeEnd(sweep: SweepEntry, isCancelled: boolean): string {
  const summary = summaryOf(sweep);
  const swept = formatPlural(summary.seeds, 'seed');
  const found = describeFound(summary);
  return isCancelled ? `Sweep cancelled after ${swept}: ${found}` : `Swept ${swept}: ${found}`;
}
