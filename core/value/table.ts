import type { Value } from './value.ts';

/** A row with the rows before and after it: a node of a treap. Never changed once it is made. */
interface Node {
  readonly key: Value;
  readonly row: Value;
  /** Follows from the key, and orders nodes from the root down. */
  readonly priority: number;
  readonly left: Node | undefined;
  readonly right: Node | undefined;
  readonly size: number;
  /** The sum of the digests of all rows below, once somebody has asked. */
  digest: bigint | undefined;
  /** The digest of the row alone, which nodes made anew for it take over. */
  rowDigest: bigint | undefined;
  /** Whether {@link Table.visitFresh} has been here, and below. */
  isVisited: boolean;
  /** Whether it has seen the row, perhaps at another node: those above a change are made anew. */
  isRowVisited: boolean;
}
type Tree = Node | undefined;

/** A row that two tables do not share; `undefined` where a table has none. */
export interface RowDifference {
  readonly key: Value;
  readonly before: { readonly row: Value } | undefined;
  readonly after: { readonly row: Value } | undefined;
}

/** Digests have 128 bits. */
const DIGEST_BITS = 128;

/**
 * Rows by key, such as a table of a database by its primary key: a Map that is always in the order
 * of its keys, finds keys by content, and can be copied at no cost. Copies share what they have in
 * common, so that the versions of a table over a run cost what its steps touched, however many
 * rows there are.
 *
 * It is a persistent treap (Seidel & Aragon, "Randomized Search Trees") whose priorities are hashes
 * of the keys: tables of the same rows have the same shape, whatever was done to them. Keys are
 * null, booleans, numbers, bigints, texts, or lists of these.
 */
export class Table extends Map<Value, Value> {
  #root: Tree;

  /** @param entries in any order; of two with the same key the later one counts. */
  constructor(entries?: Iterable<readonly [Value, Value]>) {
    super();
    this.#root = entries && build(entries);
  }

  /** A table of the same rows, which can be changed for itself. */
  copy(): Table {
    const copy = new Table();
    copy.#root = this.#root;
    return copy;
  }

  override get size(): number {
    return this.#root?.size ?? 0;
  }

