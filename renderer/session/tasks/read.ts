import { request } from '../../api.ts';
import { fileNameOf, type RunOrigin } from '../model.ts';
import { ownTrace } from '../reader.ts';
import { openTask, startTask } from './registry.ts';

/** Reads the trace file of a run. */
export function startReadTask(
  runId: string,
  { path }: Extract<RunOrigin, { kind: 'file' }>,
): Promise<boolean> {
  const owner = ownTrace(runId, { completed: (steps) => `Read ${steps} of ${fileNameOf(path)}` });
  const taskId: string = openTask('read', {
    ...owner,
    take: (event) => {
      // After damage the rest is of no use, however long it is.
      const goesOn = owner.take(event);
      void request(goesOn ? 'readOn' : 'cancelTask', { taskId });
    },
  });
  return startTask(taskId, { kind: 'read', path });
}
