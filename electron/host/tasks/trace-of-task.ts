import type { Pulse } from '../../../core/engine/driving.ts';
import { TraceFile } from '../../../core/node/files/trace-file.ts';
import { ProblemError } from '../../../core/problem.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { REPORT_MS, type TaskContext } from './task-context.ts';

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

/**
 * Reads the trace of a file that must be undamaged.
 *
 * @param act is given the trace, whose lines can be read until it is settled, and a pulse that lets messages
 * from outside arrive now and then.
 * @returns `undefined` when it was stopped.
 * @throws {ProblemError} when the trace is damaged.
 */
export async function withWholeTrace<Result>(
  path: string,
  context: Pick<TaskContext<'verify'>, 'breathe' | 'isCancelled'>,
  act: (trace: Trace, pulse: Pulse) => Promise<Result | undefined>,
): Promise<Result | undefined> {
  let breathedMs = performance.now();
  const goOn = async () => {
    await context.breathe();
    breathedMs = performance.now();
    return !context.isCancelled;
  };
  const pulse = () => performance.now() - breathedMs < REPORT_MS || goOn();
  const file = new TraceFile(path);
  try {
    for await (const _ of file.read()) if (!(await goOn())) return undefined;
    const { trace, damage } = file;
    if (!trace || damage) {
      throw new ProblemError({
        title: `The trace is damaged. ${damage?.message ?? 'It has no header.'}`,
        remedy: 'Open it to see what is left of it.',
      });
    }
    return await act(trace, pulse);
  } finally {
    file.close();
  }
}
