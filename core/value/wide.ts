import { OrderedEntries } from './ordered-entries.ts';
import type { PathSegment } from './path.ts';
import { sameSequence } from './sequence.ts';
import { Table } from './table.ts';
import { Tuple } from './tuple.ts';
import type { PlainObject, Value } from './types.ts';
import { WideList } from './wide-list.ts';
import { WideMap, WideSet } from './wide-maps.ts';
import { placeOfKey, WideObject } from './wide-object.ts';

/**
 * Containers of a state with at least this many items are kept so that their versions share them.
 * Smaller ones are copied at a change, which is quicker than sharing.
 */
export const WIDE_ITEMS_MIN = 512;
/** A container that has shrunk to fewer items is an ordinary one again. */
const KEPT_ITEMS_MIN = WIDE_ITEMS_MIN / 2;

/** A container as it is kept in a state: wide if it has many items, or else an ordinary one. */
export function suited(value: object): object {
  if (Array.isArray(value)) return suitedList(value as readonly Value[]);
  if (value instanceof Map) {
    const entries = WideMap.entriesOf(value);
    if (entries) return entries.size < KEPT_ITEMS_MIN ? new Map(value) : value;
    if (value.size < WIDE_ITEMS_MIN || value instanceof Table) return value;
    return new WideMap(OrderedEntries.of(value as ReadonlyMap<Value, Value>));
  }
  if (value instanceof Set) {
    const entries = WideSet.entriesOf(value);
    if (entries) return entries.size < KEPT_ITEMS_MIN ? new Set(value) : value;
    if (value.size < WIDE_ITEMS_MIN) return value;
    return new WideSet(OrderedEntries.of((value as ReadonlySet<Value>).entries()));
  }
  const wide = WideObject.of(value);
  if (wide) return wide.entries.size < KEPT_ITEMS_MIN ? wide.toObject() : value;
  if (!hasManyKeys(value)) return value;
  const pairs = Object.entries(value as PlainObject);
  return new WideObject(OrderedEntries.of(pairs, placeOfKey)).facade;
}

/** Whether an object is to be kept as a wide one. Looks at no more keys than that takes. */
export function hasManyKeys(value: object): boolean {
  let count = 0;
  for (const _ in value) if ((count += 1) >= WIDE_ITEMS_MIN) return true;
  return false;
}

function suitedList(value: readonly Value[]): readonly Value[] {
  const wide = WideList.of(value);
  if (wide) return wide.size < KEPT_ITEMS_MIN ? wide.toList() : value;
  if (value.length < WIDE_ITEMS_MIN || value instanceof Tuple) return value;
  return WideList.from(value).facade;
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
  return sameSequence(
    one.sequence,
    other.sequence,
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
  return a.differences(b).before.every(({ was, is }) => {
    const now = is ?? b.get(was.key);
    return now !== undefined && isSame(was.value, now.value);
  });
}
