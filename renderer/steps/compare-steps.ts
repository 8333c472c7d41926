import { show } from '../session/arrangement.ts';
import { arrange } from '../session/arrangements.ts';
import { compareWith, seek } from '../session/cursor.ts';
import { isRange, select, type Selection } from './selection.ts';

/** The two steps of a choice that are compared: its first and its last. */
export function endsOf({ from, to }: Selection): readonly [first: number, last: number] {
  return [Math.min(from, to), Math.max(from, to)];
}

/**
 * Shows the state after the last chosen step against that after the first. Returns whether there are
 * two.
 */
export function compareChosen(selection: Selection | undefined): boolean {
  if (!selection || !isRange(selection)) return false;
  const [first, last] = endsOf(selection);
  select(undefined);
  seek(last);
  compareWith(first);
  arrange((arrangement) => show(arrangement, 'state'));
  return true;
}
