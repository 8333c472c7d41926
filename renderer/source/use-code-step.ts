import { useCallback } from 'react';
import { findingsAt } from '../../core/trace/causes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { askKnown } from '../session/known-cause.ts';
import { useAwaited } from '../ui/use-loaded.ts';
import { hasCode } from './use-coverage.ts';

/**
 * The step whose code is shown at a step: itself, or where no code runs in it, the step that the cause of its
 * finding is named after; `undefined` where there is none, or it is not known yet.
 */
export function useCodeStep(trace: Trace, cursor: number): number | undefined {
  const isOwn = hasCode(trace, cursor);
  const compute = useCallback(
    (signal: AbortSignal) => (isOwn ? Promise.resolve(cursor) : culpritOf(trace, cursor, signal)),
    [trace, cursor, isOwn],
  );
  const { result, isCurrent } = useAwaited(compute);
  if (isOwn) return cursor;
  return isCurrent ? result : undefined;
}

async function culpritOf(
  trace: Trace,
  cursor: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const found = cursor < 0 ? [] : findingsAt(trace, cursor);
  for (const finding of found) {
    const facts = await askKnown(trace, finding, signal);
    const step = facts.find(({ kind }) => kind === 'step')?.doneBy?.stepIndex;
    if (step !== undefined && hasCode(trace, step)) return step;
  }
  return undefined;
}
