import { rowsOf, split, walk, type Entry, type Node, type Rows, type Tree } from './row-tree.ts';
import { compareKeys } from './table-key.ts';
import type { Value } from './types.ts';

/** A row that two trees do not share; `undefined` where a tree has none. */
export interface RowDifference {
  readonly key: Value;
  readonly before: { readonly row: Value } | undefined;
  readonly after: { readonly row: Value } | undefined;
}

/**
 * Collects the rows that two trees do not share, in the order of their keys. Into a list: a generator that asks
 * generators would cost each row its depth.
 */
export function collectDifferences(before: Tree, after: Tree, found: RowDifference[]): void {
  if (before === after) return;
  if (!before || !after) {
    for (const entry of walk(before))
      found.push({ key: entry.key, before: entry, after: undefined });
    for (const entry of walk(after))
      found.push({ key: entry.key, before: undefined, after: entry });
    return;
  }
  const level = Math.max(before.level, after.level);
  compareLevel(spread(before, level), spread(after, level), found);
}

/** A tree as rows of a level with trees between them, also when it has none on that level. */
function spread(tree: Node, level: number): Pick<Node, 'own' | 'children'> {
  return tree.level === level ? tree : { own: rowsOf([], [], []), children: [tree] };
}

function compareLevel(
  before: Pick<Node, 'own' | 'children'>,
  after: Pick<Node, 'own' | 'children'>,
  found: RowDifference[],
): void {
  const [older, newer] = [before.own, after.own];
  if (older === newer) {
    for (const [at, child] of before.children.entries()) {
      if (child !== after.children[at]) collectDifferences(child, after.children[at], found);
    }
    return;
  }
  let [at, other] = [0, 0];
  let [left, right] = [before.children[0], after.children[0]];
  while (at < older.keys.length || other < newer.keys.length) {
    const order = orderAt(older.keys, at, newer.keys, other);
    if (order === 0) {
      if (left !== right) collectDifferences(left, right, found);
      if (older.rows[at] !== newer.rows[other]) {
        const is = entryOf(newer, other);
        found.push({ key: is.key, before: entryOf(older, at), after: is });
      }
    } else if (order < 0) {
      // What the other tree has around this key, it has below: the key itself is not there.
      const was = entryOf(older, at);
      const parts = split(right, was.key);
      collectDifferences(left, parts.before, found);
      found.push({ key: was.key, before: was, after: undefined });
      right = parts.after;
    } else {
      const is = entryOf(newer, other);
      const parts = split(left, is.key);
      collectDifferences(parts.before, right, found);
      found.push({ key: is.key, before: undefined, after: is });
      left = parts.after;
    }
    if (order <= 0) left = before.children[(at += 1)];
    if (order >= 0) right = after.children[(other += 1)];
  }
  collectDifferences(left, right, found);
}

/** Which of two keys comes first, where a list that is at its end comes last. */
function orderAt(
  older: readonly Value[],
  at: number,
  newer: readonly Value[],
  other: number,
): number {
  if (at >= older.length) return 1;
  if (other >= newer.length) return -1;
  const [was, is] = [older[at], newer[other]];
  return was === is ? 0 : compareKeys(was, is);
}

function entryOf({ keys, rows }: Rows, at: number): Entry {
  return { key: keys[at], row: rows[at] };
}
