import { Tuple } from './tuple.ts';
import type { Value } from './types.ts';

/** One step into a value: an object key, an array index, or a key of a Map (or member of a Set). */
export type PathSegment = string | number | { readonly mapKey: Value };

/** The place of something in a value, from the root. */
export type Path = readonly PathSegment[];

/** The most segments of a path that name an entry. */
const ENTRY_SEGMENTS_MAX = 4;
/** The segments that name an entry when the path has no Map key or list index among them. */
const PLAIN_ENTRY_SEGMENTS = 2;

/**
 * The entry that a path leads into: the first entry of a Map or list on the way, as in
 * `pending[30]`, or else its first two names, as in `settings.theme`.
 */
export function entryOf(path: Path): Path {
  const entry = path
    .slice(0, ENTRY_SEGMENTS_MAX)
    .findIndex((segment) => typeof segment !== 'string');
  return path.slice(0, entry === -1 ? PLAIN_ENTRY_SEGMENTS : entry + 1);
}

/** Whether a path leads to an entry of something, and not to a member of the state itself, such as a counter. */
export function isEntry(path: Path): boolean {
  return path.length > 1 || typeof path[0] !== 'string';
}

/** The path in the notation of the language: `bookings["Monday 09:15"].userId`, root `(root)`. */
export function formatPath(path: Path): string {
  return path.length === 0 ? '(root)' : path.reduce<string>(appendSegment, '');
}

/**
 * The text of a path from the text of its parent (`''` for the root), for callers that walk down a
 * value: formatting every path from the root would cost each child its depth.
 */
export function appendSegment(parent: string, segment: PathSegment): string {
  if (typeof segment === 'number') return `${parent}[${segment}]`;
  if (typeof segment === 'object') return `${parent}[${formatKey(segment.mapKey)}]`;
  if (!isIdentifier(segment)) return `${parent}[${JSON.stringify(segment)}]`;
  return parent === '' ? segment : `${parent}.${segment}`;
}

/** A segment by itself, as a row of its parent shows it: names bare, Map keys as they are written. */
export function formatSegment(segment: PathSegment): string {
  if (typeof segment === 'object') return formatKey(segment.mapKey);
  if (typeof segment === 'number') return String(segment);
  return isIdentifier(segment) ? segment : JSON.stringify(segment);
}

function isIdentifier(name: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(name);
}

/**
 * A Map key or Set member as text: strings quoted, bigint with its `n`, objects and lists as JSON. What
 * JSON would write like a list or an object is told apart: tuples `(1,2)`, `Set {1,2}`, `Map {"a":1}`.
 *
 * @param enter called for each container; may throw when there are too many.
 */
export function formatKey(key: Value, enter: () => void = () => {}): string {
  if (typeof key === 'string') return JSON.stringify(key);
  if (typeof key !== 'object' || key === null) return formatPrimitive(key);
  enter();
  const list = (items: Iterable<Value>) =>
    Array.from(items, (item) => formatKey(item, enter)).join(',');
  const record = (entries: Iterable<readonly [Value, Value]>) =>
    Array.from(
      entries,
      ([name, item]) => `${formatKey(name, enter)}:${formatKey(item, enter)}`,
    ).join(',');
  if (Array.isArray(key)) {
    const items = list(key as readonly Value[]);
    return key instanceof Tuple ? `(${items})` : `[${items}]`;
  }
  if (key instanceof Set) return `Set {${list(key as ReadonlySet<Value>)}}`;
  if (key instanceof Map) return `Map {${record(key as ReadonlyMap<Value, Value>)}}`;
  return `{${record(Object.entries(key))}}`;
}

/** A value that is neither a text nor a container, in the notation of the language. */
export function formatPrimitive(value: Exclude<Value, string | object> | null): string {
  if (typeof value === 'bigint') return `${value}n`;
  return Object.is(value, -0) ? '-0' : String(value);
}
