import type { SweepReport } from '../../sweep/report.ts';
import { SweepPool, type SweepPlan, type SweepProgress } from './pool.ts';
import type { Errand } from './worker-contract.ts';

/** The time for the errands of a sweep that ran out of time. */
const SHORT_MS_MAX = 10_000;

/**
 * Makes a pool for the work on the examples of a sweep after its end. If the sweep ran out of time or
 * was stopped, the pool gets little more time.
 *
 * @param timeMs the time that it gets otherwise; by default as much as it takes.
 */
export function errandPool(
  plan: SweepPlan,
  { isCancelled }: SweepReport,
  errands: readonly Errand[],
  onProgress?: (progress: SweepProgress) => void,
  timeMs?: number,
): SweepPool {
  const { timeBudgetMs: isTimed, settings, ...rest } = plan;
  // Seeds are counted, and their code is watched, once.
  const { hasPhases: _, hasCoverage: __, ...own } = settings;
  const timeBudgetMs = isCancelled || isTimed !== undefined ? SHORT_MS_MAX : timeMs;
  const after = {
    ...rest,
    settings: own,
    count: 0,
    ...(timeBudgetMs === undefined ? {} : { timeBudgetMs }),
  };
  return new SweepPool(after, onProgress, errands);
}
