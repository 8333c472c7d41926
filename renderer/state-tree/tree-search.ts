import { readShown } from '../../core/text/visible.ts';
import { isContainer } from '../../core/value/container.ts';
import { appendSegment, formatKey } from '../../core/value/path.ts';
import type { Value } from '../../core/value/value.ts';
import type { Child, Children } from './children.ts';
import { addressId } from './expansion.ts';
import { childrenIn, topChildren, type TreeInput } from './tree-rows.ts';

/** The number of places after which the search pauses. */
const PLACES_PER_REPORT = 64;

type Searched = Pick<TreeInput, 'before' | 'after' | 'marks' | 'filter'>;

/** A value that is not a container, as its row writes it. */
export function leafText(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return formatKey(value);
}

/**
 * Whether a row matches: its value as written, before or after, or its path as written. A match within
 * the parent's part of the path does not count, so `pending[7]` finds one row and not everything inside
 * it.
 *
 * @param parentLength the length of the parent's path, in lower case as the query is.
 */
export function isMatch(child: Child, path: string, parentLength: number, query: string): boolean {
  const from = Math.max(0, parentLength - query.length + 1);
  if (path.toLowerCase().includes(query, from)) return true;
  if (hasText(child.after, query)) return true;
  return child.sign === 'changed' && hasText(child.before, query);
}

/**
 * The texts, in lower case, of which one is in what a query looks for: the query itself, and what it
 * means if it is written with the escapes that the rows show, such as `\u202e`.
 */
export function wantedBy(query: string): readonly string[] {
  const wanted = query.toLowerCase();
  return [...new Set([wanted, readShown(wanted).toLowerCase()])];
}

function hasText(value: Value, query: string): boolean {
  return !isContainer(value) && leafText(value).toLowerCase().includes(query);
}

/**
 * The ids of the rows that match, opened or not, in the order of the tree. Yields `undefined` now
 * and then, so that the caller can stop.
 */
export function* searchTree(input: Searched, query: string): Generator<string | undefined> {
  if (query === '') return;
  const wanted = wantedBy(query);
  const counter = { places: 0 };
  const items = topChildren(input);
  if (items) yield* searchItems(items, [], '', wanted, input, counter);
}

function* searchItems(
  items: Children,
  address: readonly string[],
  parentPath: string,
  queries: readonly string[],
  input: Searched,
  counter: { places: number },
): Generator<string | undefined> {
  const parentLength = parentPath.toLowerCase().length;
  for (let position = 0; position < items.count; position += 1) {
    const child = items.at(position);
    const path = child.segment === undefined ? '' : appendSegment(parentPath, child.segment);
    const here = [...address, child.key];
    counter.places += 1;
    if (queries.some((query) => isMatch(child, path, parentLength, query))) yield addressId(here);
    else if (counter.places % PLACES_PER_REPORT === 0) yield undefined;
    if (!isContainer(child.after)) continue;
    const below = childrenIn(child, input.filter);
    if (below) yield* searchItems(below, here, path, queries, input, counter);
  }
}
