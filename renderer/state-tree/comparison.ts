import type { Step } from '../../core/trace/format/format.ts';
import { lastAtMost } from '../../core/trace/last-at-most.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { diff } from '../../core/value/diff.ts';
import { applyPatches, type Patch } from '../../core/value/patch.ts';
import type { Value } from '../../core/value/value.ts';
import { markTree, NO_MARKS, type MarkNode } from './marks.ts';

/** Two states and their difference, which the tree shows. */
export interface Comparison {
  readonly before: Value;
  readonly after: Value;
  readonly patch: Patch;
  readonly marks: MarkNode;
}

/**
 * Compares two states.
 *
 * @param recorded the patch between them, if a trace has it: then nothing needs to be compared.
 */
export function compareStates(before: Value, after: Value, recorded?: Patch): Comparison {
  const recordedMarks = recorded && markTree(recorded);
  if (recorded && recordedMarks) return { before, after, patch: recorded, marks: recordedMarks };
  const patch = diff(before, after);
  return { before, after, patch, marks: markTree(patch) ?? NO_MARKS };
}

/** The step with which the cursor's state is compared if none is chosen. */
export function stepBefore(cursor: number): number {
  return Math.max(-1, cursor - 1);
}

/** The state at the cursor against that of another step, or of the step before. */
export function compareSteps(
  trace: Trace,
  cursor: number,
  compareWith: number | undefined,
): Comparison {
  const against = compareWith ?? stepBefore(cursor);
  // The earlier state comes first: the later one is then built upon it, and the two share what
  // did not change.
  if (against > cursor) {
    const after = trace.stateAt(cursor);
    return compareStates(trace.stateAt(against), after);
  }
  const before = trace.stateAt(against);
  const isNext = cursor >= 0 && against === cursor - 1;
  return compareStates(
    before,
    trace.stateAt(cursor),
    isNext ? trace.step(cursor).patch : undefined,
  );
}

/**
 * The state at a step against the changes that the step had made before it was rolled back; nothing if
 * it had made none.
 */
export function compareAttempt(trace: Trace, cursor: number): Comparison | undefined {
  if (cursor < 0) return undefined;
  const { attempted } = trace.step(cursor);
  if (attempted.length === 0) return undefined;
  const before = trace.stateAt(cursor - 1);
  return compareStates(before, applyPatches(before, [attempted]), attempted);
}

/**
 * The marks of the last step, at or before the cursor, that changed the state. They decide which rows
 * are open while steps change nothing, so that the tree does not fold and unfold while the user steps
 * through rejected inputs.
 */
export function lastMarks(trace: Trace, cursor: number): MarkNode {
  const stepIndex = trace.changedSteps[lastAtMost(trace.changedSteps, cursor)];
  return stepIndex === undefined ? NO_MARKS : (markTree(trace.step(stepIndex).patch) ?? NO_MARKS);
}

/** A state of another run, with which the one at the cursor is compared. */
export interface OtherState {
  readonly trace: Trace;
  readonly stepIndex: number;
}

/** The state at a step against that of another run. */
function compareRuns(
  trace: Trace,
  cursor: number,
  { trace: other, stepIndex }: OtherState,
): Comparison {
  const [before, after] = [other.stateAt(stepIndex), trace.stateAt(cursor)];
  const isSame =
    other.header.digests === trace.header.digests &&
    other.stateHashAt(stepIndex) === trace.stateHashAt(cursor);
  // The runs share nothing in memory: states that are the same need not be walked to see that.
  return compareStates(before, after, isSame ? [] : undefined);
}

/** All that the panel takes from the trace for a place of the cursor. */
export interface StateAtCursor {
  readonly cursor: number;
  readonly compareWith: number | undefined;
  /** The state of another run that it is compared with instead. */
  readonly other: OtherState | undefined;
  /** Absent at the initial state. */
  readonly step: Step | undefined;
  /** The difference of the two states. */
  readonly difference: Comparison;
  /** What the step had changed before it was rolled back. */
  readonly attempt: Comparison | undefined;
  /** The marks of the last change. */
  readonly last: MarkNode;
}

/** @throws {LinesNotLoaded} when lines must be fetched first. */
export function stateAtCursor(
  trace: Trace,
  cursor: number,
  compareWith: number | undefined,
  other?: OtherState,
): StateAtCursor {
  return {
    cursor,
    compareWith,
    other,
    step: cursor < 0 ? undefined : trace.step(cursor),
    difference: other
      ? compareRuns(trace, cursor, other)
      : compareSteps(trace, cursor, compareWith),
    attempt: other ? undefined : compareAttempt(trace, cursor),
    last: lastMarks(trace, cursor),
  };
}

/** The nearest steps before and after the cursor that changed the state. */
export function changesAround(
  trace: Trace,
  cursor: number,
): { readonly previous: number | undefined; readonly next: number | undefined } {
  const { changedSteps } = trace;
  return {
    previous: changedSteps[lastAtMost(changedSteps, cursor - 1)],
    next: changedSteps[lastAtMost(changedSteps, cursor) + 1],
  };
}
