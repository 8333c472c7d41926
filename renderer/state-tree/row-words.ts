import { isContainer } from '../../core/value/container.ts';
import { sizeText } from '../../core/value/label.ts';
import type { Value } from '../../core/value/value.ts';
import { formatPlural } from '../words/format.ts';
import { shownKey, shownLine, shownSegment } from '../words/shown.ts';
import { sizeOf } from './children.ts';
import type { Sign } from './marks.ts';
import type { Row } from './tree-row.ts';

/** Whether marks show a difference, or the changes of a step that was rolled back. */
export type Tone = 'diff' | 'tried';

/** What a sign means. */
export const SIGN_NAMES: Readonly<Record<Tone, Readonly<Record<Sign, string>>>> = {
  diff: { added: 'added', removed: 'removed', changed: 'changed' },
  tried: {
    added: 'tried to add, rolled back',
    removed: 'tried to remove, rolled back',
    changed: 'tried to change, rolled back',
  },
};

/** A value in a few words: of a container, its kind and size. */
function briefly(value: Value): string {
  return isContainer(value) ? sizeText(value, sizeOf(value)) : shownKey(value);
}

/** A row as it is read aloud. */
export function describeRow(row: Row, tone: Tone): string {
  if (row.isLine) return shownLine(row.value as string);
  const key = row.isMember || row.segment === undefined ? '' : `${shownSegment(row.segment)}: `;
  // A member has no name but its value.
  const value = row.isMember ? shownKey(row.value) : briefly(row.value);
  const before = briefly(row.before);
  const was = row.sign === 'changed' ? `, before ${before}` : '';
  const sign = row.sign ? `, ${SIGN_NAMES[tone][row.sign]}` : '';
  const inside = row.inside > 0 ? `, ${formatPlural(row.inside, 'change')} inside` : '';
  return `${key}${value}${sign}${was}${inside}`;
}
