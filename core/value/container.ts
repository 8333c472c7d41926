import { findByContent, OwnKeys, type Keys } from './content-index.ts';
import { spend } from './effort.ts';
import type { Path, PathSegment } from './path.ts';
import { setOwn } from './set-own.ts';
import { Table } from './table.ts';
import { Tuple } from './tuple.ts';
import { fromEntries, isPlainObject, sameValue, type PlainObject, type Value } from './value.ts';
import { WideList } from './wide-list.ts';
import { WideMap, WideSet } from './wide-maps.ts';
import { WideObject } from './wide-object.ts';

/** The effort of copying an item of a list, an entry of another container, and a container that is shared. */
const ITEM_EFFORT = 2;
const ENTRY_EFFORT = 60;
const SHARED_EFFORT = 1_000;

/** The kinds of values that hold others. */
export type ContainerKind = 'list' | 'object' | 'map' | 'set' | 'table';

/** What is at a place of a value. */
export type Lookup = { readonly found: true; readonly value: Value } | { readonly found: false };

const NOT_FOUND: Lookup = { found: false };

/**
 * A value that holds others, with one set of operations for every kind. Its `kind` names which
 * `value` it is. The segments of a list are indices, those of an object are names, and those of Maps,
 * Sets and tables are `{ mapKey }`, found by content.
 */
export type Container =
  | ListContainer
  | ObjectContainer
  | MapContainer
  | SetContainer
  | TableContainer;

interface Operations {
  /** The number of items. */
  readonly size: number;
  /** The items in order, each with its segment; a member of a Set is both. */
  entries(): Iterable<readonly [PathSegment, Value]>;
  /** The item at a segment. */
  get(segment: PathSegment): Lookup;
  /** Whether an item that is not there can be added at a segment. */
  accepts(segment: PathSegment): boolean;
  /** A shallow copy, which may be written to. */
  copy(): Container;
  /** Replaces the item at a segment, or adds it at the end. Only for copies. */
  set(segment: PathSegment, item: Value): void;
  /** Removes the item at a segment. Only for copies, and not for lists. */
  remove(segment: PathSegment): void;
  /** A container of the same kind and keys with other items. */
  map(change: (item: Value, segment: PathSegment) => Value): Value;
}

/** The container that a value is; `undefined` for a value that holds no others. */
export function containerOf(value: unknown): Container | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return new ListContainer(value as readonly Value[]);
  if (isPlainObject(value)) return new ObjectContainer(value);
  if (value instanceof Table) return new TableContainer(value);
  if (value instanceof Map) return new MapContainer(value as ReadonlyMap<Value, Value>);
  return value instanceof Set ? new SetContainer(value as ReadonlySet<Value>) : undefined;
}

/** Whether a value holds others. */
export function isContainer(value: Value): value is Value & object {
  return typeof value === 'object' && value !== null;
}

/** Looks up what is at a path of a value. */
export function valueAt(root: Value, path: Path): Lookup {
  let value = root;
  for (const segment of path) {
    const item = containerOf(value)?.get(segment);
    if (!item?.found) return NOT_FOUND;
    ({ value } = item);
  }
  return { found: true, value };
}

/** Whether the same data was found twice, or nothing both times. */
export function sameLookup(a: Lookup, b: Lookup): boolean {
  return a.found && b.found ? sameValue(a.value, b.value) : a.found === b.found;
}

/**
 * The key of a Map, or member of a Set, that a path means: the key itself, or else the first one of the
 * same content. A Map finds objects by identity, but a path that was read from a file has copies.
 *
 * @param own for the keys of a copy that only its container changes.
 */
export function findKey(
  keys: Keys,
  wanted: Value,
  own?: OwnKeys,
): { readonly key: Value } | undefined {
  if (keys.has(wanted)) return { key: wanted };
  // A table finds its keys by content itself, and no two primitives have the same content.
  if (keys instanceof Table || !isContainer(wanted)) return undefined;
  return own ? own.find(wanted) : findByContent(keys, wanted);
}

class ListContainer implements Operations {
  readonly kind = 'list';
  readonly value: readonly Value[];

  constructor(value: readonly Value[]) {
    this.value = value;
  }

  get size(): number {
    return this.value.length;
  }

  entries(): Iterable<readonly [number, Value]> {
    return this.value.entries();
  }

