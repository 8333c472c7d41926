import { cutText, showName, showText } from '../text/visible.ts';
import { labelOf } from './label.ts';
import { formatKey, formatPath, formatSegment, type Path, type PathSegment } from './path.ts';
import type { Value } from './value.ts';
import { OversizeError, TOO_LARGE_TO_WRITE, WrittenSize } from './written-size.ts';

/**
 * @file Values of machines and traces on one line, as the window and the command line show them: cut before
 * anything measures them, since they may be of any length, and with visible escapes for invisible characters.
 */

/** The longest text on one line. If there is less room, the style sheet cuts further. */
export const LINE_CHARS_MAX = 240;

/** A name or message on one line. */
export function shownLine(text: string): string {
  return showText(cutText(text, LINE_CHARS_MAX));
}

/** The label of a value. */
export function shownLabel(value: unknown): string {
  return shownName(labelOf(value));
}

/** A key of a Map or an id, as it is written. */
export function shownKey(key: Value): string {
  const text = typeof key === 'string' ? cutText(key, LINE_CHARS_MAX) : key;
  return shownName(formatKey(text));
}

/**
 * A value on one line, in the notation of the language: what is not the same is written differently, as far as the
 * line goes.
 */
export function shownValue(value: Value): string {
  if (typeof value === 'string') return shownString(value);
  const size = new WrittenSize(value);
  try {
    return shownLine(formatKey(value, () => size.add()));
  } catch (error) {
    if (error instanceof OversizeError) return TOO_LARGE_TO_WRITE;
    throw error;
  }
}

/** A path, as it is written. */
export function shownPath(path: Path): string {
  return shownName(formatPath(path));
}

/** A segment of a path by itself. */
export function shownSegment(segment: PathSegment): string {
  return typeof segment === 'object' ? shownKey(segment.mapKey) : shownName(formatSegment(segment));
}

/** What names one thing among others on one line, so that it is distinguished from names that look the same. */
export function shownName(text: string): string {
  return showName(cutText(text, LINE_CHARS_MAX));
}

/** The id of an action: numbers with a mark that distinguishes them from step numbers. */
export function shownId(id: string | number | bigint): string {
  return typeof id === 'string' ? shownName(id) : `#${id}`;
}

/** A text in quotes, with the escapes of the language. */
export function shownString(text: string): string {
  return showText(JSON.stringify(cutText(text, LINE_CHARS_MAX)));
}
