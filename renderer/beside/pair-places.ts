import type { DifferingPair } from '../../core/trace/compare/align.ts';
import type { Alignment } from '../../core/trace/compare/alignment.ts';
import type { Side } from '../../core/trace/compare/stretches.ts';

/** A step of each run. */
export interface StepsAt {
  readonly a: number;
  readonly b: number;
}

/** Where the two cursors are. */
export interface CursorsAt extends StepsAt {
  /** Whether they move together: then one waits before a gap while the other one is in it. */
  readonly isTogether: boolean;
}

/**
 * The two places of a step that has moved, if the cursors are at both, or one of them is and the other one waits where
 * its partner would stand.
 */
export function movedAt(
  alignment: Alignment | undefined,
  cursors: CursorsAt,
): DifferingPair | undefined {
  const ofA = alignment?.movedAt('a', cursors.a);
  if (ofA?.b === cursors.b) return ofA;
  const missing = missingSide(alignment, cursors);
  if (!missing) return undefined;
  return missing === 'b' ? ofA : alignment?.movedAt('b', cursors.b);
}

/** The run that lacks the step at which the other cursor is, and whose own cursor waits before the gap. */
export function missingSide(
  alignment: Alignment | undefined,
  { a, b, isTogether }: CursorsAt,
): Side | undefined {
  if (!alignment || !isTogether) return undefined;
  const [ofA, ofB] = [alignment.opposite('a', a), alignment.opposite('b', b)];
  if (!ofA.isAligned && ofA.stepIndex === b) return 'b';
  return !ofB.isAligned && ofB.stepIndex === a ? 'a' : undefined;
}

/** Why a step has no partner beside it, or that the cursors are at steps of other operations. */
export function noteOf(
  alignment: Alignment | undefined,
  cursors: CursorsAt,
  side: Side,
): string | undefined {
  const stepIndex = cursors[side];
  if (!alignment) return undefined;
  if (alignment.movedAt(side, stepIndex) || movedAt(alignment, cursors)) return 'moved';
  if (stepIndex < 0) return undefined;
  const { isAligned, stepIndex: opposite } = alignment.opposite(side, stepIndex);
  if (missingSide(alignment, cursors) === side) return 'before the gap';
  if (!isAligned) return side === 'a' ? 'only in A' : 'only in B';
  return opposite === cursors[side === 'a' ? 'b' : 'a'] ? undefined : 'not aligned';
}
