import { availableParallelism, platform } from 'node:os';
import { SWEEP_SAMPLING } from '../../../core/engine/check-plan.ts';
import { withInputs } from '../../../core/node/load/inputs-file.ts';
import type { SweepPlan } from '../../../core/node/sweep/pool.ts';
import { startSweep } from '../../../core/node/sweep/sweep.ts';
import type { CarryOut } from './task-context.ts';

/** Sweeps on separate threads, so that this process still responds. */
export const sweep: CarryOut<'sweep'> = async (context, { settings }) => {
  const { scenario, inputs, faults, operationsMax, from, count, timeBudgetMs } = settings;
  const loaded = await withInputs(context.loaded, inputs);
  const plan: SweepPlan = {
    path: context.path,
    settings: {
      scenario,
      ...(inputs === undefined ? {} : { inputs }),
      faults,
      operationsMax,
      timeLimitMs: loaded.watch.limitMs,
      sampling: SWEEP_SAMPLING,
    },
    from: BigInt(from),
    ...(count === undefined ? {} : { count }),
    ...(timeBudgetMs === undefined ? {} : { timeBudgetMs }),
    // The window is served first, so all cores can be used. Elsewhere than on Linux, one is left to it.
    workers:
      platform() === 'linux' ? availableParallelism() : Math.max(1, availableParallelism() - 1),
    isPolite: true,
    shard: { index: 1, total: 1 },
  };
  const sweeping = startSweep(loaded, plan, ({ part, ...progress }) => {
    context.stir();
    if (context.isCancelled) sweeping.cancel();
    const found = { groups: [...part.groups], unfinished: part.unfinished };
    context.report({ kind: 'progress', progress: { ...progress, ...found } });
  });
  const report = await sweeping.report;
  context.report({ kind: 'report', report });
  return report.isCancelled ? 'cancelled' : 'completed';
};
