import { statsOf } from '../../../core/node/files/stats.ts';
import { TraceFile } from '../../../core/node/files/trace-file.ts';
import { drawSteps } from '../../../core/node/runs/drawing.ts';
import { ProblemError } from '../../../core/problem.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import type { CarryOut } from './task-context.ts';

/** Draws a view of steps. */
export const draw: CarryOut<'draw'> = (context, { view, steps }) =>
  withLastTrace(context.tracePath, async (trace) => {
    // A run that goes on may have steps that are not in the file yet.
    const known = steps.filter((stepIndex) => stepIndex < trace.length);
    await drawSteps(context.loaded, trace, view, known, (drawn) => {
      context.report(drawn);
      return !context.isCancelled;
    });
    return context.isCancelled ? 'cancelled' : 'completed';
  });

interface OpenFile {
  readonly file: TraceFile;
  readonly bytes: number;
}

/** The file that was drawn last, which stays open: the next step is usually one of the same run. */
let last: OpenFile | undefined;
/** Ends with the task that has the file, if there is one. */
let turn: Promise<unknown> = Promise.resolve();

/** Lets tasks have the file one after another. */
function withLastTrace<T>(path: string, act: (trace: Trace) => Promise<T>): Promise<T> {
  const own = turn.then(async () => act(await traceOf(path)));
  turn = own.catch(() => undefined);
  return own;
}

async function traceOf(path: string): Promise<Trace> {
  const bytes = statsOf(path)?.size ?? 0;
  if (last?.file.path !== path || last.bytes !== bytes) {
    last?.file.close();
    last = undefined;
    last = { file: await readAll(path), bytes };
  }
  const { trace } = last.file;
  if (trace) return trace;
  throw new ProblemError({ title: 'The trace has no header.' });
}

async function readAll(path: string): Promise<TraceFile> {
  const file = new TraceFile(path);
  for await (const _ of file.read());
  return file;
}
