import { cutText } from '../../text/visible.ts';
import { escapeMisleading } from '../report/print.ts';

/** A list of an answer, of which a page is shown at a time. */
export interface Listed {
  /** Its name in the answer, such as `causes`. */
  readonly name: string;
  readonly items: readonly unknown[];
}

/** What a tool says. */
export interface Answer {
  /** Facts by their names. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly list?: Listed;
  /** Whether it is incomplete because of an error, which is one of its facts. */
  readonly isBroken?: boolean;
}

/** Which part of a list is shown. */
export interface Page {
  /** The index of the first item. */
  readonly offset: number;
  /** The most items. */
  readonly limit: number;
}

/** The most characters of an answer, unless its first item is longer: an agent reads all of it. */
const ANSWER_CHARS_MAX = 24_000;
/** The most characters of one text. */
const TEXT_CHARS_MAX = 1_200;
/** The most parts of a value that are shown, and how deep. */
const PARTS_MAX = 40;
const LEVELS_MAX = 8;

/**
 * Writes an answer as JSON, one item of its list a line. Texts come from machines and traces: they are cut to
 * a length, and what would mislead the eye or command a terminal is escaped.
 */
export function writeAnswer({ facts, list }: Answer, { offset, limit }: Page): string {
  const lines = Object.entries(facts).flatMap(([name, fact]) =>
    fact === undefined ? [] : [member(name, json(shorten(fact)))],
  );
  if (!list) return wrap(lines);
  const shown = fitting(
    list.items.slice(offset, offset + limit),
    ANSWER_CHARS_MAX - lines.join('').length,
  );
  const page = shown.length === 0 ? '[]' : `[\n    ${shown.join(',\n    ')}\n  ]`;
  const next = offset + shown.length;
  const left = Math.max(0, list.items.length - next);
  return wrap([
    ...lines,
    member(list.name, page),
    member('left', json(left)),
    ...(left > 0 ? [member('nextOffset', json(next))] : []),
  ]);
}

/** As many items as there is room for, and at least one. */
function fitting(items: readonly unknown[], charsMax: number): readonly string[] {
  const shown: string[] = [];
  let chars = 0;
  for (const item of items) {
    const text = json(shorten(item));
    chars += text.length;
    if (chars > charsMax && shown.length > 0) break;
    shown.push(text);
  }
  return shown;
}

function member(name: string, text: string): string {
  return `  ${JSON.stringify(name)}: ${text}`;
}

function wrap(lines: readonly string[]): string {
  return `{\n${lines.join(',\n')}\n}`;
}

function json(value: unknown): string {
  return escapeMisleading(JSON.stringify(value));
}

/** A JSON value with long texts, long lists and deep parts cut, each with a word of it. */
function shorten(value: unknown, levels = LEVELS_MAX): unknown {
  if (typeof value === 'string') return cutText(value, TEXT_CHARS_MAX);
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return '…';
  if (Array.isArray(value)) {
    const items = value.slice(0, PARTS_MAX).map((item) => shorten(item, levels - 1));
    const hidden = value.length - items.length;
    return hidden > 0 ? [...items, `… and ${hidden} more`] : items;
  }
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  const kept = entries
    .slice(0, PARTS_MAX)
    .map(([name, part]) => [cutText(name, TEXT_CHARS_MAX), shorten(part, levels - 1)] as const);
  const hidden = entries.length - kept.length;
  return Object.fromEntries([...kept, ...(hidden > 0 ? [['…', `${hidden} more`]] : [])]);
}
