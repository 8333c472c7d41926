import { isContainer } from './container.ts';
import { digestOf } from './hash.ts';
import { differingRuns } from './sequence-difference.ts';
import { sameValue, type Value } from './value.ts';
import { WideList } from './wide-list.ts';

/** A stretch of a list that differs: items `[from, to)` before gave way to `[from, to)` after. */
export interface Stretch {
  readonly before: { readonly from: number; readonly to: number };
  readonly after: { readonly from: number; readonly to: number };
}

/**
 * The most items, taken out and put in together, that are searched for. The search costs their square,
 * at every step of a machine that makes a new list: in lists that differ in more, items are found by
 * their content.
 */
const EDITS_MAX = 32;

/**
 * The stretches in which two lists differ, in order, so that as few items as possible are in them.
 * What is between them is the same in both.
 */
export function differingStretches(
  before: readonly Value[],
  after: readonly Value[],
): readonly Stretch[] {
  const [older, newer] = [WideList.of(before), WideList.of(after)];
  if (older && newer) return stretchesOfWide(older, newer);
  // Reading a wide list by its indices would count as a reading of its author's.
  return stretchesOfOrdinary(older?.toList() ?? before, newer?.toList() ?? after);
}

function stretchesOfOrdinary(
  before: readonly Value[],
  after: readonly Value[],
): readonly Stretch[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && sameValue(before[start], after[start])) start += 1;
  let tail = 0;
  while (
    tail < shorter - start &&
    sameValue(before[before.length - 1 - tail], after[after.length - 1 - tail])
  ) {
    tail += 1;
  }
  const [beforeEnd, afterEnd] = [before.length - tail, after.length - tail];
  const middle = [{ before: { from: start, to: beforeEnd }, after: { from: start, to: afterEnd } }];
  if (beforeEnd === start && afterEnd === start) return [];
  if (beforeEnd === start || afterEnd === start) return middle;
  const trace = shortestEdit(before.slice(start, beforeEnd), after.slice(start, afterEnd));
  return trace
    ? stretchesOf(trace, start, beforeEnd - start, afterEnd - start)
    : stretchesBetween(itemsInBoth(before, after), before, after);
}

/** As {@link differingStretches}, at the cost of what was changed. */
function stretchesOfWide(older: WideList, newer: WideList): readonly Stretch[] {
  return differingRuns(older.sequence, newer.sequence).flatMap(({ before, after }) =>
    differingStretches(older.slice(before.from, before.to), newer.slice(after.from, after.to)).map(
      (stretch) => ({
        before: shifted(stretch.before, before.from),
        after: shifted(stretch.after, after.from),
      }),
    ),
  );
}

function shifted({ from, to }: Stretch['before'], by: number): Stretch['before'] {
  return { from: from + by, to: to + by };
}

/** The places of an item before and after. */
type Anchor = readonly [number, number];

/**
 * The items that are once in either list and in the same order in both, as many as possible: a patience
 * diff, which is not the shortest, but costs little more than its lists are long.
 */
function itemsInBoth(before: readonly Value[], after: readonly Value[]): readonly Anchor[] {
  const places = placesOfSingles(before);
  const pairs = [...placesOfSingles(after)].flatMap(([item, at]): Anchor[] => {
    const was = places.get(item);
    return was !== undefined && sameValue(before[was], after[at]) ? [[was, at]] : [];
  });
  return longestRising(pairs);
}

/** The places of items that come once, in order. */
function placesOfSingles(list: readonly Value[]): ReadonlyMap<Value, number> {
  const places = new Map<Value, number>();
  const repeated = new Set<Value>();
  for (const [at, item] of list.entries()) {
    const content = isContainer(item) ? digestOf(item) : item;
    if (places.has(content)) repeated.add(content);
    else places.set(content, at);
  }
  for (const content of repeated) places.delete(content);
  return places;
}

/** The longest selection whose places before rise as well; those after do already. */
function longestRising(pairs: readonly Anchor[]): readonly Anchor[] {
  interface Link {
    readonly pair: Anchor;
    readonly previous: Link | undefined;
  }
  // The last pair of the best selection of each length.
  const ends: Link[] = [];
  for (const pair of pairs) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ends[middle] as Link).pair[0] < pair[0]) low = middle + 1;
      else high = middle;
    }
    ends[low] = { pair, previous: ends[low - 1] };
  }
  const found: Anchor[] = [];
  for (let link = ends.at(-1); link; link = link.previous) found.push(link.pair);
  return found.toReversed();
}

