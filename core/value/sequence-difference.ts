import {
  itemAt,
  sizeOf,
  startOf,
  type Branch,
  type Sequence,
  type SequenceNode,
} from './sequence.ts';

/** @file How two versions of a sequence differ: what both share is not looked at. */

/** A range that differs: items `[from, to)` before gave way to `[from, to)` after. */
export interface Run {
  readonly before: { readonly from: number; readonly to: number };
  readonly after: { readonly from: number; readonly to: number };
}

/**
 * Ranges that hold every difference of two sequences, in order. What is between them are nodes that
 * both share; so two versions cost what was changed between them.
 */
export function differingRuns<Item>(before: Sequence<Item>, after: Sequence<Item>): readonly Run[] {
  const found: Run[] = [];
  if (before !== after) compareNodes(before ? [before] : [], after ? [after] : [], 0, 0, found);
  return found;
}

/** Whether two sequences have the same items. Parts that both share are not looked at. */
export function sameSequence<Item>(
  one: Sequence<Item>,
  other: Sequence<Item>,
  isSame: IsSame<Item>,
): boolean {
  if (one === other) return true;
  if (!one || !other || sizeOf(one) !== sizeOf(other)) return false;
  return sameNodes(one, other, isSame) ?? sameRuns(one, other, isSame);
}

type IsSame<Item> = (a: Item, b: Item) => boolean;

/** Whether two nodes have the same items; `undefined` when these are not divided alike. */
function sameNodes<Item>(
  one: SequenceNode<Item>,
  other: SequenceNode<Item>,
  isSame: IsSame<Item>,
): boolean | undefined {
  if (one.isLeaf || other.isLeaf) {
    if (!one.isLeaf || !other.isLeaf || one.items.length !== other.items.length) return undefined;
    for (let at = 0; at < one.items.length; at += 1) {
      const item = one.items[at] as Item;
      const another = other.items[at] as Item;
      // What both share is not looked into: of many items, most are in none of the caches.
      if (!Object.is(item, another) && !isSame(item, another)) return false;
    }
    return true;
  }
  if (!haveSameEnds(one, other)) return undefined;
  for (let at = 0; at < one.children.length; at += 1) {
    const child = one.children[at] as SequenceNode<Item>;
    const another = other.children[at] as SequenceNode<Item>;
    if (child === another) continue;
    const verdict = sameNodes(child, another, isSame);
    if (!verdict) return verdict;
  }
  return true;
}

function haveSameEnds(one: Branch<unknown>, other: Branch<unknown>): boolean {
  if (one.height !== other.height || one.ends.length !== other.ends.length) return false;
  return one.ends === other.ends || one.ends.every((end, at) => end === other.ends[at]);
}

function sameRuns<Item>(one: Sequence<Item>, other: Sequence<Item>, isSame: IsSame<Item>): boolean {
  const runs = differingRuns(one, other);
  const [first, last] = [runs[0], runs.at(-1)];
  if (!first || !last) return true;
  const areAligned = runs.every(({ before, after }) => before.to === after.to);
  const ranges = areAligned
    ? runs.map(({ before }) => before)
    : [{ from: first.before.from, to: last.before.to }];
  return ranges.every(({ from, to }) => {
    for (let at = from; at < to; at += 1) {
      if (!isSame(itemAt(one, at), itemAt(other, at))) return false;
    }
    return true;
  });
}

type Nodes<Item> = readonly SequenceNode<Item>[];

/** @param from the indices at which the nodes begin. */
function compareNodes<Item>(
  before: Nodes<Item>,
  after: Nodes<Item>,
  from: number,
  to: number,
  found: Run[],
): void {
  const [one, other] = [before[0], after[0]];
  const isPair = before.length === 1 && after.length === 1;
  if (isPair && one?.isLeaf === false && other?.isLeaf === false && one.height === other.height) {
    return compareChildren(one, other, from, to, found);
  }
  const { start, tail } = sharedEnds(before, after);
  const [older, newer] = [totalOf(before.slice(0, start)), totalOf(after.slice(0, start))];
  const left = before.slice(start, before.length - tail);
  const right = after.slice(start, after.length - tail);
  compareRest(left, right, from + older, to + newer, found);
}

/** Compares two branches. What they share is not even asked for its size. */
function compareChildren<Item>(
  before: Branch<Item>,
  after: Branch<Item>,
  from: number,
  to: number,
  found: Run[],
): void {
  const { start, tail } = sharedEnds(before.children, after.children);
  const left = before.children.slice(start, before.children.length - tail);
  const right = after.children.slice(start, after.children.length - tail);
  compareRest(left, right, from + startOf(before, start), to + startOf(after, start), found);
}

/** How many nodes are the same at the beginning and at the end. */
function sharedEnds(before: Nodes<unknown>, after: Nodes<unknown>) {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < shorter - start && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return { start, tail };
}

/** Compares nodes that differ at their beginning and at their end. */
function compareRest<Item>(
  before: Nodes<Item>,
  after: Nodes<Item>,
  from: number,
  to: number,
  found: Run[],
): void {
  const [one, other] = [before[0], after[0]];
  if (!one || !other) return addRun(before, after, from, to, found);
  if (one.height > other.height) return compareNodes(childrenOf(before), after, from, to, found);
  if (one.height < other.height) return compareNodes(before, childrenOf(after), from, to, found);
  if (before.length === 1 && after.length === 1 && !one.isLeaf) {
    return compareNodes(before, after, from, to, found);
  }
  compareBetween(before, after, from, to, found);
}

/** Compares what lies between the nodes that both sides have in the same order. */
function compareBetween<Item>(
  before: Nodes<Item>,
  after: Nodes<Item>,
  from: number,
  to: number,
  found: Run[],
): void {
  const places = new Map(after.map((node, at) => [node, at]));
  let [at, other, older, newer] = [0, 0, from, to];
  const compare = (untilAt: number, untilOther: number) => {
    const [left, right] = [before.slice(at, untilAt), after.slice(other, untilOther)];
    const isSplit = left.length > 0 && right.length > 0 && left[0]?.isLeaf === false;
    if (isSplit) compareNodes(childrenOf(left), childrenOf(right), older, newer, found);
    else addRun(left, right, older, newer, found);
    older += totalOf(left);
    newer += totalOf(right);
  };
  for (const [place, node] of before.entries()) {
    const shared = places.get(node);
    if (shared === undefined || shared < other) continue;
    compare(place, shared);
    [at, other] = [place + 1, shared + 1];
    older += sizeOf(node);
    newer += sizeOf(node);
  }
  compare(before.length, after.length);
}

function addRun(
  before: Nodes<unknown>,
  after: Nodes<unknown>,
  from: number,
  to: number,
  found: Run[],
) {
  const [removed, inserted] = [totalOf(before), totalOf(after)];
  if (removed === 0 && inserted === 0) return;
  found.push({ before: { from, to: from + removed }, after: { from: to, to: to + inserted } });
}

function totalOf(nodes: Nodes<unknown>): number {
  let total = 0;
  for (const node of nodes) total += sizeOf(node);
  return total;
}

function childrenOf<Item>(nodes: Nodes<Item>): Nodes<Item> {
  const [first, second] = nodes;
  // Mostly there is one, whose children need not be copied.
  if (first && !second) return first.isLeaf ? [] : first.children;
  return nodes.flatMap((node) => (node.isLeaf ? [] : node.children));
}
