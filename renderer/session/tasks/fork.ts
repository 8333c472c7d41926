import { assertNever } from '../../../core/assert.ts';
import type { TaskEvent } from '../../../core/contract/tasks.ts';
import { formatFork, RUN_AGAIN } from '../../../core/trace/format/fork.ts';
import { ownTrace } from '../growing.ts';
import type { MachineOrigin, RunOrigin } from '../model.ts';
import { updateRun } from '../store.ts';
import { openTask, startOnMachine } from './registry.ts';

/** Executes the operations of a run that are of no seed once more, with the machine as it is now. */
export function startRemakeTask(
  runId: string,
  { machine, settings }: MachineOrigin,
  remade: string,
): Promise<boolean> {
  const fork = formatFork(RUN_AGAIN);
  return startForkTask(runId, { kind: 'fork', machine, settings, parentId: remade, fork });
}

/** Executes a fork of another run. */
export function startForkTask(
  runId: string,
  { machine, settings, parentId, fork }: Extract<RunOrigin, { kind: 'fork' }>,
): Promise<boolean> {
  const owner = ownTrace(runId, { completed: (steps) => `The fork has ${steps}` });
  const take = (event: TaskEvent<'fork'>) => {
    switch (event.kind) {
      case 'written':
        owner.take();
        break;
      case 'begun':
        if (event.isPastExecuted) updateRun(runId, (run) => ({ ...run, isPastExecuted: true }));
        break;
      default:
        assertNever(event, 'event');
    }
  };
  const taskId = openTask('fork', { ...owner, take });
  const { inputs } = settings;
  return startOnMachine(taskId, machine, (machineId) => ({
    kind: 'fork',
    machineId,
    traceId: runId,
    parentId,
    fork,
    ...(inputs === undefined ? {} : { inputs }),
  }));
}
