import { withInputs } from '../../../core/node/load/inputs-file.ts';
import { doomOf } from '../../../core/node/runs/odds.ts';
import type { DoomPoint } from '../../../core/trace/words/judged.ts';
import { Batch } from './batch.ts';
import type { CarryOut } from './task-context.ts';
import { withTrace } from './trace-of-task.ts';

/** Draws when a run was doomed; points are reported as they become known. */
export const doom: CarryOut<'doom'> = (context, { signature, stepIndex, isChanged, inputs }) =>
  withTrace(context.tracePath, context, async (trace) => {
    const loaded = await withInputs(context.loaded, inputs);
    let runs = 0;
    const batch = new Batch<DoomPoint>(context, (points) =>
      context.report({ kind: 'points', points, runs }),
    );
    const failure = { signature, stepIndex };
    const found = await doomOf(loaded, trace, failure, {
      onPoint: (point, made) => {
        runs = made;
        batch.add(point);
      },
      isCancelled: () => batch.breathe(),
      isChanged,
    });
    batch.flush();
    if (found.isStopped) return 'cancelled';
    const { decidedAt } = found;
    const at = decidedAt === undefined ? {} : { at: decidedAt };
    context.report({ kind: 'decided', ...at, runs: found.runs });
    return 'completed';
  });
