import type { Value } from './value.ts';

/** One step into a value: an object key, an array index, or a key of a Map (or member of a Set). */
export type PathSegment = string | number | { readonly mapKey: Value };

/** Where something stands in a value, from the root. */
export type Path = readonly PathSegment[];

/** The path in the notation of the language: `bookings["Monday 09:15"].userId`, root `(root)`. */
export function formatPath(path: Path): string {
  if (path.length === 0) return '(root)';
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else if (typeof segment === 'object') text += `[${formatKey(segment.mapKey)}]`;
    else if (/^[A-Za-z_$][\w$]*$/.test(segment)) text += text === '' ? segment : `.${segment}`;
    else text += `[${JSON.stringify(segment)}]`;
  }
  return text;
}

/** A Map key or Set member in short: text quoted, bigint with its `n`, objects as JSON. */
export function formatKey(key: Value): string {
  if (typeof key === 'bigint') return `${key}n`;
  if (typeof key === 'string') return JSON.stringify(key);
  if (typeof key !== 'object' || key === null) return String(key);
  return JSON.stringify(key, (_, item: unknown) => {
    if (typeof item === 'bigint') return `${item}n`;
    if (item instanceof Map || item instanceof Set) return [...(item as Iterable<unknown>)];
    return item;
  });
}
