import { withInputs } from '../../../core/node/load/inputs-file.ts';
import { forkSubjectOf } from '../../../core/node/runs/fork-subject.ts';
import { toDoomProblem } from '../../../core/node/runs/forking.ts';
import type { DoomPoint } from '../../../core/trace/words/judged.ts';
import { askDoom } from '../../../core/what-if/doom.ts';
import { parentOf } from '../../../core/what-if/parent.ts';
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
    const subject = forkSubjectOf(loaded, trace.header);
    const asked = askDoom(
      subject,
      parentOf(trace),
      { signature, stepIndex },
      {
        onPoint: (point, made) => {
          runs = made;
          batch.add(point);
        },
        isCancelled: () => batch.breathe(),
        isChanged,
      },
    );
    const found = await asked.catch((error: unknown) => {
      throw toDoomProblem(error);
    });
    batch.flush();
    if (found.isStopped) return 'cancelled';
    const { decidedAt } = found;
    const at = decidedAt === undefined ? {} : { at: decidedAt };
    context.report({ kind: 'decided', ...at, runs: found.runs });
    return 'completed';
  });
