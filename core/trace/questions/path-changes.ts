import { sameLookup, valueAt } from '../../value/container.ts';
import type { Patch } from '../../value/patch.ts';
import type { Path } from '../../value/path.ts';
import { isWithin } from '../../value/segment.ts';
import type { Value } from '../../value/value.ts';
import { TraceStepView } from '../expression/step-view.ts';
import { lastAtMost } from '../last-at-most.ts';
import type { Trace } from '../trace.ts';

/** A step that was looked at. */
export interface PathScan {
  readonly stepIndex: number;
  /** Whether what is at the path is another one after the step. */
  readonly isChange: boolean;
}

/**
 * Looks at the steps that changed the state, from one on, for changes of what is at a path: by its place,
 * whatever item of a list that is. Yields for each, so that the caller decides how long it goes on.
 */
export function* changesAt(trace: Trace, path: Path, from: number): Generator<PathScan, void> {
  const view = new TraceStepView(trace);
  const { changedSteps } = trace;
  for (
    let place = lastAtMost(changedSteps, from - 1) + 1;
    place < changedSteps.length;
    place += 1
  ) {
    const stepIndex = changedSteps[place] as number;
    const isChange = touches(trace.patchAt(stepIndex), path) && differs(stepIndex);
    yield { stepIndex, isChange };
  }

  /** What was taken out may have been put in again, and a list may have moved its items. */
  function differs(stepIndex: number): boolean {
    const { before, state } = view.moveTo(stepIndex);
    return !sameLookup(valueAt(before as Value, path), valueAt(state as Value, path));
  }
}

/** Whether a patch writes to a place, into it, or to something around it. */
function touches(patch: Patch, path: Path): boolean {
  return patch.some((change) => isWithin(change.path, path) || isWithin(path, change.path));
}
