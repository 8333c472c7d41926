import { assertNever } from '../../assert.ts';
import { valueAt } from '../../value/container.ts';
import { encodeValue } from '../../value/encoding.ts';
import type { Change } from '../../value/patch.ts';
import { shownLine, shownPath, shownString } from '../../value/shown.ts';
import type { Value } from '../../value/value.ts';

/** A change of the state as one line: `± coins: 3`. */
export function describeChange(change: Change): string {
  const path = shownPath(change.path);
  switch (change.kind) {
    case 'added':
      return `+ ${path}: ${text(change.value)}`;
    case 'changed':
      return `± ${path}: ${text(change.value)}`;
    case 'removed':
      return `− ${path}`;
    case 'spliced': {
      const { index, removed, inserted } = change;
      const out = removed === 0 ? '' : ` −${removed}`;
      return `± ${path}[${index}]:${out}${inserted.map((item) => ` +${text(item)}`).join('')}`;
    }
    default:
      return assertNever(change, 'change');
  }
}

/** The same with the value before, where one takes the place of another: `± coins: 2 → 3`. */
export function describeChangeOf(before: Value, change: Change): string {
  const was = change.kind === 'changed' ? valueAt(before, change.path) : undefined;
  if (change.kind !== 'changed' || !was?.found) return describeChange(change);
  return `± ${shownPath(change.path)}: ${text(was.value)} → ${text(change.value)}`;
}

function text(value: Value): string {
  if (typeof value === 'string') return shownString(value);
  return shownLine(JSON.stringify(encodeValue(value)));
}
