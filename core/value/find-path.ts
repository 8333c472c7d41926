import { containerOf } from './container.ts';
import { appendSegment, type Path } from './path.ts';
import type { Value } from './value.ts';

/** How far the text of a path leads into a value. */
export interface Followed {
  readonly path: Path;
  /** What is there. */
  readonly value: Value;
  /** What is left of the text; empty when it names a member. */
  readonly rest: string;
}

/**
 * The path of a member of a value from its text, as `formatPath` writes it: `bookings["Monday 09:15"].userId`.
 * Returns `undefined` if there is no such member.
 */
export function findPath(root: Value, text: string): Path | undefined {
  const { path, rest } = followPath(root, text);
  return rest === '' ? path : undefined;
}

/** Follows the text of a path into a value, as far as there are members of these names. */
export function followPath(root: Value, text: string): Followed {
  return text === '(root)' ? { path: [], value: root, rest: '' } : followFrom(root, '', [], text);
}

function followFrom(value: Value, parent: string, path: Path, text: string): Followed {
  let furthest: Followed = { path, value, rest: text.slice(parent.length) };
  const container = furthest.rest === '' ? undefined : containerOf(value);
  for (const [segment, item] of container?.entries() ?? []) {
    const here = appendSegment(parent, segment);
    // A name may be the beginning of another one.
    const isOnWay = text.startsWith(here) && /^(?:[.[]|$)/.test(text.slice(here.length));
    if (!isOnWay) continue;
    const followed = followFrom(item, here, [...path, segment], text);
    if (followed.rest === '') return followed;
    if (followed.rest.length < furthest.rest.length) furthest = followed;
  }
  return furthest;
}
