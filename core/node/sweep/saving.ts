import { causeWithoutPlace } from '../../engine/signature.ts';
import { causesOfSweep, exampleOf } from '../../sweep/causes.ts';
import type { SweepReport, TriedRegression } from '../../sweep/report.ts';
import { errandPool } from './errand-pool.ts';
import type { SweepPlan, SweepPool, SweepProgress } from './pool.ts';
import {
  addRegressions,
  readRegressions,
  regressionsPath,
  type Regression,
} from './regressions.ts';
import type { ErrandResult } from './worker-contract.ts';

/** At most this many broken seeds are saved for the same reason: each may take seconds to break again. */
const BROKEN_SAVED_MAX = 10;

/** The result of saving. */
export interface Saved {
  /** The path of the file. */
  readonly path: string;
  /** The number of new seeds. */
  readonly added: number;
  /** The number of new seeds that were saved by their number only. */
  readonly numbered: number;
  /** The number of broken seeds that were left out, since enough others broke for the same reason. */
  readonly left: number;
}

/** Examples that are being saved. */
export interface SavingHandle {
  /** @throws {ProblemError} when the machine cannot be loaded, or its regressions are damaged. */
  readonly saved: Promise<Saved>;
  /** Saves examples that are not recorded yet by their number. */
  cancel(): void;
}

/**
 * Saves the examples of a sweep beside the machine, each with its operations up to its finding. Examples
 * that cannot be recorded, and broken seeds, are saved by their number. Seeds already saved for the
 * same cause stay.
 */
export function startSaving(
  plan: SweepPlan,
  report: SweepReport,
  onProgress?: (progress: SweepProgress) => void,
): SavingHandle {
  let pool: SweepPool | undefined;
  let isCancelled = false;
  const save = async (): Promise<Saved> => {
    const known = await readRegressions(plan.path);
    const keys = new Set(known.map(keyOf));
    const found = new Set(report.groups.map(({ signature }) => signature));
    const hasMoved = ({ fails, isOtherwise, signature }: TriedRegression) =>
      fails && !isOtherwise && !found.has(signature);
    const failing = new Set(report.regressions.filter(hasMoved).map(causeOf));
    const isNew = (one: Regression) => !keys.has(keyOf(one)) && !failing.has(causeOf(one));
    const examples = examplesOf(plan, report, isNew);
    const broken = brokenOf(plan, report, known);
    const numbered: Regression[] = broken.kept.filter(isNew);
    const added: Regression[] = [];
    if (examples.length > 0) {
      const errands = examples.map(
        ({ seed, signature }) => ({ kind: 'record', seed, signature }) as const,
      );
      pool = errandPool(plan, report, errands, onProgress);
      if (isCancelled) pool.cancel();
      const { errandResults } = await pool.run();
      for (const [at, example] of examples.entries()) {
        const recorded = withOperations(example, errandResults[at]);
        if (recorded) added.push(recorded);
        else numbered.push(example);
      }
    }
    // Recording takes time: other processes may have saved some of them meanwhile.
    const saved =
      added.length + numbered.length === 0
        ? []
        : await addRegressions(plan.path, [...added, ...numbered], keyOf);
    return {
      path: regressionsPath(plan.path),
      added: saved.length,
      numbered: saved.filter((one) => numbered.includes(one)).length,
      left: broken.left + report.brokenMore,
    };
  };
  return {
    saved: save(),
    cancel() {
      isCancelled = true;
      pool?.cancel();
    },
  };
}

function withOperations(
  { operationsMax: _, ...example }: Example,
  result: ErrandResult | undefined,
): Regression | undefined {
  return result?.kind === 'recorded' ? { ...example, operations: result.operations } : undefined;
}

type Example = Extract<Regression, { readonly operationsMax: number }>;

/** An example of each cause of which nothing is saved yet. */
function examplesOf(
  { settings }: SweepPlan,
  { groups }: SweepReport,
  isNew: (example: Example) => boolean,
): readonly Example[] {
  const { scenario, faults, operationsMax } = settings;
  const how = { scenario, faults, operationsMax };
  return causesOfSweep(groups).flatMap(({ symptoms }) => {
    const all = symptoms.map((symptom): Example => {
      const { seed, kind, name, message, signature } = exampleOf(symptom);
      return { ...how, seed: BigInt(seed), kind, name, message, signature };
    });
    return all.every(isNew) ? all.slice(0, 1) : [];
  });
}

function brokenOf(
  { settings }: SweepPlan,
  { broken }: SweepReport,
  known: readonly Regression[],
): { readonly kept: readonly Example[]; readonly left: number } {
  const { scenario, faults, operationsMax } = settings;
  const counts = new Map<string, number>();
  // Figures, such as the memory taken, do not make a reason different.
  const countUp = (reason: string) => {
    const alike = reason.replace(/\d+/g, '#');
    const count = (counts.get(alike) ?? 0) + 1;
    counts.set(alike, count);
    return count;
  };
  for (const { kind, message } of known) if (kind === 'broken') countUp(message);
  const kept: Example[] = [];
  let left = 0;
  for (const { seed, reason, saved } of broken) {
    if (saved !== undefined) continue;
    if (countUp(reason) > BROKEN_SAVED_MAX) {
      left += 1;
      continue;
    }
    const cause = { kind: 'broken', name: 'a seed that breaks', message: reason } as const;
    const signature = JSON.stringify(['broken', seed]);
    kept.push({ scenario, faults, seed: BigInt(seed), operationsMax, ...cause, signature });
  }
  return { kept, left };
}

/** The cause of a saved seed, which stays the same when its place in the source has moved. */
function causeOf({ scenario, faults, signature }: TriedRegression | Regression): string {
  return JSON.stringify([scenario, faults, causeWithoutPlace(signature)]);
}

/** The key under which a seed is saved once. */
function keyOf({ scenario, faults, signature }: Regression): string {
  return JSON.stringify([scenario, faults, signature]);
}
