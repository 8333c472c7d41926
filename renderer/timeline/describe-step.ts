import type { Trace } from '../../core/trace/trace.ts';
import { describeOperation, toneOf } from '../design/describe.ts';
import { formatCount, formatPlural } from '../design/format.ts';

/** The cursor's step in words: `step 1 234 of 50 000: RequestSlot, rejected`. */
export function describeStep(trace: Trace, stepIndex: number): string {
  if (stepIndex < 0) return `start, before ${formatPlural(trace.length, 'step')}`;
  const place = `step ${formatCount(stepIndex)} of ${formatCount(trace.length)}`;
  const label = describeOperation(trace.step(stepIndex).operation);
  const tone = toneOf(trace.glance(stepIndex));
  // The label of a crash or a restore says it already.
  return tone === 'crash' || tone === 'restore'
    ? `${place}: ${label}`
    : `${place}: ${label}, ${tone}`;
}
