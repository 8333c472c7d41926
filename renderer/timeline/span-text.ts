import type { ActionId } from '../../core/machine/machine.ts';
import type { TrackedSpan } from '../../core/trace/spans.ts';
import { labelOf } from '../../core/value/label.ts';

/** An id as the author wrote it, without the marks of its type. */
export function formatId(id: ActionId): string {
  return String(id);
}

/** The name of a tracked action with its id. */
export function describeSpan({ action, id }: TrackedSpan): string {
  return `${labelOf(action)} ${formatId(id)}`;
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
