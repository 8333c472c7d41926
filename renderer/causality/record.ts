import { formatKey, type Path, type PathSegment } from '../../core/value/path.ts';

/** The most segments of a path that name a record. */
export const RECORD_SEGMENTS_MAX = 4;
/** The segments that name a record when no key of a Map or index of a list is among them. */
export const PLAIN_RECORD_SEGMENTS = 2;

/**
 * The record that a path lies in: the first entry of a Map or list on the way, as in
 * `pending[30]`, or else what its first two names say, as in `settings.theme`.
 */
export function recordOf(path: Path): Path {
  const entry = path.slice(0, RECORD_SEGMENTS_MAX).findIndex((segment) => !isName(segment));
  return path.slice(0, entry === -1 ? PLAIN_RECORD_SEGMENTS : entry + 1);
}

/** Whether a change at one path touches what stands at the other: one of them holds the other. */
export function touches(a: Path, b: Path): boolean {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at += 1) {
    if (keyOf(a[at]) !== keyOf(b[at])) return false;
  }
  return true;
}

/**
 * A text that stands in every line of a trace that writes to the path: looking for it is some ten
 * times quicker than parsing the line. Nothing when the path has none, or when another writer than
 * ours might have escaped it: such lines are parsed.
 */
export function needleOf(path: Path): string | undefined {
  const last = path.at(-1);
  if (last === undefined) return undefined;
  const key = typeof last === 'object' ? last.mapKey : last;
  if (typeof key === 'bigint') return String(key);
  if (typeof key === 'number') return Number.isSafeInteger(key) ? String(key) : undefined;
  if (typeof key !== 'string') return undefined;
  return /^[\w :.,+-]*$/.test(key) ? `"${key}"` : undefined;
}

function isName(segment: PathSegment): boolean {
  return typeof segment === 'string';
}

function keyOf(segment: PathSegment | undefined): string {
  return typeof segment === 'object' ? `@${formatKey(segment.mapKey)}` : JSON.stringify(segment);
}
