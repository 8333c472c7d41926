import { startOf, type Branch, type Sequence, type SequenceNode } from './sequence.ts';

/** Returns the place of an item in the order of a sequence: a number that grows from item to item. */
type PlaceOf<Item> = (item: Item) => number;

/** The index of the first item that is not before a place, in a sequence that has an order. */
export function searchSequence<Item>(
  sequence: Sequence<Item>,
  place: number,
  placeOf: PlaceOf<Item>,
): number {
  let node = sequence;
  let start = 0;
  let begin: number | undefined;
  while (node && !node.isLeaf) {
    const begins = beginsOf(node, placeOf);
    const at = lastNotAfter(begins, place);
    begin = begins[at];
    start += startOf(node, at);
    node = node.children[at];
  }
  if (!node) return start;
  // To look into an item costs more than all of this, if it is in none of the caches.
  begin ??= placeOf(node.items[0] as Item);
  return start + searchItems(node.items, place, placeOf, begin);
}

function beginsOf<Item>(node: Branch<Item>, placeOf: PlaceOf<Item>): readonly number[] {
  return (node.begins ??= node.children.map((child) => placeOf(firstItem(child))));
}

/** The index of the last beginning that is not after a place; the first one if there is none. */
function lastNotAfter(begins: readonly number[], place: number): number {
  let low = 0;
  let high = begins.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((begins[middle] ?? 0) > place) high = middle - 1;
    else low = middle;
  }
  return low;
}

/** @param begin the place of the first item. */
function searchItems<Item>(
  items: readonly Item[],
  place: number,
  placeOf: PlaceOf<Item>,
  begin: number,
): number {
  // Most neighbours have neighbouring places.
  const likely = place - begin;
  if (likely >= 0 && likely < items.length && placeOf(items[likely] as Item) === place) {
    return likely;
  }
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (placeOf(items[middle] as Item) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

function firstItem<Item>(sequence: SequenceNode<Item>): Item {
  let node = sequence;
  while (!node.isLeaf) node = node.children[0] as SequenceNode<Item>;
  return node.items[0] as Item;
}
