import { newEdit, refuseWrite, type Edit } from './edit.ts';
import { Given } from './given.ts';
import { SequenceWalk } from './sequence-walk.ts';
import {
  itemAt,
  sequenceOf,
  settleFresh,
  sizeOf,
  someLeaf,
  toList,
  withItem,
  withRange,
  type Sequence,
} from './sequence.ts';
import type { Value } from './types.ts';

/** A property of drafts, by which they are known. */
export const DRAFT = Symbol('draft');

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** Keeps the list behind a facade in that itself. */
class ListFacade extends Given {
  static isAnyMade = false;
  readonly #list: WideList;

  private constructor(facade: readonly Value[], list: WideList) {
    super(facade);
    this.#list = list;
  }

  static make(list: WideList): readonly Value[] {
    ListFacade.isAnyMade = true;
    const facade = new Proxy(targetOfFacade(), list);
    return new ListFacade(facade, list) as object as typeof facade;
  }

  static listOf(value: object): WideList | undefined {
    return ListFacade.isAnyMade && #list in value ? value.#list : undefined;
  }
}

/**
 * A list with many items, whose versions share what they have in common. An author sees its `facade`,
 * which is an array to the language: reading by index, iterating and all methods work as on one.
 * Only a proxy can be that without copying the items at each change. It makes a read by index slower;
 * what reads the whole list goes through the items themselves, as quickly as with an array.
 */
export class WideList implements ProxyHandler<Value[]> {
  readonly facade: readonly Value[];
  #sequence: Sequence<Value>;
  /** Absent once the list can no longer change. */
  #edit: Edit | undefined;
  #indexReads = 0;

  /** @param edit the one by which the sequence was changed before. */
  constructor(sequence: Sequence<Value>, edit = newEdit()) {
    this.#sequence = sequence;
    this.#edit = edit;
    this.facade = ListFacade.make(this);
  }

  /** An open list of some items. */
  static from(items: readonly Value[]): WideList {
    const edit = newEdit();
    return new WideList(sequenceOf(items, edit), edit);
  }

  /** The list behind a facade. */
  static of(value: object): WideList | undefined {
    return ListFacade.listOf(value);
  }

