import { decodeValue, encodeValue } from '../../core/value/encoding.ts';
import { formatKey, type Path, type PathSegment } from '../../core/value/path.ts';
import { sameValue } from '../../core/value/value.ts';

/**
 * A path segment as text, so that it can be the key of a Map: two segments give the same text when
 * and only when they lead to the same place. An object key, an array index and a Map key that look
 * alike stay apart, and no text holds a line break.
 */
export function segmentKey(segment: PathSegment): string {
  if (typeof segment === 'number') return `#${segment}`;
  if (typeof segment === 'string') return `.${JSON.stringify(segment)}`;
  return `@${JSON.stringify(encodeValue(segment.mapKey))}`;
}

/** Reads back what {@link segmentKey} wrote. */
export function parseSegmentKey(key: string): PathSegment {
  const rest = key.slice(1);
  if (key.startsWith('#')) return Number(rest);
  if (key.startsWith('.')) return JSON.parse(rest) as string;
  return { mapKey: decodeValue(JSON.parse(rest)) };
}

/** Whether two segments lead to the same place of a container. */
export function sameSegment(a: PathSegment, b: PathSegment): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  return sameValue(a.mapKey, b.mapKey);
}

/** Whether two paths lead to the same place. */
export function samePath(a: Path, b: Path): boolean {
  return (
    a.length === b.length &&
    a.every((segment, depth) => sameSegment(segment, b[depth] as PathSegment))
  );
}

/** A segment as the row of its child shows it: names bare, Map keys as the language writes them. */
export function formatSegment(segment: PathSegment): string {
  if (typeof segment === 'object') return formatKey(segment.mapKey);
  if (typeof segment === 'number') return String(segment);
  return /^[A-Za-z_$][\w$]*$/.test(segment) ? segment : JSON.stringify(segment);
}

/**
 * The text of a path from the text of its parent: what core's `formatPath` writes, without walking
 * the whole path again for each of a hundred thousand children.
 */
export function appendSegment(parent: string, segment: PathSegment): string {
  if (typeof segment === 'number') return `${parent}[${segment}]`;
  if (typeof segment === 'object') return `${parent}[${formatKey(segment.mapKey)}]`;
  if (!/^[A-Za-z_$][\w$]*$/.test(segment)) return `${parent}[${JSON.stringify(segment)}]`;
  return parent === '' ? segment : `${parent}.${segment}`;
}
