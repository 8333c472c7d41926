import type { ActionId } from '../../core/machine/machine.ts';
import {
  cutText,
  cutToDifference,
  showDifferent,
  showLines,
  showName,
  showText,
} from '../../core/text/visible.ts';
import { labelOf } from '../../core/value/label.ts';
import {
  formatKey,
  formatPath,
  formatSegment,
  type Path,
  type PathSegment,
} from '../../core/value/path.ts';
import type { Value } from '../../core/value/value.ts';

/**
 * @file Texts of machines and traces as the window shows them: cut before anything measures them,
 * since they may be of any length, and with visible escapes for invisible characters.
 */

/** The longest text on one line. If there is less room, the style sheet cuts further. */
const LINE_CHARS_MAX = 240;
/** The longest text of several lines, such as a message or a tooltip. */
const LINES_CHARS_MAX = 1_000;

/** A name or message on one line. */
export function shownLine(text: string): string {
  return showText(cutText(text, LINE_CHARS_MAX));
}

/** A text that may have several lines: a message, a tooltip. */
export function shownLines(text: string, charsMax = LINES_CHARS_MAX): string {
  return showLines(cutText(text, charsMax));
}

/** The label of a value. */
export function shownLabel(value: unknown): string {
  return shownLine(labelOf(value));
}

/** A key of a Map or an id, as it is written. */
export function shownKey(key: Value): string {
  const text = typeof key === 'string' ? cutText(key, LINE_CHARS_MAX) : key;
  return shownName(formatKey(text));
}

/** A path, as it is written. */
export function shownPath(path: Path): string {
  return shownName(formatPath(path));
}

/** A segment of a path by itself. */
export function shownSegment(segment: PathSegment): string {
  return typeof segment === 'object' ? shownKey(segment.mapKey) : shownName(formatSegment(segment));
}

function shownName(text: string): string {
  return showName(cutText(text, LINE_CHARS_MAX));
}

/** The id of an action: numbers with a mark that distinguishes them from step numbers. */
export function shownId(id: ActionId): string {
  return typeof id === 'string' ? shownLine(id) : `#${id}`;
}

/** A text in quotes, with the escapes of the language. */
export function shownString(text: string): string {
  return showText(JSON.stringify(cutText(text, LINE_CHARS_MAX)));
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

/** Characters of East Asian scripts and emoji, which take two columns where data is set. */
const WIDE: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
];

/** How many columns a character takes, by its code point, without laying it out. */
export function columnsOfCode(code: number): 1 | 2 {
  if (code < 0x1100) return 1;
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}

/** How many columns a text of one line takes. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOfCode(character.codePointAt(0) ?? 0);
  return columns;
}
