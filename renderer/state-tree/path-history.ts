import { lastAtMost, type Trace } from '../../core/trace/trace.ts';
import type { Change, Patch } from '../../core/value/patch.ts';
import type { Path, PathSegment } from '../../core/value/path.ts';
import { sameSegment } from './segment-key.ts';

/** Whether a patch writes at a path, above it or below it. */
export function patchTouches(patch: Patch, path: Path): boolean {
  return patch.some((change) => changeTouches(change, path));
}

/**
 * Whether one change writes at a path, above it or below it. A splice touches the items that it
 * took out or put in, and, when their number differs, those behind it, which move to another index.
 */
export function changeTouches(change: Change, path: Path): boolean {
  const shared = Math.min(change.path.length, path.length);
  for (let depth = 0; depth < shared; depth += 1) {
    if (!sameSegment(change.path[depth] as PathSegment, path[depth] as PathSegment)) return false;
  }
  if (change.kind !== 'spliced' || path.length === change.path.length) return true;
  const index = path[change.path.length];
  if (typeof index !== 'number') return true;
  if (index < change.index) return false;
  const isShift = change.removed !== change.inserted.length;
  return isShift || index < change.index + change.removed;
}

/** A finding of the search for writes, or how far it came. */
export interface WriteScan {
  /** A step that wrote at the path; absent for a mere report of progress. */
  readonly write?: number;
  /** Changed steps looked at so far. */
  readonly scanned: number;
}

/**
 * The steps that wrote at a path, from the last one at or before `from` backwards. It looks at one
 * changed step for each item that it yields, so that the caller decides how long it goes on.
 */
export function* writesBackwards(
  trace: Trace,
  path: Path,
  from: number,
): Generator<WriteScan, void, undefined> {
  const { changedSteps } = trace;
  let scanned = 0;
  for (let at = lastAtMost(changedSteps, from); at >= 0; at -= 1) {
    const stepIndex = changedSteps[at] as number;
    scanned += 1;
    const isWrite = patchTouches(trace.step(stepIndex).patch, path);
    yield isWrite ? { write: stepIndex, scanned } : { scanned };
  }
}
