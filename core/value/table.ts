import { collectDifferences, type RowDifference } from './row-differences.ts';
import {
  build,
  entryAt,
  find,
  insert,
  rankOf,
  remove,
  sumOfDigests,
  visitFresh,
  walk,
  type Tree,
} from './row-tree.ts';
import { levelOf } from './table-key.ts';
import type { Value } from './types.ts';

/**
 * Rows by key, such as a table of a database by its primary key: a Map that is always in the order
 * of its keys, finds keys by content, and can be copied at no cost. Copies share what they have in
 * common, so that the versions of a table over a run cost what its steps touched, however many
 * rows there are.
 *
 * Keys are null, booleans, numbers, bigints, texts, or lists of these.
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
    const found = find(this.#root, key);
    return found?.own.rows[found.at];
  }

  override has(key: Value): boolean {
    return find(this.#root, key) !== undefined;
  }

  /** The row at a place in the order of the keys, from 0; `undefined` when there is none. */
  entryAt(position: number): readonly [key: Value, row: Value] | undefined {
    return position < 0 ? undefined : entryAt(this.#root, position);
  }

  /** How many keys come before a key, which need not be there. */
  rankOf(key: Value): number {
    return rankOf(this.#root, key);
  }

  override set(key: Value, row: Value): this {
    this.#root = insert(this.#root, key, row, levelOf(key));
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

// Whoever asks a table what it is gets what its author sees: a Map.
Object.defineProperty(Table.prototype, 'constructor', { value: Map });
