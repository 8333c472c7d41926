import { assertNever } from '../../../core/assert.ts';
import type { TaskEvent } from '../../../core/contract/tasks.ts';
import { formatCount } from '../../words/format.ts';
import { ownTrace } from '../growing.ts';
import type { RunEntry, RunOrigin } from '../model.ts';
import { updateRun } from '../store.ts';
import { openTask, startOnMachine } from './registry.ts';

/** Shrinks a seed to the finding for which a run is opened. */
export function startShrinkTask(
  runId: string,
  { machine, settings, signature }: Extract<RunOrigin, { kind: 'shrunk' }>,
): Promise<boolean> {
  const owner = ownTrace(runId, {
    completed: (steps, run) => describe('Shrunk to', steps, run),
    cancelled: (steps, run) => describe('Stopped shrinking at', steps, run),
  });
  const take = (event: TaskEvent<'shrink'>) => {
    switch (event.kind) {
      case 'written':
        owner.take();
        break;
      case 'progress':
        updateRun(runId, (run) => ({ ...run, shrinking: event.progress }));
        break;
      default:
        assertNever(event, 'event');
    }
  };
  const taskId = openTask('shrink', { ...owner, take });
  return startOnMachine(taskId, machine, (machineId) => ({
    kind: 'shrink',
    machineId,
    traceId: runId,
    settings,
    signature,
  }));
}

function describe(how: string, steps: string, { trace }: RunEntry): string {
  const from = trace?.header.shrunkFrom?.steps ?? 0;
  if (from === 0) return 'No step is needed: already the initial state fails';
  return `${how} ${steps} of ${formatCount(from)}`;
}