/** What lies between items that are the same, without what is the same at its ends. */
function stretchesBetween(
  anchors: readonly Anchor[],
  before: readonly Value[],
  after: readonly Value[],
): readonly Stretch[] {
  const found: Stretch[] = [];
  let [x, y] = [0, 0];
  for (let [toX, toY] of [...anchors, [before.length, after.length] as const]) {
    const [nextX, nextY] = [toX + 1, toY + 1];
    while (x < toX && y < toY && sameValue(before[x], after[y])) [x, y] = [x + 1, y + 1];
    while (x < toX && y < toY && sameValue(before[toX - 1], after[toY - 1])) {
      [toX, toY] = [toX - 1, toY - 1];
    }
    if (x < toX || y < toY) {
      found.push({ before: { from: x, to: toX }, after: { from: y, to: toY } });
    }
    [x, y] = [nextX, nextY];
  }
  return found;
}

/**
 * Myers' greedy search (1986) for the shortest way from one list to another. On diagonal `k`, items of
 * `before` minus items of `after` passed so far, it gets as far as it can with `d` edits.
 *
 * @returns for each `d` how far the search was before it, by diagonal; `undefined` when the lists
 * differ in too much.
 */
function shortestEdit(
  before: readonly Value[],
  after: readonly Value[],
): readonly ReadonlyMap<number, number>[] | undefined {
  const reached = new Map<number, number>([[1, 0]]);
  const trace: ReadonlyMap<number, number>[] = [];
  const editsMax = Math.min(EDITS_MAX, before.length + after.length);
  for (let edits = 0; edits <= editsMax; edits += 1) {
    trace.push(new Map(reached));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let at = startOn(reached, diagonal, edits);
      while (
        at < before.length &&
        at - diagonal < after.length &&
        sameValue(before[at], after[at - diagonal])
      ) {
        at += 1;
      }
      reached.set(diagonal, at);
      if (at >= before.length && at - diagonal >= after.length) return trace;
    }
  }
  return undefined;
}

/** How far an edit onto a diagonal gets: by an item put in, or by one taken out. */
function startOn(reached: ReadonlyMap<number, number>, diagonal: number, edits: number): number {
  return isPutIn(reached, diagonal, edits)
    ? (reached.get(diagonal + 1) ?? 0)
    : (reached.get(diagonal - 1) ?? 0) + 1;
}

function isPutIn(reached: ReadonlyMap<number, number>, diagonal: number, edits: number): boolean {
  if (diagonal === -edits) return true;
  if (diagonal === edits) return false;
  return (reached.get(diagonal - 1) ?? -1) < (reached.get(diagonal + 1) ?? -1);
}

/** Walks the search back from the ends of the two lists, and joins edits that follow each other. */
function stretchesOf(
  trace: readonly ReadonlyMap<number, number>[],
  offset: number,
  beforeLength: number,
  afterLength: number,
): readonly Stretch[] {
  const found: Stretch[] = [];
  let [x, y] = [beforeLength, afterLength];
  for (let edits = trace.length - 1; edits > 0; edits -= 1) {
    const reached = trace[edits] ?? new Map<number, number>();
    const diagonal = x - y;
    const from = diagonal + (isPutIn(reached, diagonal, edits) ? 1 : -1);
    const [fromX, fromY] = [reached.get(from) ?? 0, (reached.get(from) ?? 0) - from];
    // The edit is followed by a run of the same items.
    const [toX, toY] = from > diagonal ? [fromX, fromY + 1] : [fromX + 1, fromY];
    const next = found.at(-1);
    const isJoined = next?.before.from === toX + offset && next.after.from === toY + offset;
    if (next && isJoined) found.pop();
    found.push({
      before: { from: fromX + offset, to: next && isJoined ? next.before.to : toX + offset },
      after: { from: fromY + offset, to: next && isJoined ? next.after.to : toY + offset },
    });
    [x, y] = [fromX, fromY];
  }
  return found.toReversed();
}
