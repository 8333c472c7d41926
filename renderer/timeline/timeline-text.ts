import type { ActionId } from '../../core/machine/machine.ts';
import type { TrackedSpan } from '../../core/trace/spans.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { describeOperation, describeOutcome } from '../../core/trace/words/step-words.ts';
import { formatPlace, formatPlural } from '../words/format.ts';
import { shownLabel, shownLine } from '../words/shown.ts';
import { notesAt } from '../words/step-notes.ts';

/** An id as the author wrote it, without the marks of its type. */
export function formatId(id: ActionId): string {
  return shownLine(String(id));
}

/** The name of a tracked action with its id. */
export function describeSpan({ action, id }: TrackedSpan): string {
  return `${shownLabel(action)} ${formatId(id)}`;
}

/** What came of it, in a word or two. */
export function describeSpanEnd({ ended }: TrackedSpan): string {
  switch (ended?.how) {
    case undefined:
      return 'still outstanding';
    case 'completed':
      return 'completed';
    case 'crashed':
      return 'cut off by a crash';
    case 'lost':
      return 'never sent: crash';
    case 'replaced':
      return 'replaced';
  }
}

/** The cursor's step in words: `step 1 234 of 50 000: RequestSlot, SlotNotAvailable`. */
export function describeStep(trace: Trace, stepIndex: number): string {
  const place = formatPlace(stepIndex, trace.length).join('');
  if (stepIndex < 0) return place;
  const step = trace.step(stepIndex);
  const parts = [
    describeOperation(step.operation),
    describeOutcome(step),
    ...notesAt(trace, stepIndex).map(({ text }) => text),
    ...(step.findings.length > 0 ? [formatPlural(step.findings.length, 'finding')] : []),
  ];
  return `${place}: ${parts.join(', ')}`;
}
