import { dirname } from 'node:path';
import { withInputs } from '../../../core/node/load/inputs-file.ts';
import type { LoadedMachine } from '../../../core/node/load/machine-loader.ts';
import { startRecordedFork } from '../../../core/node/runs/forking.ts';
import { requireOwn } from '../../../core/node/runs/own-trace.ts';
import { parseFork, type Fork } from '../../../core/trace/format/fork.ts';
import { recordRun } from '../../../core/trace/recorder.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { LiveTrace } from './live-trace.ts';
import type { CarryOut, TaskContext } from './task-context.ts';
import { withTrace } from './trace-of-task.ts';

/**
 * Makes sure that a parent from elsewhere is a run of this machine, whose doings a fork with changes would be blamed
 * for otherwise. The runs of this session were made here.
 *
 * @returns whether the task was cancelled meanwhile.
 * @throws {ProblemError} when it is not.
 */
async function isGivenUp(
  context: TaskContext<'fork'>,
  loaded: LoadedMachine,
  trace: Trace,
  { from, changes }: Fork,
): Promise<boolean> {
  const isOfSession = dirname(context.parentPath) === dirname(context.tracePath);
  const isAnother = loaded.machine.name !== trace.header.machine;
  if (isOfSession || isAnother || (from === 0 && changes.length === 0)) return false;
  await requireOwn(loaded, trace, {
    isCancelled: async () => {
      await context.breathe();
      return context.isCancelled;
    },
  });
  return context.isCancelled;
}

/** Executes a fork. The position of an event is the number of lines of its trace up to it. */
export const fork: CarryOut<'fork'> = (context, task) =>
  withTrace(context.parentPath, context, async (trace) => {
    const loaded = await withInputs(context.loaded, task.inputs);
    const changed = parseFork(task.fork);
    if (await isGivenUp(context, loaded, trace, changed)) return 'cancelled';
    const started = await startRecordedFork(loaded, trace, changed);
    context.report({ kind: 'begun', isPastExecuted: started.isPastExecuted });
    const writing = new LiveTrace(context, { isContinued: context.resumeAt > 0 });
    const goOn = async () => {
      writing.flush();
      await context.breathe();
      return !context.isCancelled;
    };
    const add = (line: string) => {
      writing.add(line);
      // The steps that are shared with the parent come all at once.
      if (writing.isFull) writing.flush();
    };
    try {
      const isOver = await recordRun(started, add, {
        stepsPerPulseMax: 1,
        pulse: () => !writing.isDue || goOn(),
      });
      return isOver ? 'completed' : 'cancelled';
    } finally {
      writing.close();
    }
  });