  get(segment: PathSegment): Lookup {
    return typeof segment === 'number' && Object.hasOwn(this.value, segment)
      ? { found: true, value: this.value[segment] }
      : NOT_FOUND;
  }

  accepts(): boolean {
    return false;
  }

  copy(): Container {
    const wide = WideList.of(this.value);
    spend(wide ? SHARED_EFFORT : this.size * ITEM_EFFORT);
    return new ListContainer(wide?.copy().facade ?? copyOfList(this.value));
  }

  set(segment: PathSegment, item: Value): void {
    (this.value as Value[])[segment as number] = item;
  }

  remove(): never {
    throw new Error('An item of a list is removed by a splice');
  }

  /** Replaces a stretch of the list. Only for copies. */
  splice(index: number, removed: number, inserted: readonly Value[]): void {
    const wide = WideList.of(this.value);
    if (wide) return wide.splice(index, removed, inserted);
    const items = this.value as Value[];
    spend((items.length - index) * ITEM_EFFORT);
    spliceItems(items, index, removed, inserted);
  }

  map(change: (item: Value, segment: PathSegment) => Value): readonly Value[] {
    return this.value.map((item, index) => change(item, index));
  }
}

/** Not by `slice`, which takes ten times longer for the items of a subclass of Array. */
function copyOfList(list: readonly Value[]): readonly Value[] {
  if (!(list instanceof Tuple)) return list.slice();
  const items: readonly Value[] = list;
  const copy = new Tuple<Value>(items.length);
  for (let at = 0; at < items.length; at += 1) copy[at] = items[at];
  return copy;
}

/**
 * `Array.prototype.splice` in place, which takes some hundred times longer for a subclass of Array, and
 * takes no more items than a call has arguments.
 */
function spliceItems(
  items: Value[],
  index: number,
  removed: number,
  inserted: readonly Value[],
): void {
  const end = items.length;
  const shift = inserted.length - removed;
  // Appended one by one, so that no place is without an item.
  for (let more = 0; more < shift; more += 1) items.push(undefined);
  if (shift > 0)
    for (let at = end - 1; at >= index + removed; at -= 1) items[at + shift] = items[at];
  if (shift < 0) for (let at = index + removed; at < end; at += 1) items[at + shift] = items[at];
  items.length = end + shift;
  for (let at = 0; at < inserted.length; at += 1) items[index + at] = inserted[at];
}

class ObjectContainer implements Operations {
  readonly kind = 'object';
  readonly value: PlainObject;

  constructor(value: PlainObject) {
    this.value = value;
  }

  get size(): number {
    return WideObject.of(this.value)?.entries.size ?? Object.keys(this.value).length;
  }

  entries(): Iterable<readonly [string, Value]> {
    return Object.entries(this.value);
  }

  get(segment: PathSegment): Lookup {
    return typeof segment === 'string' && Object.hasOwn(this.value, segment)
      ? { found: true, value: this.value[segment] }
      : NOT_FOUND;
  }

  accepts(segment: PathSegment): boolean {
    return typeof segment === 'string';
  }

  copy(): Container {
    const wide = WideObject.of(this.value);
    spend(wide ? SHARED_EFFORT : this.size * ENTRY_EFFORT);
    return new ObjectContainer(wide?.copy().facade ?? { ...this.value });
  }

  set(segment: PathSegment, item: Value): void {
    setOwn(this.value as Record<string, Value>, segment as string, item);
  }

  remove(segment: PathSegment): void {
    delete (this.value as Record<string, Value>)[segment as string];
  }

  map(change: (item: Value, segment: PathSegment) => Value): PlainObject {
    const entries = Object.entries(this.value);
    return fromEntries(entries.map(([key, item]) => [key, change(item, key)] as const));
  }
}

abstract class KeyedContainer<Keyed extends ReadonlyMap<Value, Value>> {
  readonly value: Keyed;
  /** For a copy, which is changed only here. */
  readonly #own: OwnKeys | undefined;
  #last: { readonly wanted: Value; readonly found: { readonly key: Value } } | undefined;

  /** @param original what it is a copy of. */
  constructor(value: Keyed, original?: Keyed) {
    this.value = value;
    this.#own = original && new OwnKeys(value, original);
  }

  get size(): number {
    return this.value.size;
  }

  *entries(): Iterable<readonly [PathSegment, Value]> {
    for (const [mapKey, item] of this.value) yield [{ mapKey }, item];
  }

