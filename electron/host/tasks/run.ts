import { planRun, startRecorded } from '../../../core/node/runs/planning.ts';
import { recordRun } from '../../../core/trace/recorder.ts';
import { LiveTrace } from './live-trace.ts';
import type { CarryOut } from './task-context.ts';

/** Executes a seed. The position of an event is the number of lines of the trace up to it. */
export const run: CarryOut<'run'> = async (context, { settings }) => {
  const plan = await planRun(context.loaded, settings);
  const recorded = await startRecorded(plan, BigInt(settings.seed));
  const writing = new LiveTrace(context, { isContinued: context.resumeAt > 0 });
  const goOn = async () => {
    writing.flush();
    await context.breathe();
    return !context.isCancelled;
  };
  try {
    const isOver = await recordRun(recorded, (line) => writing.add(line), {
      // The clock is read after each step, since a step may take long.
      stepsPerPulseMax: 1,
      pulse: () => !writing.isDue || goOn(),
    });
    return isOver ? 'completed' : 'cancelled';
  } finally {
    // Also when the scenario throws: its steps so far are kept.
    writing.close();
  }
};
