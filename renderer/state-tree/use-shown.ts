import { useMemo, useState } from 'react';
import type { Trace } from '../../core/trace/trace.ts';
import { compareAttempt, compareSteps, lastMarks, type Comparison } from './comparison.ts';
import type { MarkNode } from './marks.ts';
import type { Tone } from './state-row.tsx';

/** What the tree shows at the cursor. */
export interface Shown {
  readonly comparison: Comparison;
  readonly tone: Tone;
  /** The difference of the two states, whichever of the two views is on. */
  readonly difference: Comparison;
  /** The step had changed the state, and was rolled back. */
  readonly isRolledBack: boolean;
  /** What is open by itself. */
  readonly opening: MarkNode;
  readonly setTone: (tone: Tone) => void;
}

/**
 * Decides what to mark. A step that was rolled back shows what it had tried, since nothing else
 * differs from the step before; unless another step was chosen to compare with.
 */
export function useShown(trace: Trace, cursor: number, compareWith: number | undefined): Shown {
  const difference = useMemo(
    () => compareSteps(trace, cursor, compareWith),
    [trace, cursor, compareWith],
  );
  const attempt = useMemo(() => compareAttempt(trace, cursor), [trace, cursor]);
  const last = useMemo(() => lastMarks(trace, cursor), [trace, cursor]);
  const [chosen, setChosen] = useState<{ readonly cursor: number; readonly tone: Tone }>();

  const isTriedBest = difference.patch.length === 0 && compareWith === undefined;
  const wished = chosen?.cursor === cursor ? chosen.tone : isTriedBest ? 'tried' : 'diff';
  const tone = attempt ? wished : 'diff';
  const comparison = tone === 'tried' && attempt ? attempt : difference;
  return {
    comparison,
    tone,
    difference,
    isRolledBack: attempt !== undefined,
    opening: comparison.marks.count > 0 ? comparison.marks : last,
    setTone: (next) => setChosen({ cursor, tone: next }),
  };
}