  get(segment: PathSegment): Lookup {
    const found = typeof segment === 'object' ? this.#find(segment.mapKey) : undefined;
    return found ? { found: true, value: this.value.get(found.key) } : NOT_FOUND;
  }

  accepts(segment: PathSegment): boolean {
    return typeof segment === 'object';
  }

  set(segment: PathSegment, item: Value): void {
    const { mapKey } = segment as { readonly mapKey: Value };
    const found = this.#find(mapKey);
    this.#writable.set((found ?? { key: mapKey }).key, item);
    if (!found) this.#own?.noteAdded(mapKey);
  }

  remove(segment: PathSegment): void {
    const found = this.#find((segment as { readonly mapKey: Value }).mapKey);
    if (!found) return;
    this.#writable.delete(found.key);
    this.#own?.noteRemoved(found.key);
  }

  /** A key is looked up before its entry is changed: it is found only once. */
  #find(wanted: Value): { readonly key: Value } | undefined {
    const last = this.#last;
    if (last && last.wanted === wanted && this.value.has(last.found.key)) return last.found;
    const found = findKey(this.value, wanted, this.#own);
    this.#last = found && { wanted, found };
    return found;
  }

  protected *mapped(
    change: (item: Value, segment: PathSegment) => Value,
  ): Iterable<readonly [Value, Value]> {
    for (const [mapKey, item] of this.value) yield [mapKey, change(item, { mapKey })];
  }

  get #writable(): Map<Value, Value> {
    return this.value as ReadonlyMap<Value, Value> as Map<Value, Value>;
  }
}

class MapContainer extends KeyedContainer<ReadonlyMap<Value, Value>> implements Operations {
  readonly kind = 'map';

  copy(): Container {
    const entries = WideMap.entriesOf(this.value);
    spend(entries ? SHARED_EFFORT : this.size * ENTRY_EFFORT);
    const copy = entries ? new WideMap(entries.copy()) : new Map(this.value);
    return new MapContainer(copy, this.value);
  }

  map(change: (item: Value, segment: PathSegment) => Value): ReadonlyMap<Value, Value> {
    return new Map(this.mapped(change));
  }
}

class TableContainer extends KeyedContainer<Table> implements Operations {
  readonly kind = 'table';

  copy(): Container {
    return new TableContainer(this.value.copy(), this.value);
  }

  map(change: (item: Value, segment: PathSegment) => Value): Table {
    return new Table(this.mapped(change));
  }
}

class SetContainer implements Operations {
  readonly kind = 'set';
  readonly value: ReadonlySet<Value>;
  /** For a copy, which is changed only here. */
  readonly #own: OwnKeys | undefined;

  /** @param original what it is a copy of. */
  constructor(value: ReadonlySet<Value>, original?: ReadonlySet<Value>) {
    this.value = value;
    this.#own = original && new OwnKeys(value, original);
  }

  get size(): number {
    return this.value.size;
  }

  *entries(): Iterable<readonly [PathSegment, Value]> {
    for (const mapKey of this.value) yield [{ mapKey }, mapKey];
  }

  get(segment: PathSegment): Lookup {
    const found = typeof segment === 'object' ? this.#find(segment.mapKey) : undefined;
    return found ? { found: true, value: found.key } : NOT_FOUND;
  }

  accepts(segment: PathSegment): boolean {
    return typeof segment === 'object';
  }

  copy(): Container {
    const entries = WideSet.entriesOf(this.value);
    spend(entries ? SHARED_EFFORT : this.size * ENTRY_EFFORT);
    const copy = entries ? new WideSet(entries.copy()) : new Set(this.value);
    return new SetContainer(copy, this.value);
  }

  set(_: PathSegment, item: Value): void {
    if (this.value.has(item)) return;
    (this.value as Set<Value>).add(item);
    this.#own?.noteAdded(item);
  }

  remove(segment: PathSegment): void {
    const found = this.#find((segment as { readonly mapKey: Value }).mapKey);
    if (!found) return;
    (this.value as Set<Value>).delete(found.key);
    this.#own?.noteRemoved(found.key);
  }

  #find(wanted: Value): { readonly key: Value } | undefined {
    return findKey(this.value, wanted, this.#own);
  }

  map(change: (item: Value, segment: PathSegment) => Value): ReadonlySet<Value> {
    return new Set([...this.value].map((mapKey) => change(mapKey, { mapKey })));
  }
}
