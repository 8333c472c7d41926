import type { Claim, Judged } from '../../trace/questions/claims.ts';
import { SweepPool, type SweepPlan, type SweepProgress } from './pool.ts';
import type { ErrandResult } from './worker-contract.ts';

/** What asking a claim of a seed came to, or why there is no answer. */
export type JudgedSeed =
  | { readonly kind: 'judged'; readonly judged: Judged }
  | { readonly kind: 'unjudged'; readonly reason: string };

/** A claim that is being asked of seeds. */
export interface AskingHandle {
  /**
   * Whether it was stopped before the last seed.
   *
   * @throws {ProblemError} when the machine cannot be loaded.
   */
  readonly isCancelled: Promise<boolean>;
  /** Leaves seeds that were not run yet without an answer. */
  cancel(): void;
}

/**
 * Runs seeds again, as a sweep does, and asks a claim of each. Nothing is recorded.
 *
 * @param plan with the number of seeds, at most `ASKED_RUNS_MAX`.
 * @param onJudged is given the answers as they come, each with the place of its seed in the plan.
 */
export function startAsking(
  plan: SweepPlan & { readonly count: number },
  claim: Claim,
  onJudged: (place: number, judged: JudgedSeed) => void,
  onProgress: (progress: SweepProgress) => void = () => {},
): AskingHandle {
  const errands = Array.from(
    { length: plan.count },
    (_, place) => ({ kind: 'ask', seed: plan.from + BigInt(place), claim }) as const,
  );
  const pool = new SweepPool({ ...plan, count: 0 }, onProgress, errands, (place, result) =>
    onJudged(place, judgedOf(result)),
  );
  return {
    isCancelled: pool.run().then(({ isCancelled }) => isCancelled),
    cancel: () => pool.cancel(),
  };
}

function judgedOf(result: ErrandResult): JudgedSeed {
  if (result.kind === 'judged') return result;
  return { kind: 'unjudged', reason: 'reason' in result ? result.reason : 'it was not asked' };
}
