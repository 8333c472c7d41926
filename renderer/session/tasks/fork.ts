import { assertNever } from '../../../core/assert.ts';
import type { TaskEvent } from '../../../core/contract/window.ts';
import { ownTrace } from '../growing.ts';
import type { RunOrigin } from '../model.ts';
import { updateRun } from '../store.ts';
import { openTask, startOnMachine } from './registry.ts';

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
