import { withInputs } from '../../../core/node/load/inputs-file.ts';
import { startRecordedFork } from '../../../core/node/runs/forking.ts';
import { parseFork } from '../../../core/trace/format/fork.ts';
import { recordRun } from '../../../core/trace/recorder.ts';
import { LiveTrace } from './live-trace.ts';
import type { CarryOut } from './task-context.ts';
import { withTrace } from './trace-of-task.ts';

/** Executes a fork. The position of an event is the number of lines of its trace up to it. */
export const fork: CarryOut<'fork'> = (context, task) =>
  withTrace(context.parentPath, context, async (trace) => {
    const loaded = await withInputs(context.loaded, task.inputs);
    const started = await startRecordedFork(loaded, trace, parseFork(task.fork));
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
