import type { ActionId } from '../machine/machine.ts';
import type { TrackedSpan } from './spans.ts';
import type { Trace } from './trace.ts';

/**
 * The last tracked action under an id that was emitted before a step. Spans stand in the order of
 * emission, so the search goes backwards from the step, and a result rarely comes late.
 */
export function lastSpanBefore(
  trace: Trace,
  stepIndex: number,
  id: ActionId,
): TrackedSpan | undefined {
  const { spans } = trace;
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle] as TrackedSpan).emittedAt < stepIndex) low = middle + 1;
    else high = middle;
  }
  for (let at = low - 1; at >= 0; at -= 1) {
    const span = spans[at] as TrackedSpan;
    if (span.id === id) return span;
  }
  return undefined;
}

/** Where the action of a span stands among the actions that its step emitted; -1 when nowhere. */
export function positionOf(trace: Trace, span: TrackedSpan): number {
  return trace
    .step(span.emittedAt)
    .actions.findLastIndex((action) => action.kind === 'tracked' && action.id === span.id);
}
