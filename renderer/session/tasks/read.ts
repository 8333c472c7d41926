import { ownTrace, type EndWords } from '../growing.ts';
import { fileNameOf, type RunOrigin } from '../model.ts';
import { machineNameOf } from '../names.ts';
import { updateRun } from '../store.ts';
import { openTask, startTask } from './registry.ts';

/** Reads the trace of a run: its file, or what an earlier session has recorded of it. */
export function startReadTask(runId: string, origin: RunOrigin): Promise<boolean> {
  const words: EndWords = { completed: (steps) => `Read ${steps} of ${nameOf(origin)}` };
  const taskId = openTask('read', {
    ...ownTrace(runId, words),
    take: (reading) => updateRun(runId, (run) => ({ ...run, reading })),
  });
  const path = origin.kind === 'file' ? { path: origin.path } : {};
  return startTask(taskId, { kind: 'read', traceId: runId, ...path });
}

function nameOf(origin: RunOrigin): string {
  return origin.kind === 'file' ? fileNameOf(origin.path) : machineNameOf(origin.machine);
}
