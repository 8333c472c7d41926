import { fileNameOf, type RunOrigin } from '../model.ts';
import { ownTrace } from '../reader.ts';
import { openTask, startTask } from './registry.ts';

/** Reads the trace file of a run. */
export function startReadTask(
  runId: string,
  { path }: Extract<RunOrigin, { kind: 'file' }>,
): Promise<boolean> {
  const owner = ownTrace(runId, { completed: (steps) => `Read ${steps} of ${fileNameOf(path)}` });
  return startTask(openTask('read', owner), { kind: 'read', path });
}
