import {
  cutText,
  cutToDifference,
  showDifferent,
  showLines,
  showText,
} from '../../core/text/visible.ts';
import { LINE_CHARS_MAX } from '../../core/value/shown.ts';

export { columnsOf, columnsOfCode } from '../../core/text/columns.ts';
export {
  shownId,
  shownKey,
  shownLabel,
  shownLine,
  shownName,
  shownPath,
  shownSegment,
  shownString,
} from '../../core/value/shown.ts';

/**
 * @file Texts of machines and traces as the window shows them: cut before anything measures them,
 * since they may be of any length, and with visible escapes for invisible characters.
 */

/** The longest text of several lines, such as a message or a tooltip. */
const LINES_CHARS_MAX = 1_000;

/** A text that may have several lines: a message, a tooltip. */
export function shownLines(text: string, charsMax = LINES_CHARS_MAX): string {
  return showLines(cutText(text, charsMax));
}

/**
 * Two texts that differ, in quotes, so that the difference is visible: long ones from shortly before
 * the first difference, and look-alikes with escapes.
 */
export function shownChange(before: string, after: string): readonly [string, string] {
  const [first, second] = cutToDifference(before, after, LINE_CHARS_MAX);
  return showDifferent(JSON.stringify(first), JSON.stringify(second));
}

/** The longest text of many lines that is shown beside another one. */
const SIDE_CHARS_MAX = 20_000;
const SIDE_CONTEXT_CHARS = 1_000;

/**
 * Two texts of many lines side by side: long ones from shortly before the first difference, and lines
 * that look alike with escapes.
 */
export function shownSides(before: string, after: string): readonly [string, string] {
  const [left = [], right = []] = cutToDifference(
    before,
    after,
    SIDE_CHARS_MAX,
    SIDE_CONTEXT_CHARS,
  ).map((text) => text.split('\n'));
  const pairs = left.map((line, row) => showDifferent(line, right[row] ?? ''));
  const rest = right.slice(left.length).map(showText);
  return [
    pairs.map(([line]) => line).join('\n'),
    [...pairs.slice(0, right.length).map(([, line]) => line), ...rest].join('\n'),
  ];
}
