import { spend } from './effort.ts';
import { compareKeys, levelOf } from './table-key.ts';
import type { Value } from './types.ts';

/**
 * @file The tree of a `Table`, a Merkle search tree (Auvolat & Taïani, 2019): hashes of the keys say on which
 * level a row lies, each level with an eighth of the rows below, so that trees of the same rows have the same
 * shape, whatever their history. No tree is ever changed; those of the versions of a table share their parts.
 */

/** The rows of a node. Nodes share them as long as only what lies below changes. */
export interface Rows {
  readonly keys: readonly Value[];
  readonly rows: readonly Value[];
  /** The digest of each row, once it was needed. */
  readonly digests: (bigint | undefined)[];
  /** The rows that {@link visitFresh} has not seen: the one at a place, all of them, or none. */
  fresh: Fresh;
}

/** The place of the only fresh one, or whether all or none are fresh. */
type Fresh = number | 'all' | 'none';

/** Rows of one level, and between them the trees of lower levels. Never changed once it is made. */
export interface Node {
  readonly level: number;
  readonly own: Rows;
  /** One more than there are rows. */
  readonly children: readonly Tree[];
  readonly size: number;
  /** The sum of the digests of all rows here and below, once it was needed. */
  digest: bigint | undefined;
  /** The children that {@link visitFresh} has not visited: one, all of them, or none. */
  freshBelow: Fresh;
}

/** A tree; `undefined` for one without rows. */
export type Tree = Node | undefined;

/** The effort of changing a node, and that of each of its rows. */
const NODE_EFFORT = 100;
const ROW_EFFORT = 3;

/** Digests have 128 bits. */
const DIGEST_BITS = 128;

function make(
  level: number,
  own: Rows,
  children: readonly Tree[],
  size = own.keys.length + sizeOf(children),
  freshBelow: Fresh = 'all',
): Node {
  return { level, own, children, size, digest: undefined, freshBelow };
}

function sizeOf(children: readonly Tree[]): number {
  let size = 0;
  for (const child of children) size += child?.size ?? 0;
  return size;
}

/** A node without rows is what lies below it. */
function makeOf(level: number, own: Rows, children: readonly Tree[]): Tree {
  return own.keys.length === 0 ? children[0] : make(level, own, children);
}

/** Rows with what is known of them; without that, all are fresh and none is digested. */
export function rowsOf(
  keys: readonly Value[],
  rows: readonly Value[],
  digests: (bigint | undefined)[],
  fresh: Fresh = 'all',
): Rows {
  return { keys, rows, digests, fresh };
}

function spliceRows(own: Rows, at: number, removed: number, entry?: readonly [Value, Value]): Rows {
  // Nodes have some eight rows, unless somebody chose keys that lie on the same level.
  spend(NODE_EFFORT + ROW_EFFORT * own.keys.length);
  if (!entry) {
    return rowsOf(
      own.keys.toSpliced(at, removed),
      own.rows.toSpliced(at, removed),
      own.digests.toSpliced(at, removed),
      own.fresh === 'none' ? 'none' : 'all',
    );
  }
  return rowsOf(
    own.keys.toSpliced(at, removed, entry[0]),
    own.rows.toSpliced(at, removed, entry[1]),
    own.digests.toSpliced(at, removed, undefined),
    own.fresh === 'none' || (removed === 1 && own.fresh === at) ? at : 'all',
  );
}

function sliceRows(own: Rows, from: number, to?: number): Rows {
  return rowsOf(own.keys.slice(from, to), own.rows.slice(from, to), own.digests.slice(from, to));
}

function withChild(node: Node, at: number, child: Tree): Node {
  const before = node.children[at];
  if (child === before) return node;
  // By the difference: the other children may be far away in memory, and stay there.
  const size = node.size + (child?.size ?? 0) - (before?.size ?? 0);
  const freshBelow = node.freshBelow === 'none' || node.freshBelow === at ? at : 'all';
  return make(node.level, node.own, node.children.toSpliced(at, 1, child), size, freshBelow);
}

