import { toProblem, type Problem } from '../../problem.ts';
import type { MinimalRun } from '../../sweep/minimal-run.ts';
import type { SweepGroup, SweepReport } from '../../sweep/report.ts';
import { distinctMinima } from '../../sweep/sums.ts';
import { sameValue } from '../../value/value.ts';
import { errandPool } from './errand-pool.ts';
import type { SweepPlan, SweepPool, SweepProgress } from './pool.ts';
import type { Errand } from './worker-contract.ts';

/** At most this many groups are shrunk, those of the smallest seeds. */
const GROUPS_MAX = 50;

/** The time for all of them: a sweep should not be waited for longer than for what it finds. */
const SHRINKING_MS_MAX = 60_000;

/** Seeds of a group that are shrunk: several may fail for different reasons. */
const SEEDS_MAX = 2;

/** Seeds of a group that are run without the fault which its minimal runs need: it may take some luck without. */
const SEEDS_WITHOUT_MAX = 4;

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

type Example = Extract<Errand, { readonly kind: 'shrink' }>;

/**
 * Shrinks some seeds of each group of a sweep: first one of every group, then the others, as far as there is
 * time. A group whose runs all need the same fault is then shrunk without it: what is rarer may lead to the same
 * finding, and would never be the shortest run. What hangs is left out: every try would take as long as a step may.
 *
 * @param timeMs the time for it; groups that are not shrunk by then stay as they are.
 */
export function startShrinking(
  plan: SweepPlan,
  report: SweepReport,
  onProgress?: (progress: SweepProgress) => void,
  timeMs = SHRINKING_MS_MAX,
): ShrinkingHandle {
  // The machine is loaded again. A run of another source would explain nothing that was found.
  const swept = { ...plan, sourceHash: report.sourceHash };
  const endMs = performance.now() + timeMs;
  let pool: SweepPool | undefined;
  let isCancelled = false;
  const shrinkAll = async (
    before: SweepReport,
    errands: readonly Example[],
    take: (group: SweepGroup, minima: readonly MinimalRun[]) => SweepGroup,
  ) => {
    const leftMs = endMs - performance.now();
    if (errands.length === 0 || isCancelled || leftMs <= 0) return before;
    pool = errandPool(swept, report, errands, onProgress, leftMs);
    const { errandResults } = await pool.run();
    const groups = before.groups.map((group) => {
      const own = errandResults.flatMap((result, at) =>
        result.kind === 'shrunk' && errands[at]?.signature === group.signature
          ? [result.minimal]
          : [],
      );
      return own.length === 0 ? group : take(group, own);
    });
    return { ...before, groups };
  };
  const shrink = async (): Promise<ShrunkSweep> => {
    const first = await shrinkAll(report, examplesOf(report), withMinima);
    return { report: await shrinkAll(first, examplesWithout(first), withOtherwise) };
  };
  const shrunk = shrink().catch((error: unknown) => ({ report, problem: notShrunk(error) }));
  return {
    shrunk,
    cancel: () => {
      isCancelled = true;
      pool?.cancel();
    },
  };
}

/** Of groups whose minimal runs all need the same fault: seeds in which it shall not strike. */
function examplesWithout({ groups }: SweepReport): readonly Example[] {
  return groups.flatMap((group) => {
    const { signature, minima = [] } = group;
    const [without = [], ...others] = minima.map(({ faults = [] }) => faults);
    const isOne = others.every((faults) => sameValue(faults, without));
    if (without.length === 0 || !isOne) return [];
    return seedsOf(group)
      .slice(0, SEEDS_WITHOUT_MAX)
      .map((seed) => ({ kind: 'shrink' as const, seed: BigInt(seed), signature, without }));
  });
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

function withMinima(group: SweepGroup, minima: readonly MinimalRun[]): SweepGroup {
  return { ...group, minima: [...distinctMinima(minima)] };
}

/** A group with the shortest of some runs to it without a fault, if that needs other things than those with the fault. */
function withOtherwise(group: SweepGroup, found: readonly MinimalRun[]): SweepGroup {
  const { minima = [] } = group;
  const distinct = distinctMinima([...minima, ...found]);
  const otherwise = distinct.find((minimal) => found.includes(minimal));
  return otherwise ? { ...group, otherwise } : group;
}
