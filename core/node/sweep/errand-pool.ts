import type { SweepReport } from '../../sweep/report.ts';
import { SweepPool, type SweepPlan, type SweepProgress } from './pool.ts';
import type { Errand } from './worker-contract.ts';

/** How long the errands of a sweep that was short of time may take. */
const SHORT_MS_MAX = 10_000;

/**
 * A pool for what is to be done with the examples of a sweep when it is over. One that was short of time,
 * or was stopped, gets little more of it.
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
