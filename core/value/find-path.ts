import { containerOf } from './container.ts';
import { appendSegment, type Path } from './path.ts';
import type { Value } from './value.ts';

/**
 * The path of a member of a value from its text, as `formatPath` writes it: `bookings["Monday 09:15"].userId`.
 * Returns `undefined` if there is no such member.
 */
export function findPath(root: Value, text: string): Path | undefined {
  return text === '' || text === '(root)' ? [] : findFrom(root, '', [], text);
}

function findFrom(value: Value, parent: string, path: Path, text: string): Path | undefined {
  const container = containerOf(value);
  if (!container) return undefined;
  for (const [segment, item] of container.entries()) {
    const here = appendSegment(parent, segment);
    if (text === here) return [...path, segment];
    // A name may be the beginning of another one.
    const isAround = text.startsWith(here) && /^[.[]/.test(text.slice(here.length));
    const found = isAround ? findFrom(item, here, [...path, segment], text) : undefined;
    if (found) return found;
  }
  return undefined;
}
