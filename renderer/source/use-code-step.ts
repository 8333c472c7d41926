import { useCallback } from 'react';
import type { Trace } from '../../core/trace/trace.ts';
import { sourceOf } from '../session/asking.ts';
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
  if (cursor < 0 || !trace.glance(cursor).hasFinding) return undefined;
  const { nodes, edges } = await sourceOf(trace).ask(
    { kind: 'causality', focus: cursor },
    { signal },
  );
  const culprits = new Set(edges.filter(({ kind }) => kind === 'culprit').map(({ from }) => from));
  return nodes.find(({ id, stepIndex }) => culprits.has(id) && hasCode(trace, stepIndex))
    ?.stepIndex;
}