/** The first place whose key is not before a key. */
function placeOf(keys: readonly Value[], key: Value): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(keys[middle], key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isAt(keys: readonly Value[], at: number, key: Value): boolean {
  return at < keys.length && compareKeys(keys[at], key) === 0;
}

/** Where a key is, if it is there. */
export function find(
  tree: Tree,
  key: Value,
): { readonly own: Rows; readonly at: number } | undefined {
  let node = tree;
  while (node) {
    const { own } = node;
    const at = placeOf(own.keys, key);
    if (isAt(own.keys, at, key)) return { own, at };
    node = node.children[at];
  }
  return undefined;
}

/** The row at a place in the order of the keys, from 0; `undefined` when there is none. */
export function entryAt(tree: Tree, position: number): readonly [Value, Value] | undefined {
  let node = tree;
  let rest = position;
  while (node && rest < node.size) {
    const { own, children }: Node = node;
    let at = 0;
    let below = children[0]?.size ?? 0;
    while (rest > below) {
      rest -= below + 1;
      at += 1;
      below = children[at]?.size ?? 0;
    }
    if (rest === below && at < own.keys.length) return [own.keys[at], own.rows[at]];
    node = children[at];
  }
  return undefined;
}

/** How many keys come before a key, which need not be there. */
export function rankOf(tree: Tree, key: Value): number {
  let rank = 0;
  let node = tree;
  while (node) {
    const { own, children }: Node = node;
    const at = placeOf(own.keys, key);
    rank += at;
    for (let before = 0; before < at; before += 1) rank += children[before]?.size ?? 0;
    if (isAt(own.keys, at, key)) return rank + (children[at]?.size ?? 0);
    node = children[at];
  }
  return rank;
}

/**
 * The tree with a row, which replaces the one with the same key.
 *
 * @param level that of the key, see {@link levelOf}.
 */
export function insert(tree: Tree, key: Value, row: Value, level: number): Node {
  if (!tree || level > tree.level) {
    const { before, after } = split(tree, key);
    return make(level, rowsOf([key], [row], [undefined]), [before, after]);
  }
  const { own, children } = tree;
  const at = placeOf(own.keys, key);
  if (level < tree.level) return withChild(tree, at, insert(children[at], key, row, level));
  if (isAt(own.keys, at, key)) {
    if (own.rows[at] === row) return tree;
    const replaced = spliceRows(own, at, 1, [own.keys[at], row]);
    return make(level, replaced, children, tree.size, tree.freshBelow);
  }
  const { before, after } = split(children[at], key);
  return make(
    level,
    spliceRows(own, at, 0, [key, row]),
    children.toSpliced(at, 1, before, after),
    tree.size + 1,
  );
}

/** The tree without a row; the same tree if it is not there. */
export function remove(tree: Tree, key: Value): Tree {
  if (!tree) return undefined;
  const { level, own, children } = tree;
  const at = placeOf(own.keys, key);
  if (!isAt(own.keys, at, key)) return withChild(tree, at, remove(children[at], key));
  const joined = join(children[at], children[at + 1]);
  return makeOf(level, spliceRows(own, at, 1), children.toSpliced(at, 2, joined));
}

/** The rows before and after a key that is not there. */
export function split(tree: Tree, key: Value): { before: Tree; after: Tree } {
  if (!tree) return { before: undefined, after: undefined };
  const { level, own, children } = tree;
  const at = placeOf(own.keys, key);
  const { before, after } = split(children[at], key);
  return {
    before: makeOf(level, sliceRows(own, 0, at), [...children.slice(0, at), before]),
    after: makeOf(level, sliceRows(own, at), [after, ...children.slice(at + 1)]),
  };
}

/** Two trees as one; all keys of the first come before those of the second. */
function join(first: Tree, second: Tree): Tree {
  if (!first) return second;
  if (!second) return first;
  const last = first.children.length - 1;
  if (first.level > second.level) return withChild(first, last, join(first.children[last], second));
  if (first.level < second.level) return withChild(second, 0, join(first, second.children[0]));
  const [one, other] = [first.own, second.own];
  return make(
    first.level,
    rowsOf(
      [...one.keys, ...other.keys],
      [...one.rows, ...other.rows],
      [...one.digests, ...other.digests],
    ),
    [
      ...first.children.slice(0, -1),
      join(first.children[last], second.children[0]),
      ...second.children.slice(1),
    ],
  );
}

/** A tree being built along its right edge: rows of one level, and what lies before each. */
interface Growing {
  readonly level: number;
  readonly keys: Value[];
  readonly rows: Value[];
  readonly children: Tree[];
}

/** Builds a tree; of two entries with the same key the later one counts. */
export function build(entries: Iterable<readonly [Value, Value]>): Tree {
  const listed = [...entries];
  const isAscending = listed.every(
    ([key], at) => at === 0 || compareKeys(listed[at - 1]?.[0], key) < 0,
  );
  return buildAscending(isAscending ? listed : ascending(listed));
}

/** The entries in the order of their keys, each key as it came first, with the row that came last. */
function ascending(
  entries: readonly (readonly [Value, Value])[],
): readonly (readonly [Value, Value])[] {
  const merged: [Value, Value][] = [];
  // Sorting keeps the order of entries with the same key.
  for (const [key, row] of entries.toSorted(([a], [b]) => compareKeys(a, b))) {
    const last = merged.at(-1);
    if (last && compareKeys(last[0], key) === 0) last[1] = row;
    else merged.push([key, row]);
  }
  return merged;
}

/** Builds a tree in the order of the keys, in linear time. */
function buildAscending(entries: Iterable<readonly [Value, Value]>): Tree {
  const edge: Growing[] = [];
  for (const [key, row] of entries) {
    const level = levelOf(key);
    const below = fold(edge, level);
    let top = edge.at(-1);
    if (top?.level !== level) edge.push((top = { level, keys: [], rows: [], children: [] }));
    top.keys.push(key);
    top.rows.push(row);
    top.children.push(below);
  }
  return fold(edge, Number.POSITIVE_INFINITY);
}

/** Takes what lies below a level off the edge, each with what follows it at its right. */
function fold(edge: Growing[], level: number): Tree {
  let folded: Tree;
  for (;;) {
    const top = edge.at(-1);
    if (!top || top.level >= level) return folded;
    const digests = top.keys.map(() => undefined);
    folded = make(top.level, rowsOf(top.keys, top.rows, digests), [...top.children, folded]);
    edge.pop();
  }
}

/** A row where it was found. */
export interface Entry {
  readonly key: Value;
  readonly row: Value;
}

/** The rows in the order of their keys. */
export function* walk(tree: Tree): Iterable<Entry> {
  const path: { readonly node: Node; at: number }[] = [];
  const descend = (from: Tree) => {
    for (let node = from; node; node = node.children[0]) path.push({ node, at: 0 });
  };
  descend(tree);
  for (let top = path.at(-1); top; top = path.at(-1)) {
    const { node, at } = top;
    if (at === node.own.keys.length) {
      path.pop();
      continue;
    }
    yield { key: node.own.keys[at], row: node.own.rows[at] };
    top.at += 1;
    descend(node.children[at + 1]);
  }
}

/** Calls for each row that no earlier visit has seen, to this tree or one that it shares with. */
export function visitFresh(tree: Tree, visit: (key: Value, row: Value) => void): void {
  if (!tree) return;
  const { own, children, freshBelow } = tree;
  if (own.fresh === 'all') for (const [at, key] of own.keys.entries()) visit(key, own.rows[at]);
  else if (own.fresh !== 'none') visit(own.keys[own.fresh], own.rows[own.fresh]);
  own.fresh = 'none';
  // Only where there is something: a look at each child would be a look all over the memory.
  if (freshBelow === 'all') for (const child of children) visitFresh(child, visit);
  else if (freshBelow !== 'none') visitFresh(children[freshBelow], visit);
  tree.freshBelow = 'none';
}

/** The sum of the digests of all rows, modulo 2^128. Sums of parts that did not change are remembered. */
export function sumOfDigests(tree: Tree, digestOf: (key: Value, row: Value) => bigint): bigint {
  if (!tree) return 0n;
  if (tree.digest !== undefined) return tree.digest;
  const { own, children } = tree;
  let sum = 0n;
  for (const [at, key] of own.keys.entries()) {
    sum += own.digests[at] ??= digestOf(key, own.rows[at]);
  }
  for (const child of children) sum += sumOfDigests(child, digestOf);
  tree.digest = BigInt.asUintN(DIGEST_BITS, sum);
  return tree.digest;
}