  override get(key: Value): Value {
    return find(this.#root, key)?.row;
  }

  override has(key: Value): boolean {
    return find(this.#root, key) !== undefined;
  }

  /** The row at a place in the order of the keys, from 0; `undefined` when there is none. */
  entryAt(position: number): readonly [key: Value, row: Value] | undefined {
    let node = this.#root;
    let rest = position;
    while (node) {
      const before = node.left?.size ?? 0;
      if (rest === before) return [node.key, node.row];
      if (rest < before) {
        node = node.left;
      } else {
        rest -= before + 1;
        node = node.right;
      }
    }
    return undefined;
  }

  /** How many keys come before a key, which need not be there. */
  rankOf(key: Value): number {
    let rank = 0;
    let node = this.#root;
    while (node) {
      if (compareKeys(key, node.key) <= 0) {
        node = node.left;
      } else {
        rank += 1 + (node.left?.size ?? 0);
        node = node.right;
      }
    }
    return rank;
  }

  override set(key: Value, row: Value): this {
    this.#root = insert(this.#root, leaf(key, row));
    return this;
  }

  override delete(key: Value): boolean {
    const before = this.#root;
    this.#root = remove(before, key);
    return this.#root !== before;
  }

  override clear(): void {
    this.#root = undefined;
  }

  override *entries(): MapIterator<[Value, Value]> {
    for (const { key, row } of walk(this.#root)) yield [key, row];
  }

  override *keys(): MapIterator<Value> {
    for (const { key } of walk(this.#root)) yield key;
  }

  override *values(): MapIterator<Value> {
    for (const { row } of walk(this.#root)) yield row;
  }

  override [Symbol.iterator](): MapIterator<[Value, Value]> {
    return this.entries();
  }

  override forEach(visit: (row: Value, key: Value, table: Map<Value, Value>) => void): void {
    for (const { key, row } of walk(this.#root)) visit(row, key, this);
  }

  /** Calls for each row that no earlier visit has seen, to this table or one that it shares with. */
  visitFresh(visit: (key: Value, row: Value) => void): void {
    visitFresh(this.#root, visit);
  }

  /** The rows that another table does not share with this one, in the order of their keys. */
  differences(after: Table): Iterable<RowDifference> {
    const found: RowDifference[] = [];
    collectDifferences(this.#root, after.#root, found);
    return found;
  }

  /**
   * The sum of the digests of all rows, modulo 2^128. Sums of parts that did not change are
   * remembered.
   */
  sumOfDigests(digestOf: (key: Value, row: Value) => bigint): bigint {
    return sumOfDigests(this.#root, digestOf);
  }
}

/**
 * The order of keys: null, then booleans, numbers, texts (by code unit), lists (item by item).
 *
 * @throws {TypeError} for a key of another kind.
 */
export function compareKeys(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : Number(a > b);
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : Number(a > b);
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(a, b);
  const byRank = rankOf(a) - rankOf(b);
  if (byRank !== 0 || a === null || a === undefined || b === null || b === undefined) return byRank;
  // A number and a bigint compare by value.
  return a < b ? -1 : Number(a > b);
}

function compareLists(a: readonly Value[], b: readonly Value[]): number {
  for (const [index, item] of a.entries()) {
    if (index >= b.length) return 1;
    const order = compareKeys(item, b[index]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function rankOf(key: Value): number {
  switch (typeof key) {
    case 'undefined':
      return 0;
    case 'boolean':
      return 1;
    case 'number':
    case 'bigint':
      return 2;
    case 'string':
      return 3;
    case 'object':
      if (key === null) return 0;
      if (Array.isArray(key)) return 4;
      throw new TypeError('A key of a table is no object');
    case 'function':
    case 'symbol':
    default:
      throw new TypeError(`A key of a table is no ${typeof key}`);
  }
}

/** FNV-1a, whose offset and prime these are, mixed as MurmurHash3 ends. 32 bits, signed. */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  // Signed, so that it is a small integer: others are kept as an object of their own in each node.
  return (mixed ^ (mixed >>> 16)) | 0;
}

/** Keys that compare as the same have the same priority. */
function priorityOf(key: Value): number {
  // Small numbers are the most common keys by far.
  if (typeof key === 'number' && (key | 0) === key) return mix(key ^ FNV_OFFSET);
  if (Array.isArray(key)) {
    let hash = FNV_OFFSET;
    for (const item of key) hash = Math.imul(hash, FNV_PRIME) ^ priorityOf(item);
    return mix(hash);
  }
  if (typeof key === 'bigint' && BigInt.asIntN(32, key) === key) return priorityOf(Number(key));
  const isNothing = key === undefined || typeof key === 'object';
  const text = isNothing ? 'null' : String(key);
  let hash = FNV_OFFSET;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  }
  return mix(hash);
}

function leaf(key: Value, row: Value): Node {
  return make(key, row, priorityOf(key), undefined, undefined);
}

function make(key: Value, row: Value, priority: number, left: Tree, right: Tree): Node {
  const size = 1 + (left?.size ?? 0) + (right?.size ?? 0);
  return {
    key,
    row,
    priority,
    left,
    right,
    size,
    digest: undefined,
    rowDigest: undefined,
    isVisited: false,
    isRowVisited: false,
  };
}

function withChildren(node: Node, left: Tree, right: Tree): Node {
  if (left === node.left && right === node.right) return node;
  const copy = make(node.key, node.row, node.priority, left, right);
  copy.rowDigest = node.rowDigest;
  copy.isRowVisited = node.isRowVisited;
  return copy;
}

/** Whether a node belongs above another one. */
function isAbove(a: Node, b: Node): boolean {
  return a.priority === b.priority ? compareKeys(a.key, b.key) < 0 : a.priority > b.priority;
}

function find(tree: Tree, key: Value): Tree {
  let node = tree;
  while (node) {
    const order = compareKeys(key, node.key);
    if (order === 0) return node;
    node = order < 0 ? node.left : node.right;
  }
  return undefined;
}

function insert(tree: Tree, fresh: Node): Node {
  if (!tree) return fresh;
  const order = compareKeys(fresh.key, tree.key);
  if (order === 0) {
    if (tree.row === fresh.row) return tree;
    return make(tree.key, fresh.row, tree.priority, tree.left, tree.right);
  }
  if (isAbove(fresh, tree)) {
    const { before, after } = split(tree, fresh.key);
    return withChildren(fresh, before, after);
  }
  return order < 0
    ? withChildren(tree, insert(tree.left, fresh), tree.right)
    : withChildren(tree, tree.left, insert(tree.right, fresh));
}

function remove(tree: Tree, key: Value): Tree {
  if (!tree) return undefined;
  const order = compareKeys(key, tree.key);
  if (order === 0) return join(tree.left, tree.right);
  return order < 0
    ? withChildren(tree, remove(tree.left, key), tree.right)
    : withChildren(tree, tree.left, remove(tree.right, key));
}

/** The nodes before and after a key that is not there. */
function split(tree: Tree, key: Value): { before: Tree; after: Tree } {
  if (!tree) return { before: undefined, after: undefined };
  if (compareKeys(key, tree.key) < 0) {
    const { before, after } = split(tree.left, key);
    return { before, after: withChildren(tree, after, tree.right) };
  }
  const { before, after } = split(tree.right, key);
  return { before: withChildren(tree, tree.left, before), after };
}

/** Two trees as one; all keys of the first come before those of the second. */
function join(first: Tree, second: Tree): Tree {
  if (!first) return second;
  if (!second) return first;
  return isAbove(first, second)
    ? withChildren(first, first.left, join(first.right, second))
    : withChildren(second, join(first, second.left), second.right);
}

/** Builds a tree along its right edge: in the order of the keys, in linear time. */
function build(entries: Iterable<readonly [Value, Value]>): Tree {
  const edge: Node[] = [];
  let last: Value;
  let isFirst = true;
  for (const [key, row] of entries) {
    if (!isFirst && compareKeys(last, key) >= 0) return buildUnordered(entries);
    [last, isFirst] = [key, false];
    const fresh = leaf(key, row);
    edge.push(withChildren(fresh, fold(edge, fresh), undefined));
  }
  return fold(edge, undefined);
}

/** Takes what belongs below a node off the edge, each with what follows it at its right. */
function fold(edge: Node[], above: Tree): Tree {
  let folded: Tree;
  for (;;) {
    const top = edge.at(-1);
    if (!top || (above && !isAbove(above, top))) return folded;
    folded = withChildren(top, top.left, folded);
    edge.pop();
  }
}

function buildUnordered(entries: Iterable<readonly [Value, Value]>): Tree {
  let tree: Tree;
  for (const [key, row] of entries) tree = insert(tree, leaf(key, row));
  return tree;
}

function* walk(tree: Tree): Iterable<Node> {
  const path: Node[] = [];
  let node = tree;
  while (node || path.length > 0) {
    for (; node; node = node.left) path.push(node);
    const next = path.pop();
    if (!next) return;
    yield next;
    node = next.right;
  }
}

/** Into a list: a generator that asks generators would cost each row its depth. */
function collectDifferences(before: Tree, after: Tree, found: RowDifference[]): void {
  if (before === after) return;
  if (!before || !after) {
    for (const node of walk(before)) found.push({ key: node.key, before: node, after: undefined });
    for (const node of walk(after)) found.push({ key: node.key, before: undefined, after: node });
  } else if (compareKeys(before.key, after.key) === 0) {
    collectDifferences(before.left, after.left, found);
    if (before.row !== after.row) found.push({ key: after.key, before, after });
    collectDifferences(before.right, after.right, found);
  } else if (isAbove(before, after)) {
    // Were its key in the other tree, it would stand above there, too.
    const others = split(after, before.key);
    collectDifferences(before.left, others.before, found);
    found.push({ key: before.key, before, after: undefined });
    collectDifferences(before.right, others.after, found);
  } else {
    const others = split(before, after.key);
    collectDifferences(others.before, after.left, found);
    found.push({ key: after.key, before: undefined, after });
    collectDifferences(others.after, after.right, found);
  }
}

function visitFresh(tree: Tree, visit: (key: Value, row: Value) => void): void {
  if (!tree || tree.isVisited) return;
  visitFresh(tree.left, visit);
  if (!tree.isRowVisited) visit(tree.key, tree.row);
  tree.isRowVisited = true;
  visitFresh(tree.right, visit);
  tree.isVisited = true;
}

function sumOfDigests(tree: Tree, digestOf: (key: Value, row: Value) => bigint): bigint {
  if (!tree) return 0n;
  if (tree.digest !== undefined) return tree.digest;
  tree.rowDigest ??= digestOf(tree.key, tree.row);
  tree.digest = BigInt.asUintN(
    DIGEST_BITS,
    tree.rowDigest + sumOfDigests(tree.left, digestOf) + sumOfDigests(tree.right, digestOf),
  );
  return tree.digest;
}
