import type { RunSettings } from '../../core/contract/tasks.ts';
import { sameValue } from '../../core/value/value.ts';
import { isSameMachine, machineOf, type RunEntry } from './model.ts';

/**
 * A run with the runs that were shrunk from it, with its forks, and with the run before its source was
 * changed; each with its own.
 */
export interface RunFamily {
  readonly run: RunEntry;
  readonly shrunk: readonly RunFamily[];
  readonly forks: readonly RunFamily[];
  readonly before?: RunFamily;
}

/** Whether a run is the result of shrinking another one, or will be. */
export function isShrunk({ origin, trace }: RunEntry): boolean {
  if (origin.kind === 'shrunk') return true;
  const header = trace?.header;
  return header?.shrunkFrom !== undefined && header.forks === undefined;
}

/** Whether something was made otherwise in a run than in the one of its seed. */
export function isFork({ origin, trace }: RunEntry): boolean {
  return origin.kind === 'fork' || trace?.header.forks !== undefined;
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
  if (isShrunk(run) || isFork(run) || !isShrunk(shrunk)) return false;
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

/**
 * The runs in their order, with each shrunk run under its original, and each fork under its parent, if that is
 * open.
 */
export function familiesOf(runs: readonly RunEntry[]): readonly RunFamily[] {
  const parents = new Map<string, string>();
  for (const run of runs) {
    const parent = isShrunk(run) ? originalOf(run, runs) : parentOf(run, runs);
    if (parent) parents.set(run.id, parent.id);
  }
  const newer = new Map(
    runs.flatMap(({ id, change }) => (change ? [[change.beforeId, id] as const] : [])),
  );
  const childrenOf = ({ id }: RunEntry) =>
    runs.filter((run) => parents.get(run.id) === id && !newer.has(run.id));
  const familyOf = (run: RunEntry): RunFamily => {
    const before = runs.find(({ id }) => newer.get(id) === run.id);
    const children = childrenOf(run);
    // What was shrunk from the run before the change is shown beside it, not under it.
    const shrunk = [...children, ...(before ? childrenOf(before) : [])].filter(isShrunk);
    return {
      run,
      shrunk: inOrderOf(runs, shrunk).map(familyOf),
      forks: children.filter((child) => !isShrunk(child)).map(familyOf),
      ...(before ? { before: { ...familyOf(before), shrunk: [] } } : {}),
    };
  };
  return runs.filter(({ id }) => !parents.has(id) && !newer.has(id)).map(familyOf);
}

function inOrderOf(runs: readonly RunEntry[], some: readonly RunEntry[]): readonly RunEntry[] {
  return runs.filter((run) => some.includes(run));
}

/** The run that a fork was made of, if it is open. */
export function parentOf({ origin }: RunEntry, runs: readonly RunEntry[]): RunEntry | undefined {
  return origin.kind === 'fork' ? runs.find(({ id }) => id === origin.parentId) : undefined;
}

/** The run that a run stands beside: before or after a change of its source, or the one that was forked. */
export interface Kin {
  readonly kind: 'before' | 'after' | 'parent';
  readonly run: RunEntry;
}

/** The run before the change of a run's source, the one after it, or the one that it was forked from, if it has steps. */
export function kinOf(run: RunEntry, runs: readonly RunEntry[]): Kin | undefined {
  const before = runs.find(({ id }) => id === run.change?.beforeId);
  if (before && hasSteps(before)) return { kind: 'before', run: before };
  const after = runs.find((other) => other.change?.beforeId === run.id && hasSteps(other));
  if (after) return { kind: 'after', run: after };
  const parent = parentOf(run, runs);
  return parent && hasSteps(parent) ? { kind: 'parent', run: parent } : undefined;
}

/** Whether a run has steps to go to; those of the last session are read when it is shown. */
function hasSteps({ trace, status, left, origin }: RunEntry): boolean {
  if (trace) return true;
  return status === 'waiting' && (left !== undefined || origin.kind === 'file');
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
