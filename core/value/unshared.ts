import { containerOf } from './container.ts';
import type { OrderedEntries } from './ordered-entries.ts';
import type { PathSegment } from './path.ts';
import { differingRuns } from './sequence-difference.ts';
import { itemAt } from './sequence.ts';
import type { Value } from './types.ts';
import { WideList } from './wide-list.ts';
import { entriesOfWide } from './wide.ts';

/** The items that a part of a wide container takes that two versions do not share. */
const PART_ITEMS = 16;

/**
 * The number of items in the containers of a state that another state does not share with it, which is
 * the memory that keeping it takes besides the other one. Costs no more than there are such items.
 *
 * @param max where counting ends: more than that is returned as any number above it.
 */
export function countUnshared(kept: Value, state: Value, max: number): number {
  const open: { readonly was: Value; readonly is: Value & object }[] = [];
  const inside = (was: Value, is: Value) => {
    if (was !== is && typeof is === 'object' && is !== null) open.push({ was, is });
  };
  inside(kept, state);
  let count = 0;
  for (let pair = open.pop(); pair && count <= max; pair = open.pop()) {
    count += unsharedItems(pair.was, pair.is, inside);
  }
  return count;
}

/** Calls for each item that may have unshared items itself. Returns the number of a container's own. */
function unsharedItems(
  was: Value,
  is: Value & object,
  inside: (was: Value, is: Value) => void,
): number {
  const [older, newer] = [containerOf(was), containerOf(is)];
  if (!newer) return 0;
  if (older?.kind === 'table' && newer.kind === 'table') {
    let rows = 0;
    for (const { before, after } of older.value.differences(newer.value)) {
      rows += PART_ITEMS;
      inside(before?.row, after?.row);
    }
    return rows;
  }
  const [list, otherList] = [asList(was), asList(is)];
  if (list && otherList) {
    let items = 0;
    for (const { before, after } of differingRuns(list.sequence, otherList.sequence)) {
      items += after.to - after.from + PART_ITEMS;
      for (let at = after.from; at < after.to; at += 1) {
        const behind = before.from + at - after.from;
        const item = behind < before.to ? itemAt(list.sequence, behind) : undefined;
        inside(item, itemAt(otherList.sequence, at));
      }
    }
    return items;
  }
  const [entries, otherEntries] = [asEntries(was), entriesOfWide(is)];
  if (entries && otherEntries) {
    const { before, added } = entries.differences(otherEntries);
    for (const pair of before) inside(pair.was.value, pair.is?.value);
    for (const entry of added) inside(entries.get(entry.key)?.value, entry.value);
    return PART_ITEMS * (before.length + added.length);
  }
  for (const [segment, item] of newer.entries()) inside(itemUnder(was, segment), item);
  return newer.size;
}

function asList(value: Value): WideList | undefined {
  return typeof value === 'object' && value !== null ? WideList.of(value) : undefined;
}

function asEntries(value: Value): OrderedEntries | undefined {
  return typeof value === 'object' && value !== null ? entriesOfWide(value) : undefined;
}

/** By identity: a key that is another object of the same content is not shared. */
function itemUnder(value: Value, segment: PathSegment): Value {
  if (typeof segment !== 'object') {
    const item = containerOf(value)?.get(segment);
    return item?.found ? item.value : undefined;
  }
  if (value instanceof Map) return (value as ReadonlyMap<Value, Value>).get(segment.mapKey);
  return value instanceof Set && value.has(segment.mapKey) ? segment.mapKey : undefined;
}
