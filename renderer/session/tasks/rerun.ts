import { assertNever } from '../../../core/assert.ts';
import type { TaskEnd, TaskEvent } from '../../../core/contract/tasks.ts';
import { settingsOf } from '../lineage.ts';
import { sourceHashOf } from '../machines.ts';
import type { MachineEntry, RunEntry, WithSaved } from '../model.ts';
import { session, updateRun } from '../store.ts';
import { cancelTasksOf, openTask, startTask } from './registry.ts';

/** The machine and its task of that kind are told apart by this. */
const subjectOf = ({ id }: MachineEntry) => `rerun-${id}`;

/**
 * Executes runs of a machine again with the source that was saved last, one after another, and keeps beside
 * each what it comes to. What was begun with an earlier source is given up.
 */
export async function rerunWithSaved(
  machine: MachineEntry,
  runs: readonly RunEntry[],
): Promise<void> {
  await stopReruns(machine);
  if (runs.length === 0) return;
  const taskId = openTask('rerun', {
    subjectId: subjectOf(machine),
    take: (event) => take(machine, runs, event),
    end: (end) => takeEnd(taskId, end),
  });
  for (const { id } of runs) setWithSaved(id, { kind: 'running', taskId });
  await startTask(taskId, {
    kind: 'rerun',
    machineId: machine.id,
    runs: runs.map((run) => {
      const inputs = settingsOf(run)?.inputs;
      return {
        trace: { kind: 'session', traceId: run.id },
        ...(inputs === undefined ? {} : { inputs }),
      };
    }),
  });
}

/** Stops executing runs of a machine again; what is known by then stays. */
export function stopReruns(machine: MachineEntry): Promise<void> {
  return cancelTasksOf(subjectOf(machine), true);
}

/** Keeps what a run comes to with the source that was saved last; nothing, if that is not known. */
export function setWithSaved(runId: string, withSaved: WithSaved | undefined): void {
  updateRun(runId, ({ withSaved: _, ...run }) => (withSaved ? { ...run, withSaved } : run));
}

function take({ id }: MachineEntry, runs: readonly RunEntry[], event: TaskEvent<'rerun'>): void {
  const run = runs[event.place];
  if (!run) return;
  switch (event.kind) {
    case 'rerun':
      setWithSaved(run.id, { kind: 'ended', rerun: event.rerun, ...sourceHashOf(id) });
      break;
    case 'notRerun':
      setWithSaved(run.id, { kind: 'impossible', problem: event.problem });
      break;
    default:
      assertNever(event, 'event');
  }
}

/** Nothing is known of what was not executed by then. */
function takeEnd(taskId: string, end: TaskEnd): void {
  for (const { id, withSaved } of session.getState().runs) {
    if (withSaved?.kind !== 'running' || withSaved.taskId !== taskId) continue;
    setWithSaved(
      id,
      end.kind === 'failed' ? { kind: 'impossible', problem: end.problem } : undefined,
    );
  }
}
