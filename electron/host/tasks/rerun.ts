import type { TaskOf } from '../../../core/contract/tasks.ts';
import { withInputs } from '../../../core/node/load/inputs-file.ts';
import { rerunTrace } from '../../../core/node/runs/rerunning.ts';
import { toProblem } from '../../../core/problem.ts';
import type { Rerun } from '../../../core/trace/compare/rerun.ts';
import type { CarryOut, TaskContext } from './task-context.ts';
import { withWholeTrace } from './trace-of-task.ts';

/** Executes runs again, one after another. */
export const rerun: CarryOut<'rerun'> = async (context, { runs }) => {
  for (const [place, run] of runs.entries()) {
    try {
      const found = await rerunOne(context, run);
      if (!found) return 'cancelled';
      context.report({ kind: 'rerun', place, rerun: found });
    } catch (error) {
      const problem = toProblem(error, 'The run could not be executed again');
      context.report({ kind: 'notRerun', place, problem });
    }
  }
  return 'completed';
};

/** Returns `undefined` when the task was cancelled. */
async function rerunOne(
  context: TaskContext<'rerun'>,
  { trace: place, inputs }: TaskOf<'rerun'>['runs'][number],
): Promise<Rerun | undefined> {
  if (place.kind !== 'file') throw new Error('the host reads traces by their files');
  const loaded = await withInputs(context.loaded, inputs);
  return withWholeTrace(place.path, context, (trace, pulse) => rerunTrace(loaded, trace, pulse));
}
