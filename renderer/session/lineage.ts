import type { RunSettings } from '../../core/contract/window.ts';
import { sameValue } from '../../core/value/value.ts';
import { isSameMachine, machineOf, type RunEntry } from './model.ts';

/** A run with the runs that were shrunk from it, and with the run before its source was changed. */
export interface RunFamily {
  readonly run: RunEntry;
  readonly shrunk: readonly RunEntry[];
  readonly before?: RunEntry;
}

/** Whether a run is the result of shrinking another one, or will be. */
export function isShrunk({ origin, trace }: RunEntry): boolean {
  return origin.kind === 'shrunk' || trace?.header.shrunkFrom !== undefined;
}

/** The settings of a run; for a shrunk run, those of the original. */
export function settingsOf({ origin, trace }: RunEntry): RunSettings | undefined {
  if (origin.kind !== 'file') return origin.settings;
  if (!trace) return undefined;
  const { scenario, seed, operationsMax, faults } = trace.header;
  return { scenario, seed, operationsMax, faults };
}

/** Whether a run is the original of a shrunk run. */
export function isOriginalOf(run: RunEntry, shrunk: RunEntry): boolean {
  if (isShrunk(run) || !isShrunk(shrunk)) return false;
  const settings = settingsOf(shrunk);
  return (
    settings !== undefined && sameValue(settingsOf(run), settings) && hasSameMachine(run, shrunk)
  );
}

function hasSameMachine(run: RunEntry, other: RunEntry): boolean {
  const [one, two] = [machineOf(run.origin), machineOf(other.origin)];
  if (one && two) return isSameMachine(one, two);
  const name = run.trace?.header.machine;
  return name !== undefined && name === other.trace?.header.machine;
}

/** The original of a shrunk run, if it is open; a run of the same source is preferred. */
export function originalOf(shrunk: RunEntry, runs: readonly RunEntry[]): RunEntry | undefined {
  const originals = runs.filter((run) => isOriginalOf(run, shrunk));
  const source = shrunk.trace?.header.sourceHash;
  return originals.find(({ trace }) => trace?.header.sourceHash === source) ?? originals[0];
}

/** The runs in their order, with each shrunk run under its original, if that is open. */
export function familiesOf(runs: readonly RunEntry[]): readonly RunFamily[] {
  const parents = new Map<string, RunEntry>();
  for (const run of runs.filter(isShrunk)) {
    const parent = originalOf(run, runs);
    if (parent) parents.set(run.id, parent);
  }
  const changed = new Map(
    runs.flatMap(({ id, change }) => (change ? [[change.beforeId, id] as const] : [])),
  );
  return runs
    .filter(({ id }) => !parents.has(id) && !changed.has(id))
    .map((run) => {
      const before = runs.find(({ id }) => changed.get(id) === run.id);
      const isOwn = ({ id }: RunEntry) => {
        const parent = parents.get(id);
        return parent !== undefined && (parent === run || parent === before);
      };
      return { run, shrunk: runs.filter(isOwn), ...(before ? { before } : {}) };
    });
}

/** The step in the original for a step of a shrunk run; -1 is the initial state of both. */
export function toOriginalStep(
  stepIndices: readonly number[],
  stepIndex: number,
): number | undefined {
  return stepIndex < 0 ? -1 : stepIndices[stepIndex];
}

/** The step in a shrunk run for a step of the original. */
export interface ShrunkStep {
  readonly stepIndex: number;
  /** Whether it is the same step; otherwise it is the last kept step before. */
  readonly isKept: boolean;
}

/** Finds a step of the original in a shrunk run. */
export function toShrunkStep(stepIndices: readonly number[], originalStep: number): ShrunkStep {
  if (originalStep < 0) return { stepIndex: -1, isKept: true };
  const kept = stepIndices.lastIndexOf(originalStep);
  if (kept >= 0) return { stepIndex: kept, isKept: true };
  // The indices are not in order if a step was moved to an earlier place.
  const before = stepIndices.reduce(
    (last, other) => (other < originalStep ? Math.max(last, other) : last),
    -1,
  );
  return { stepIndex: stepIndices.lastIndexOf(before), isKept: false };
}
