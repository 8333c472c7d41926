import type { Trace } from '../../core/trace/trace.ts';
import { describeOperation, describeOutcome } from '../words/describe.ts';
import { formatCount, formatPlural } from '../words/format.ts';
import { notesAt } from '../words/step-notes.ts';

/** The cursor's step in words: `step 1 234 of 50 000: RequestSlot, SlotNotAvailable`. */
export function describeStep(trace: Trace, stepIndex: number): string {
  if (stepIndex < 0) return `start, before ${formatPlural(trace.length, 'step')}`;
  const place = `step ${formatCount(stepIndex)} of ${formatCount(trace.length)}`;
  const step = trace.step(stepIndex);
  const parts = [
    describeOperation(step.operation),
    describeOutcome(step),
    ...notesAt(trace, stepIndex).map(({ text }) => text),
    ...(step.findings.length > 0 ? [formatPlural(step.findings.length, 'finding')] : []),
  ];
  return `${place}: ${parts.join(', ')}`;
}
