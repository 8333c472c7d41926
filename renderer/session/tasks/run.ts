import { ownTrace } from '../growing.ts';
import { type RunOrigin } from '../model.ts';
import { machineNameOf } from '../names.ts';
import { openTask, startOnMachine } from './registry.ts';

/** Executes the seed of a run. */
export function startRunTask(
  runId: string,
  { machine, settings }: Extract<RunOrigin, { kind: 'machine' }>,
): Promise<boolean> {
  const owner = ownTrace(runId, {
    completed: (steps) => `Ran ${steps} of ${machineNameOf(machine)}`,
  });
  const taskId = openTask('run', owner);
  return startOnMachine(taskId, machine, (machineId) => ({
    kind: 'run',
    machineId,
    traceId: runId,
    settings,
  }));
}
