import { decodeValue, encodeValue } from './encoding.ts';
import type { Path, PathSegment } from './path.ts';
import { sameValue } from './value.ts';

/**
 * A path segment as text, so that it can be the key of a Map: two segments give the same text exactly
 * when they lead to the same place. An object key, a list index and a Map key that look alike stay
 * apart, and no text holds a line break.
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
  return a.length === b.length && isWithin(a, b);
}

/** Whether a path leads to a place or into it. */
export function isWithin(path: Path, place: Path): boolean {
  return (
    path.length >= place.length &&
    place.every((segment, depth) => sameSegment(segment, path[depth] as PathSegment))
  );
}
