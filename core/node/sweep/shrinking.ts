import { toProblem, type Problem } from '../../problem.ts';
import { distinctMinima, type SweepGroup, type SweepReport } from '../../sweep/report.ts';
import { errandPool } from './errand-pool.ts';
import type { SweepPlan, SweepProgress } from './pool.ts';
import type { ErrandResult } from './worker-contract.ts';

/** At most this many groups are shrunk, those of the smallest seeds. */
const GROUPS_MAX = 50;

/** The time for all of them: a sweep should not be waited for longer than for what it finds. */
const SHRINKING_MS_MAX = 60_000;

/** Seeds of a group that are shrunk: several may fail for different reasons. */
const SEEDS_MAX = 2;

/** What came of shrinking. */
export interface ShrunkSweep {
  /** The report with the minimal runs of its groups, or as it was. */
  readonly report: SweepReport;
  /** Why nothing was shrunk: the machine cannot be loaded any more, or has changed since it was swept. */
  readonly problem?: Problem;
}

/** The groups of a sweep that are being shrunk. */
export interface ShrinkingHandle {
  /** Never rejected: what was found counts, shrunk or not. */
  readonly shrunk: Promise<ShrunkSweep>;
  /** Leaves groups that are not shrunk yet as they are. */
  cancel(): void;
}

interface Example {
  readonly kind: 'shrink';
  readonly seed: bigint;
  readonly signature: string;
}

/**
 * Shrinks some seeds of each group of a sweep: first one of every group, then the others, as far as there is
 * time. What hangs is left out: every try would take as long as a step may.
 *
 * @param timeMs the time for it; groups that are not shrunk by then stay as they are.
 */
export function startShrinking(
  plan: SweepPlan,
  report: SweepReport,
  onProgress?: (progress: SweepProgress) => void,
  timeMs = SHRINKING_MS_MAX,
): ShrinkingHandle {
  const errands = examplesOf(report);
  // The machine is loaded again. A run of another source would explain nothing that was found.
  const swept = { ...plan, sourceHash: report.sourceHash };
  const pool = errandPool(swept, report, errands, onProgress, timeMs);
  const shrink = async (): Promise<ShrunkSweep> => {
    if (errands.length === 0) return { report };
    const { errandResults } = await pool.run();
    const groups = report.groups.map((group) => withMinima(group, errands, errandResults));
    return { report: { ...report, groups } };
  };
  const shrunk = shrink().catch((error: unknown) => ({ report, problem: notShrunk(error) }));
  return { shrunk, cancel: () => pool.cancel() };
}

function notShrunk(error: unknown): Problem {
  const { title, ...more } = toProblem(error, 'Shrinking broke');
  return { title: `What was found was not shrunk. ${title}`, ...more };
}

function examplesOf({ groups }: SweepReport): readonly Example[] {
  const shrinkable = groups.filter(
    ({ kind, isUnsteady, stepIndex }) => kind !== 'hang' && isUnsteady !== true && stepIndex >= 0,
  );
  return shrinkable
    .slice(0, GROUPS_MAX)
    .flatMap((group) =>
      seedsOf(group)
        .slice(0, SEEDS_MAX)
        .map((seed, place) => ({ group, seed, place })),
    )
    .toSorted((a, b) => a.place - b.place)
    .map(({ group: { signature }, seed }) => ({ kind: 'shrink', seed: BigInt(seed), signature }));
}

function seedsOf({ seed, failing = [] }: SweepGroup): readonly string[] {
  return [seed, ...failing.filter((other) => other !== seed)];
}

function withMinima(
  group: SweepGroup,
  errands: readonly Example[],
  results: readonly ErrandResult[],
): SweepGroup {
  const minima = results.flatMap((result, at) =>
    result.kind === 'shrunk' && errands[at]?.signature === group.signature ? [result.minimal] : [],
  );
  return minima.length === 0 ? group : { ...group, minima: [...distinctMinima(minima)] };
}
