import { availableParallelism } from 'node:os';
import type { TaskOf } from '../../../core/contract/tasks.ts';
import { SWEEP_SAMPLING } from '../../../core/engine/check-plan.ts';
import { withInputs } from '../../../core/node/load/inputs-file.ts';
import { judgeTrace, requireInvariant } from '../../../core/node/runs/judging.ts';
import { startAsking } from '../../../core/node/sweep/asking.ts';
import { toProblem } from '../../../core/problem.ts';
import type { Judged } from '../../../core/trace/questions/claims.ts';
import type { CarryOut, TaskContext } from './task-context.ts';
import { withWholeTrace } from './trace-of-task.ts';

/** Asks a claim of traces, one after another, or of seeds, on separate threads. */
export const ask: CarryOut<'ask'> = async (context, task) => {
  const { claim, seeds } = task;
  if (claim.kind === 'invariant') requireInvariant(context.loaded.machine, claim.name);
  if (seeds) return askSeeds(context, task, seeds);
  for (const [place, trace] of task.traces.entries()) {
    if (trace.kind !== 'file') throw new Error('the host reads traces by their files');
    try {
      const judged = await askTrace(context, trace.path, claim);
      if (!judged) return 'cancelled';
      context.report({ kind: 'judged', place, judged });
    } catch (error) {
      const problem = toProblem(error, 'The trace could not be asked');
      context.report({ kind: 'unjudged', place, problem });
    }
  }
  return 'completed';
};

/** Returns `undefined` when the task was cancelled. */
async function askTrace(
  context: TaskContext<'ask'>,
  path: string,
  claim: TaskOf<'ask'>['claim'],
): Promise<Judged | undefined> {
  return withWholeTrace(path, context, (trace, pulse) =>
    judgeTrace(trace, claim, context.loaded, pulse),
  );
}

async function askSeeds(
  context: TaskContext<'ask'>,
  { claim }: TaskOf<'ask'>,
  settings: NonNullable<TaskOf<'ask'>['seeds']>,
): Promise<'completed' | 'cancelled'> {
  const { from, count, scenario, inputs, faults, operationsMax } = settings;
  // What is wrong with the inputs is said before a thread is started for them.
  await withInputs(context.loaded, inputs);
  const plan = {
    path: context.path,
    settings: {
      scenario,
      faults,
      operationsMax,
      sampling: SWEEP_SAMPLING,
      ...(inputs === undefined ? {} : { inputs }),
    },
    from: BigInt(from),
    count,
    workers: availableParallelism(),
    isPolite: true,
    shard: { index: 1, total: 1 },
  };
  const asking = startAsking(
    plan,
    claim,
    (place, result) => {
      if (result.kind === 'judged') context.report({ place, ...result });
      else context.report({ kind: 'unjudged', place, problem: { title: result.reason } });
    },
    () => {
      context.stir();
      if (context.isCancelled) asking.cancel();
    },
  );
  return (await asking.isCancelled) ? 'cancelled' : 'completed';
}
