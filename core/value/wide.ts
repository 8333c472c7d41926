import { FrozenMark } from './frozen-mark.ts';
import { OrderedEntries } from './ordered-entries.ts';
import type { PathSegment } from './path.ts';
import { sameSequence } from './sequence-difference.ts';
import { Table } from './table.ts';
import { Tuple } from './tuple.ts';
import type { PlainObject, Value } from './types.ts';
import { WideList } from './wide-list.ts';
import { WideMap, WideSet } from './wide-maps.ts';
import { placeOfKey, WideObject } from './wide-object.ts';

/**
 * Containers of a state with at least this many items may be wide: their versions share what they have
 * in common. Smaller ones are copied at a change, which is quicker than sharing.
 */
const WIDE_ITEMS_MIN = 512;
/** A container that has shrunk to fewer items is an ordinary one again. */
const KEPT_ITEMS_MIN = WIDE_ITEMS_MIN / 2;
/**
 * A list is read by index much when an index was read for so many items since its last change: its
 * items are then copied at changes, since reading a wide one by index takes longer.
 */
const ITEMS_PER_READ = 32;
/** For how many changes a list that is read by index much is an ordinary one. */
const ORDINARY_CHANGES = 256;

/** For ordinary containers with many items that were changed: how many changes more they stay so. */
const ordinaryChanges = new WeakMap<object, number>();

/**
 * The container that a changed copy is kept as. A container is wide from the second change on that an
 * update makes in it: what is never changed, or made anew at each step, stays as the author made it.
 */
export function afterChange(original: object, copy: object): object {
  const wide = WideList.of(original);
  if (wide && wide.indexReads * ITEMS_PER_READ > wide.size) return ordinaryList(copy);
  if (wideSize(copy) !== undefined) return suited(copy);
  if (!isLarge(copy)) return copy;
  const changes = ordinaryChanges.get(original);
  if (changes === 0) return suited(copy);
  ordinaryChanges.set(copy, (changes ?? 1) - 1);
  return copy;
}

function ordinaryList(copy: object): object {
  const list = WideList.of(copy)?.toList() ?? copy;
  ordinaryChanges.set(list, ORDINARY_CHANGES);
  return list;
}

const shared = new WeakMap<object, object>();

/** A frozen container in the form in which its versions share the most: the same at each call. */
export function sharedForm(value: object): object {
  if (wideSize(value) !== undefined || !isLarge(value)) return value;
  // It can be reached only from here, and is only copied.
  const known = shared.get(value) ?? FrozenMark.add(suited(value));
  shared.set(value, known);
  return known;
}

function isLarge(value: object): boolean {
  if (Array.isArray(value)) return value.length >= WIDE_ITEMS_MIN;
  if (value instanceof Map || value instanceof Set) return value.size >= WIDE_ITEMS_MIN;
  // Looks at no more keys than that takes.
  let count = 0;
  for (const _ in value) if ((count += 1) >= WIDE_ITEMS_MIN) return true;
  return false;
}

/** A wide container if it has many items, or else an ordinary one; the same if it is that already. */
export function suited(value: object): object {
  const size = wideSize(value);
  if (size !== undefined) return size < KEPT_ITEMS_MIN ? ordinary(value) : value;
  if (!isLarge(value) || value instanceof Table || value instanceof Tuple) return value;
  if (Array.isArray(value)) return WideList.from(value as readonly Value[]).facade;
  if (value instanceof Map) {
    return new WideMap(OrderedEntries.of(value as ReadonlyMap<Value, Value>));
  }
  if (value instanceof Set) {
    return new WideSet(OrderedEntries.of((value as ReadonlySet<Value>).entries()));
  }
  return new WideObject(OrderedEntries.of(Object.entries(value as PlainObject), placeOfKey)).facade;
}

function ordinary(value: object): object {
  if (value instanceof Map) return new Map(value);
  if (value instanceof Set) return new Set(value);
  return WideList.of(value)?.toList() ?? WideObject.of(value)?.toObject() ?? value;
}

/** How many items a wide container has; `undefined` for a value that is not one. */
export function wideSize(value: object): number | undefined {
  return (WideList.of(value) ?? entriesOfWide(value))?.size;
}

/**
 * Ends the changes of a wide container. Calls for each item, and each key of a Map, that may be new;
 * what is returned for an item takes its place.
 *
 * @returns false for a value that is not such a container.
 */
export function closeWide(
  value: object,
  settle: (segment: PathSegment, item: Value) => Value,
): boolean {
  const wide = WideList.of(value) ?? entriesOfWide(value);
  if (wide instanceof WideList) {
    if (wide.isOpen) wide.close(settle);
    return true;
  }
  if (!wide?.isOpen) return wide !== undefined;
  if (value instanceof Map) {
    wide.close((mapKey, item) => {
      settle({ mapKey }, mapKey);
      return settle({ mapKey }, item);
    });
  } else if (value instanceof Set) {
    wide.close((mapKey) => settle({ mapKey }, mapKey));
  } else {
    wide.close((key, item) => settle(key as string, item));
  }
  return true;
}

/** The entries of a wide Map, Set or object. */
export function entriesOfWide(value: object): OrderedEntries | undefined {
  return WideMap.entriesOf(value) ?? WideSet.entriesOf(value) ?? WideObject.of(value)?.entries;
}

/**
 * Whether two wide containers of the same kind hold the same; parts that both share are not looked at.
 *
 * @returns `undefined` when they are not both wide and of the same kind.
 */
export function sameWide(
  a: object,
  b: object,
  isSame: (one: unknown, other: unknown) => boolean,
): boolean | undefined {
  const [list, otherList] = [WideList.of(a), WideList.of(b)];
  if (list && otherList) return sameSequence(list.sequence, otherList.sequence, isSame);
  const [object, otherObject] = [WideObject.of(a), WideObject.of(b)];
  if (object && otherObject) return sameProperties(object.entries, otherObject.entries, isSame);
  const one = WideMap.entriesOf(a) ?? WideSet.entriesOf(a);
  const other = WideMap.entriesOf(b) ?? WideSet.entriesOf(b);
  if (!one || !other || a instanceof Map !== b instanceof Map) return undefined;
  return sameEntries(one, other, isSame);
}

/** Whether the entries are the same in the same order. */
function sameEntries(
  a: OrderedEntries,
  b: OrderedEntries,
  isSame: (one: unknown, other: unknown) => boolean,
): boolean {
  return sameSequence(
    a.sequence,
    b.sequence,
    (was, is) => was === is || (isSame(was.key, is.key) && isSame(was.value, is.value)),
  );
}

/** The order of keys does not count. */
function sameProperties(
  a: OrderedEntries,
  b: OrderedEntries,
  isSame: (one: unknown, other: unknown) => boolean,
): boolean {
  if (a.size !== b.size) return false;
  if (sameEntries(a, b, isSame)) return true;
  return a.differences(b).before.every(({ was, is }) => {
    const now = is ?? b.get(was.key);
    return now !== undefined && isSame(was.value, now.value);
  });
}
