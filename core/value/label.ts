import { assertNever } from '../assert.ts';
import { formatCount } from '../text/quantities.ts';
import { cutText } from '../text/visible.ts';
import { containerOf } from './container.ts';
import { formatKey } from './path.ts';
import { Tuple } from './tuple.ts';
import type { Value } from './value.ts';

/** The longest text that counts as a name rather than as data, in characters. */
const NAME_CHARS_MAX = 40;

/** The properties by which authors distinguish the members of a union; the first one found decides. */
const DISCRIMINANT_KEYS = ['kind', 'type', 'tag', '_tag'] as const;

/** The properties that name a value for people, in the order in which they are tried. */
const LABEL_KEYS: readonly string[] = [...DISCRIMINANT_KEYS, 'name'];

/** Whether a property is the discriminant of its object. */
export function isDiscriminant(key: string, value: unknown): boolean {
  return typeof value === 'string' && DISCRIMINANT_KEYS.some((one) => one === key);
}

/**
 * The kind of a value, by which causes of findings are distinguished: a short text itself, the value
 * of its discriminant, the only key of an enum as Rust writes it (`{ Success: { … } }`), or else its
 * type. It never holds data, such as a `name`.
 */
export function kindOf(value: unknown): string {
  if (typeof value === 'string') return nameIn(value);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return nameIn(textUnder(value, DISCRIMINANT_KEYS)?.text ?? onlyKeyOf(value) ?? typeName(value));
}

function nameIn(text: string): string {
  return text.length <= NAME_CHARS_MAX ? text : 'text';
}

/**
 * What a value is called on screen: a text itself, its kind, its `name`, or how it is written.
 * Unlike {@link kindOf} it may hold data, and is as long as the author made it.
 */
export function labelOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return formatKey(value as Value);
  return textUnder(value, LABEL_KEYS, isShown)?.text ?? onlyKeyOf(value) ?? typeName(value);
}

/** The kind and size of a container: `Map 12`, `{5}`, `[4]`, `(2)` for a tuple; empty for other values. */
export function sizeText(value: unknown, size = containerOf(value)?.size ?? 0): string {
  const count = formatCount(size);
  const kind = containerOf(value)?.kind;
  switch (kind) {
    case undefined:
      return '';
    case 'list':
      return value instanceof Tuple ? `(${count})` : `[${count}]`;
    case 'object':
      return `{${count}}`;
    case 'map':
      return `Map ${count}`;
    case 'set':
      return `Set ${count}`;
    case 'table':
      return `Table ${count}`;
    default:
      return assertNever(kind, 'kind of container');
  }
}

/**
 * A value in a few characters, whatever its size: a text in quotes, what a container is called or else its
 * kind and size, anything else as it is written.
 */
export function briefOf(value: unknown, charsMax: number): string {
  if (typeof value === 'string') return JSON.stringify(cutText(value, charsMax));
  if (typeof value !== 'object' || value === null) {
    return cutText(formatKey(value as Value), charsMax);
  }
  const name = textUnder(value, LABEL_KEYS, isShown)?.text;
  return name === undefined ? sizeText(value) : cutText(name, charsMax);
}

/** The properties of a value without the one that its label already shows. */
export function fieldsBesideLabel(value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null) return [];
  const label = textUnder(value, LABEL_KEYS, isShown);
  if (label === undefined) {
    const only = onlyKeyOf(value);
    // The only key is the label: the fields are in its value.
    if (only !== undefined) return entriesOf((value as Record<string, unknown>)[only]);
  }
  return entriesOf(value).filter(([key]) => key !== label?.key);
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function isShown(text: string): boolean {
  return text !== '';
}

/** The first of some properties that is a text. */
function textUnder(
  value: object,
  keys: readonly string[],
  isWanted: (text: string) => boolean = () => true,
): { readonly key: string; readonly text: string } | undefined {
  for (const key of keys) {
    const text = (value as Readonly<Record<string, unknown>>)[key];
    if (typeof text === 'string' && isWanted(text)) return { key, text };
  }
  return undefined;
}

function onlyKeyOf(value: object): string | undefined {
  const keys = Object.keys(value);
  return keys.length === 1 ? keys[0] : undefined;
}

function typeName(value: object): string {
  if (value instanceof Tuple) return 'tuple';
  return Array.isArray(value) ? 'list' : 'object';
}
