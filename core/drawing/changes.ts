import { itemsOf, type Drawing, type DrawnItem } from './drawing.ts';

/** What happened to an item of a drawing since another step. */
export type Change = 'new' | 'changed';

/** The differences between two drawings of one view. */
export interface DrawingChanges {
  /** By the ids of the items of the later drawing. */
  readonly marks: ReadonlyMap<string, Change>;
  /** The ids of the items that only the earlier drawing has, in their order. */
  readonly gone: ReadonlySet<string>;
}

/** Of a drawing that is compared with nothing. */
export const UNCHANGED: DrawingChanges = { marks: new Map(), gone: new Set() };

/** Compares two drawings item by item. Drawings of different forms have nothing in common. */
export function changesBetween(before: Drawing | undefined, after: Drawing): DrawingChanges {
  if (!before || before.kind !== after.kind) return UNCHANGED;
  const earlier = new Map(itemsOf(before).map((item) => [item.id, item]));
  const marks = new Map<string, Change>();
  for (const item of itemsOf(after)) {
    const known = earlier.get(item.id);
    if (!known) marks.set(item.id, 'new');
    else if (!isSame(known, item)) marks.set(item.id, 'changed');
    earlier.delete(item.id);
  }
  return { marks, gone: new Set(earlier.keys()) };
}

/**
 * Whether two items say the same. A tone judges an item, often by what is beside it, and is seen by itself: a booking
 * that another one now overlaps is the booking that it was. Drawings are plain JSON with their fields in a fixed order.
 */
function isSame({ tone: _, ...one }: DrawnItem, { tone: _other, ...other }: DrawnItem): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/**
 * A list of items with those that are gone, each after the one that it came after.
 *
 * @param before the items of the earlier drawing.
 */
export function withGone<Item extends DrawnItem>(
  before: readonly Item[],
  after: readonly Item[],
  { gone }: DrawingChanges,
): readonly Item[] {
  if (gone.size === 0) return after;
  const following = new Map<string | undefined, Item[]>();
  let anchor: string | undefined;
  for (const item of before) {
    if (gone.has(item.id)) following.set(anchor, [...(following.get(anchor) ?? []), item]);
    else anchor = item.id;
  }
  return [
    ...(following.get(undefined) ?? []),
    ...after.flatMap((item) => [item, ...(following.get(item.id) ?? [])]),
  ];
}
