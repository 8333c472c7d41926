import { availableParallelism, platform } from 'node:os';
import { CHECK_EVERYTHING, SWEEP_SAMPLING } from '../../../core/engine/check-plan.ts';
import { withTexts } from '../../../core/node/coverage/coverage.ts';
import { withInputs } from '../../../core/node/load/inputs-file.ts';
import type { SweepPlan, SweepProgress } from '../../../core/node/sweep/pool.ts';
import { startShrinking } from '../../../core/node/sweep/shrinking.ts';
import { startSweep } from '../../../core/node/sweep/sweep.ts';
import type { CarryOut } from './task-context.ts';

/** Progress is reported this often: drawing it takes from the cores on which seeds run. */
const REPORTED_MS = 250;

/**
 * Sweeps on separate threads, so that this process still responds, and then shrinks what was found. The report is
 * sent before and after that.
 */
export const sweep: CarryOut<'sweep'> = async (context, { settings }) => {
  const { scenario, inputs, faults, operationsMax, from, count, timeBudgetMs, mend, hasCoverage } =
    settings;
  const loaded = await withInputs(context.loaded, inputs);
  const plan: SweepPlan = {
    path: context.path,
    settings: {
      scenario,
      ...(inputs === undefined ? {} : { inputs }),
      faults,
      operationsMax,
      timeLimitMs: loaded.watch.limitMs,
      // What is claimed of all seeds must not rest on samples.
      sampling: mend ? CHECK_EVERYTHING : SWEEP_SAMPLING,
      ...(mend ? {} : { hasPhases: true }),
      ...(hasCoverage ? { hasCoverage } : {}),
    },
    from: BigInt(from),
    ...(count === undefined ? {} : { count }),
    ...(timeBudgetMs === undefined ? {} : { timeBudgetMs }),
    ...(mend ? { until: { causes: mend.causes } } : {}),
    // The window is served first, so all cores can be used. Elsewhere than on Linux, one is left to it.
    workers:
      platform() === 'linux' ? availableParallelism() : Math.max(1, availableParallelism() - 1),
    isPolite: true,
    shard: { index: 1, total: 1 },
  };
  const failed = (mend?.failed ?? []).map((one) => ({ ...one, seed: BigInt(one.seed) }));
  let reportedMs = Number.NEGATIVE_INFINITY;
  const onProgress = ({ part, ...progress }: SweepProgress) => {
    context.stir();
    if (context.isCancelled) sweeping.cancel();
    const nowMs = performance.now();
    if (nowMs - reportedMs < REPORTED_MS) return;
    reportedMs = nowMs;
    const found = { groups: [...part.groups], unfinished: part.unfinished };
    context.report({ kind: 'progress', progress: { ...progress, ...found } });
  };
  const sweeping = startSweep(loaded, plan, onProgress, failed);
  const report = await sweeping.report;
  context.report({ kind: 'report', report });
  if (report.covered) {
    context.report({ kind: 'covered', coverage: await withTexts(loaded, report.covered) });
  }
  if (!report.isCancelled && !mend && report.groups.length > 0) {
    const shrinking = startShrinking(plan, report, () => {
      context.stir();
      if (context.isCancelled) shrinking.cancel();
    });
    const shrunk = await shrinking.shrunk;
    context.report({ kind: 'report', report: shrunk.report });
    if (shrunk.problem) context.report({ kind: 'notShrunk', problem: shrunk.problem });
  }
  return report.isCancelled ? 'cancelled' : 'completed';
};
