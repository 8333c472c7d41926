import type { SweepReport } from '../../sweep/report.ts';
import { SweepPool, type SweepPlan, type SweepProgress } from './pool.ts';
import type { Errand } from './worker-contract.ts';

/** The time for the errands of a sweep that ran out of time. */
const SHORT_MS_MAX = 10_000;

/**
 * Makes a pool for the work on the examples of a sweep after its end. If the sweep ran out of time or
 * was stopped, the pool gets little more time.
 */
export function errandPool(
  plan: SweepPlan,
  { isCancelled }: SweepReport,
  errands: readonly Errand[],
  onProgress?: (progress: SweepProgress) => void,
): SweepPool {
  const { timeBudgetMs: isTimed, ...rest } = plan;
  const isShort = isCancelled || isTimed !== undefined;
  const after = { ...rest, count: 0, ...(isShort ? { timeBudgetMs: SHORT_MS_MAX } : {}) };
  return new SweepPool(after, onProgress, errands);
}
