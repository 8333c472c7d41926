import { TraceFile } from '../../../core/node/files/trace-file.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import type { TaskContext } from './task-context.ts';

/**
 * Reads the trace of a file for a task, as far as it is undamaged.
 *
 * @param act is given the trace, whose lines can be read until it is settled.
 */
export async function withTrace(
  path: string,
  context: Pick<TaskContext<'verify'>, 'breathe' | 'isCancelled'>,
  act: (trace: Trace) => Promise<'completed' | 'cancelled'>,
): Promise<'completed' | 'cancelled'> {
  const file = new TraceFile(path);
  try {
    for await (const _ of file.read()) {
      await context.breathe();
      if (context.isCancelled) return 'cancelled';
    }
    if (!file.trace) throw new Error('the trace has no header');
    return await act(file.trace);
  } finally {
    file.close();
  }
}
