import type { TaskEvent } from '../../../core/api/contract.ts';
import { assertNever } from '../../../core/assert.ts';
import { formatCount, formatPlural } from '../../words/format.ts';
import type { RunEntry, RunOrigin } from '../model.ts';
import { ownTrace } from '../reader.ts';
import { updateRun } from '../store.ts';
import { openTask, startOnMachine } from './registry.ts';

/** Shrinks a seed to the finding that a run is opened for. */
export function startShrinkTask(
  runId: string,
  { machine, settings, signature }: Extract<RunOrigin, { kind: 'shrunk' }>,
): Promise<boolean> {
  const owner = ownTrace(runId, describeEnd);
  const take = (event: TaskEvent<'shrink'>) => {
    switch (event.kind) {
      case 'text':
        owner.take(event);
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
    settings,
    signature,
  }));
}

function describeEnd({ status, trace }: RunEntry): string {
  const from = trace?.header.shrunkFrom?.steps ?? 0;
  if (from === 0) return 'No step is needed: already the initial state fails';
  const how = status === 'cancelled' ? 'Stopped shrinking at' : 'Shrunk to';
  return `${how} ${formatPlural(trace?.length ?? 0, 'step')} of ${formatCount(from)}`;
}