  /** The same items, which can be changed for themselves. */
  copy(): WideList {
    return new WideList(this.#sequence);
  }

  /** A list for which the changes of this one go on: this one must not be changed any more. */
  successor(): WideList {
    return new WideList(this.#sequence, this.#openEdit());
  }

  get isOpen(): boolean {
    return this.#edit !== undefined;
  }

  get sequence(): Sequence<Value> {
    return this.#sequence;
  }

  /** How often an author has read an item by its index. */
  get indexReads(): number {
    return this.#indexReads;
  }

  get size(): number {
    return sizeOf(this.#sequence);
  }

  /** The item at an index, or `undefined` beyond the end. */
  at(index: number): Value {
    return index < this.size ? itemAt(this.#sequence, index) : undefined;
  }

  /** Puts an item at an index, which may be the one after the last. */
  put(index: number, item: Value): void {
    const edit = this.#openEdit();
    this.#sequence =
      this.#sequence && index < this.size
        ? withItem(this.#sequence, index, item, edit)
        : withRange(this.#sequence, index, index, [item], edit);
  }

  /** Replaces a stretch of the list. */
  splice(index: number, removed: number, inserted: readonly Value[]): void {
    this.#sequence = withRange(this.#sequence, index, index + removed, inserted, this.#openEdit());
  }

  /** The items from one index to before another, as a new list. */
  slice(from: number, to: number): Value[] {
    if (to - from > this.size / 2) return this.toList().slice(from, to);
    return Array.from({ length: Math.max(0, to - from) }, (_, at) => this.at(from + at));
  }

  /** All items as a new list. */
  toList(): Value[] {
    return toList(this.#sequence);
  }

  /**
   * Ends the changes. Calls for each item that may be new since the list was opened; what is returned
   * takes its place.
   */
  close(settle: (index: number, item: Value) => Value): void {
    settleFresh(this.#sequence, this.#openEdit(), (item, index) => settle(index, item));
    this.#edit = undefined;
  }

  get(target: Value[], key: string | symbol): unknown {
    const index = indexOf(key);
    if (index !== undefined) {
      this.#indexReads += 1;
      return this.at(index);
    }
    if (key === 'length') return this.size;
    if (Object.hasOwn(READERS, key)) return READERS[key];
    return Reflect.get(target, key) as unknown;
  }

  has(target: Value[], key: string | symbol): boolean {
    const index = indexOf(key);
    return index === undefined ? Reflect.has(target, key) : index < this.size;
  }

  ownKeys(): string[] {
    return [...Array.from({ length: this.size }, (_, index) => String(index)), 'length'];
  }

  getOwnPropertyDescriptor(_: Value[], key: string | symbol): PropertyDescriptor | undefined {
    if (key === 'length') {
      return { value: this.size, writable: true, enumerable: false, configurable: false };
    }
    const index = indexOf(key);
    if (index === undefined || index >= this.size) return undefined;
    return { value: this.at(index), writable: this.isOpen, enumerable: true, configurable: true };
  }

  set(_: Value[], key: string | symbol, item: Value): boolean {
    const index = indexOf(key);
    if (!this.isOpen || index === undefined) return refuseWrite();
    this.put(index, item);
    return true;
  }

  deleteProperty(): boolean {
    return refuseWrite();
  }

  defineProperty(): boolean {
    return refuseWrite();
  }

  setPrototypeOf(): boolean {
    return refuseWrite();
  }

  preventExtensions(): boolean {
    // Object.freeze does no harm: nothing can be written to the list anyway.
    return refuseWrite();
  }

  #openEdit(): Edit {
    return this.#edit ?? refuseWrite();
  }
}

/** What a proxy stands for: Node prints this. */
function targetOfFacade(): Value[] {
  const target: Value[] & { [INSPECT]?: unknown } = [];
  target[INSPECT] = inspected;
  return target;
}

function inspected(this: readonly Value[]): readonly Value[] {
  return listOf(this).toList();
}

/** The index that a property key is. */
export function indexOf(key: string | symbol): number | undefined {
  if (typeof key === 'symbol') return undefined;
  const first = key.charCodeAt(0);
  // Nearly all keys that are not an index do not begin with a digit.
  if (!(first >= 48 && first <= 57)) return undefined;
  const index = Number(key);
  return String(index) === key && Number.isInteger(index) ? index : undefined;
}

type Test = (item: Value, index: number, list: readonly Value[]) => unknown;

function listOf(facade: unknown): WideList {
  const list = ListFacade.listOf(Object(facade) as object);
  if (!list) throw new TypeError('The method of a list was called on something else');
  return list;
}

/** The index of the first item for which a test holds, or -1. */
function search(facade: readonly Value[], test: Test, thisArg: unknown): number {
  let index = -1;
  const isFound = someLeaf(listOf(facade).sequence, (items) => {
    for (const item of items) {
      index += 1;
      if (test.call(thisArg, item, index, facade)) return true;
    }
    return false;
  });
  return isFound ? index : -1;
}

class ItemWalk extends SequenceWalk<Value, Value> {
  next(): IteratorResult<Value, undefined> {
    if (this.at >= this.items.length && !this.toNextLeaf()) return { done: true, value: undefined };
    return { done: false, value: this.items[this.at++] };
  }
}

class IndexWalk extends SequenceWalk<Value, [number, Value]> {
  next(): IteratorResult<[number, Value], undefined> {
    if (this.at >= this.items.length && !this.toNextLeaf()) return { done: true, value: undefined };
    const at = this.at++;
    return { done: false, value: [this.passed + at, this.items[at]] };
  }
}

/** The methods that need not read the whole list: they go through the items as far as they have to. */
const SEARCHES = {
  every(this: readonly Value[], test: Test, thisArg?: unknown): boolean {
    return search(this, (item, at, list) => !test.call(thisArg, item, at, list), undefined) === -1;
  },
  some(this: readonly Value[], test: Test, thisArg?: unknown): boolean {
    return search(this, test, thisArg) !== -1;
  },
  find(this: readonly Value[], test: Test, thisArg?: unknown): Value {
    const at = search(this, test, thisArg);
    return at === -1 ? undefined : listOf(this).at(at);
  },
  findIndex(this: readonly Value[], test: Test, thisArg?: unknown): number {
    return search(this, test, thisArg);
  },
  forEach(this: readonly Value[], visit: Test, thisArg?: unknown): void {
    search(this, (item, at, list) => void visit.call(thisArg, item, at, list), undefined);
  },
  values(this: readonly Value[]): IterableIterator<Value> {
    return new ItemWalk(listOf(this).sequence);
  },
  [Symbol.iterator](this: readonly Value[]): IterableIterator<Value> {
    return new ItemWalk(listOf(this).sequence);
  },
  entries(this: readonly Value[]): IterableIterator<[number, Value]> {
    return new IndexWalk(listOf(this).sequence);
  },
  slice(this: readonly Value[], from?: number, to?: number): Value[] {
    const list = listOf(this);
    return list.slice(boundOf(from, list.size, 0), boundOf(to, list.size, list.size));
  },
};

/** The methods that read most of the list anyway: they are those of an array with the same items. */
const WHOLE = [
  'concat',
  'filter',
  'flat',
  'flatMap',
  'includes',
  'indexOf',
  'join',
  'lastIndexOf',
  'map',
  'reduce',
  'reduceRight',
  'toReversed',
  'toSorted',
  'toSpliced',
  'toString',
  'with',
] as const;

function readWhole(name: (typeof WHOLE)[number]): unknown {
  const method: unknown = Array.prototype[name];
  return function (this: readonly Value[], ...args: unknown[]): unknown {
    return Reflect.apply(method as () => unknown, listOf(this).toList(), args);
  };
}

const READERS: Readonly<Record<string | symbol, unknown>> = Object.assign(
  Object.fromEntries(WHOLE.map((name) => [name, readWhole(name)])),
  SEARCHES,
);

/** An index as the methods of arrays take it: negative ones count from the end. */
export function boundOf(given: unknown, length: number, absent: number): number {
  if (given === undefined) return absent;
  const bound = Math.trunc(Number(given)) || 0;
  return bound < 0 ? Math.max(0, length + bound) : Math.min(bound, length);
}
