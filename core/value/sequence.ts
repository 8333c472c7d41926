/**
 * Identifies one edit of a sequence. What an edit made it may still change in place; everything else
 * is copied before it is changed, so that other versions stay as they are.
 */
export type Edit = object;

/** Refuses a change of what is committed. */
export function refuseWrite(): never {
  throw new TypeError(
    'Cannot change committed data in place: change the state through state.update(draft => …)',
  );
}

/** The most items of a leaf, and the most children of a branch. */
const WIDTH = 32;
const WIDTH_BITS = 5;
/** Neighbours with fewer slots than this together become one node. */
const JOINED_SLOTS_MAX = WIDTH / 2;

interface Leaf<Item> {
  readonly isLeaf: true;
  readonly height: 0;
  readonly items: Item[];
  readonly edit: Edit;
  /** What {@link summarize} remembers. */
  summary: unknown;
}

interface Branch<Item> {
  readonly isLeaf: false;
  /** Branches above leaves have the height 1. All children are one lower. */
  readonly height: number;
  readonly children: SequenceNode<Item>[];
  /** For each child, how many items there are up to its end. */
  readonly ends: readonly number[];
  readonly edit: Edit;
  summary: unknown;
}

type SequenceNode<Item> = Leaf<Item> | Branch<Item>;

/**
 * A list of items as a tree of small arrays (a B+ tree by position). Every change makes a new version
 * that shares all but the way to the change with the one before, so that it costs the logarithm of the
 * size. `undefined` is the empty sequence.
 */
export type Sequence<Item> = SequenceNode<Item> | undefined;

/** The number of items. */
export function sizeOf(sequence: Sequence<unknown>): number {
  if (!sequence) return 0;
  return sequence.isLeaf ? sequence.items.length : (sequence.ends.at(-1) ?? 0);
}

/** A sequence of the given items. */
export function sequenceOf<Item>(items: readonly Item[], edit: Edit): Sequence<Item> {
  return rootOf(leavesOf(items, true, edit), true, edit);
}

/** The item at an index, which must be there. */
export function itemAt<Item>(sequence: Sequence<Item>, index: number): Item {
  let node = sequence;
  let rest = index;
  while (node && !node.isLeaf) {
    const at = childAt(node, rest);
    rest -= startOf(node, at);
    node = node.children[at];
  }
  return node?.items[rest] as Item;
}

/** The sequence with another item at an index, which must be there. */
export function withItem<Item>(
  sequence: SequenceNode<Item>,
  index: number,
  item: Item,
  edit: Edit,
): SequenceNode<Item> {
  if (sequence.isLeaf) {
    if (sequence.edit === edit) {
      sequence.items[index] = item;
      sequence.summary = undefined;
      return sequence;
    }
    const items = sequence.items.slice();
    items[index] = item;
    return leaf(items, edit);
  }
  const at = childAt(sequence, index);
  const before = sequence.children[at] as SequenceNode<Item>;
  const child = withItem(before, index - startOf(sequence, at), item, edit);
  if (sequence.edit === edit) {
    sequence.children[at] = child;
    sequence.summary = undefined;
    return sequence;
  }
  const children = sequence.children.slice();
  children[at] = child;
  const { height, ends } = sequence;
  return { isLeaf: false, height, children, ends, edit, summary: undefined };
}

/** The sequence with other items in the place of those from one index to before another. */
export function withRange<Item>(
  sequence: Sequence<Item>,
  from: number,
  to: number,
  inserted: readonly Item[],
  edit: Edit,
): Sequence<Item> {
  if (!sequence) return sequenceOf(inserted, edit);
  const isAppended = from === sizeOf(sequence);
  return rootOf(replaceRange(sequence, from, to, inserted, edit), isAppended, edit);
}

/** A node with a range replaced, as nodes of the same height. */
function replaceRange<Item>(
  node: SequenceNode<Item>,
  from: number,
  to: number,
  inserted: readonly Item[],
  edit: Edit,
): SequenceNode<Item>[] {
  if (node.isLeaf) {
    const { items } = node;
    const isAppended = from === items.length;
    return leavesOf([...items.slice(0, from), ...inserted, ...items.slice(to)], isAppended, edit);
  }
  const size = sizeOf(node);
  const first = childAt(node, Math.min(from, size - 1));
  const last = to > from ? childAt(node, to - 1) : first;
  const [firstStart, lastStart] = [startOf(node, first), startOf(node, last)];
  const firstChild = node.children[first] as SequenceNode<Item>;
  const replaced = replaceRange(
    firstChild,
    from - firstStart,
    first === last ? to - firstStart : sizeOf(firstChild),
    inserted,
    edit,
  );
  if (first !== last) {
    const lastChild = node.children[last] as SequenceNode<Item>;
    replaced.push(...replaceRange(lastChild, 0, to - lastStart, [], edit));
  }
  const children = [
    ...node.children.slice(0, first),
    ...replaced,
    ...node.children.slice(last + 1),
  ];
  joinSmall(children, first, first + replaced.length, edit);
  return branchesOf(children, from === size, edit);
}

/** Joins neighbours with few slots, from the one before a place to the one after another. */
function joinSmall<Item>(children: SequenceNode<Item>[], from: number, to: number, edit: Edit) {
  for (let at = Math.min(to, children.length - 1); at >= Math.max(1, from); at -= 1) {
    const [one, other] = [children[at - 1], children[at]];
    if (!one || !other || slotsOf(one) + slotsOf(other) > JOINED_SLOTS_MAX) continue;
    children.splice(at - 1, 2, joined(one, other, edit));
  }
}

function joined<Item>(
  one: SequenceNode<Item>,
  other: SequenceNode<Item>,
  edit: Edit,
): SequenceNode<Item> {
  if (one.isLeaf && other.isLeaf) return leaf([...one.items, ...other.items], edit);
  if (one.isLeaf || other.isLeaf) throw new Error('neighbours have the same height');
  return branch([...one.children, ...other.children], edit);
}

function slotsOf(node: SequenceNode<unknown>): number {
  return node.isLeaf ? node.items.length : node.children.length;
}

function leaf<Item>(items: Item[], edit: Edit): Leaf<Item> {
  return { isLeaf: true, height: 0, items, edit, summary: undefined };
}

function branch<Item>(children: SequenceNode<Item>[], edit: Edit): Branch<Item> {
  let end = 0;
  const ends = children.map((child) => (end += sizeOf(child)));
  const height = (children[0]?.height ?? 0) + 1;
  return { isLeaf: false, height, children, ends, edit, summary: undefined };
}

function leavesOf<Item>(items: readonly Item[], isAppended: boolean, edit: Edit): Leaf<Item>[] {
  return pieces(items, isAppended).map((piece) => leaf(piece, edit));
}

function branchesOf<Item>(
  children: readonly SequenceNode<Item>[],
  isAppended: boolean,
  edit: Edit,
): Branch<Item>[] {
  return pieces(children, isAppended).map((piece) => branch(piece, edit));
}

/**
 * Cuts a list into the slots of nodes. Nodes that items were appended to are full but for the last one;
 * others have room for what may be put into them.
 */
function pieces<Slot>(slots: readonly Slot[], isAppended: boolean): Slot[][] {
  const count = Math.ceil(slots.length / WIDTH);
  const width = isAppended ? WIDTH : Math.ceil(slots.length / count);
  return Array.from({ length: count }, (_, at) => slots.slice(at * width, (at + 1) * width));
}

function rootOf<Item>(
  nodes: readonly SequenceNode<Item>[],
  isAppended: boolean,
  edit: Edit,
): Sequence<Item> {
  let level = nodes;
  while (level.length > 1) level = branchesOf(level, isAppended, edit);
  let [root] = level;
  while (root && !root.isLeaf && root.children.length === 1) [root] = root.children;
  return root;
}

function startOf({ ends }: Branch<unknown>, at: number): number {
  return at === 0 ? 0 : (ends[at - 1] ?? 0);
}

/** The place of the child that has the item at an index. */
function childAt({ ends, height }: Branch<unknown>, index: number): number {
  // No child holds more than its height allows, so that the place cannot come before this one.
  let at = height < WIDTH_BITS ? index >> (WIDTH_BITS * height) : 0;
  while ((ends[at] ?? Number.POSITIVE_INFINITY) <= index) at += 1;
  return at;
}

/**
 * The index of the first item that is not before a place, in a sequence in the order of such places.
 *
 * @param placeOf the place of an item.
 */
export function searchSequence<Item>(
  sequence: Sequence<Item>,
  place: number,
  placeOf: (item: Item) => number,
): number {
  let node = sequence;
  let start = 0;
  while (node && !node.isLeaf) {
    const { children }: Branch<Item> = node;
    // The last child that begins before the place.
    const at = firstNotBefore(children, place, (child) => placeOf(firstItem(child))) - 1;
    if (at < 0) return start;
    start += startOf(node, at);
    node = children[at];
  }
  return node ? start + firstNotBefore(node.items, place, placeOf) : start;
}

function firstNotBefore<Slot>(
  slots: readonly Slot[],
  place: number,
  placeOf: (slot: Slot) => number,
): number {
  let low = 0;
  let high = slots.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (placeOf(slots[middle] as Slot) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

function firstItem<Item>(sequence: SequenceNode<Item>): Item {
  let node = sequence;
  while (!node.isLeaf) node = node.children[0] as SequenceNode<Item>;
  return node.items[0] as Item;
}

/** Calls with the items of each leaf, in order, until a call returns true. Returns whether one did. */
export function someLeaf<Item>(
  sequence: Sequence<Item>,
  visit: (items: readonly Item[]) => boolean,
): boolean {
  if (!sequence) return false;
  if (sequence.isLeaf) return visit(sequence.items);
  for (const child of sequence.children) if (someLeaf(child, visit)) return true;
  return false;
}

/** All items as a new list. */
export function toList<Item>(sequence: Sequence<Item>): Item[] {
  const list = Array.from<Item>({ length: sizeOf(sequence) });
  let at = 0;
  someLeaf(sequence, (items) => {
    for (const item of items) list[at++] = item;
    return false;
  });
  return list;
}

/** Calls for each leaf that an edit made; the items may be replaced in place. */
export function visitEdited<Item>(
  sequence: Sequence<Item>,
  edit: Edit,
  visit: (items: Item[], start: number) => void,
  start = 0,
): void {
  if (sequence?.edit !== edit) return;
  if (sequence.isLeaf) return visit(sequence.items, start);
  for (const [at, child] of sequence.children.entries()) {
    visitEdited(child, edit, visit, start + startOf(sequence, at));
  }
}

/** How a summary of a sequence is made from those of its parts. */
export interface Summary<Item, Result> {
  of(items: readonly Item[]): Result;
  join(parts: readonly Result[]): Result;
}

/**
 * What a sequence comes to. Results of parts are remembered, so that those that two versions share are
 * computed once; there is one kind of summary for each sequence.
 */
export function summarize<Item, Result>(
  node: SequenceNode<Item>,
  summary: Summary<Item, Result>,
): Result {
  node.summary ??= node.isLeaf
    ? summary.of(node.items)
    : summary.join(node.children.map((child) => summarize(child, summary)));
  return node.summary as Result;
}

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
  isSame: (a: Item, b: Item) => boolean,
): boolean {
  if (one === other) return true;
  if (sizeOf(one) !== sizeOf(other)) return false;
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
  let start = 0;
  let [older, newer] = [from, to];
  while (start < before.length && start < after.length && before[start] === after[start]) {
    older += sizeOf(before[start]);
    newer += sizeOf(after[start]);
    start += 1;
  }
  let tail = 0;
  const shorter = Math.min(before.length, after.length) - start;
  while (tail < shorter && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const left = before.slice(start, before.length - tail);
  const right = after.slice(start, after.length - tail);
  if (left.length === 0 || right.length === 0) return addRun(left, right, older, newer, found);
  const [low, high] = [left[0]?.height ?? 0, right[0]?.height ?? 0];
  if (low !== high) {
    return low > high
      ? compareNodes(childrenOf(left), right, older, newer, found)
      : compareNodes(left, childrenOf(right), older, newer, found);
  }
  compareBetween(left, right, older, newer, found);
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
  return nodes.flatMap((node) => (node.isLeaf ? [] : node.children));
}

/** Walks through the leaves of a sequence, as an iterator that a subclass makes. */
export abstract class SequenceWalk<Item, Given> implements IterableIterator<Given, undefined> {
  /** The way to the leaf: branches, each with the place of the child that comes next. */
  readonly #way: { readonly node: Branch<Item>; next: number }[] = [];
  /** The items of the leaf, and the place of the one that comes next. */
  protected items: readonly Item[] = [];
  protected at = 0;
  /** The number of items before the leaf. */
  protected passed = 0;

  constructor(sequence: Sequence<Item>) {
    if (sequence) this.#enter(sequence);
  }

  abstract next(): IteratorResult<Given, undefined>;

  [Symbol.iterator](): this {
    return this;
  }

  /** Goes on to the next leaf, once there is nothing left of one. Returns false at the end. */
  protected toNextLeaf(): boolean {
    for (let last = this.#way.at(-1); last; last = this.#way.at(-1)) {
      const child = last.node.children[last.next];
      if (child) {
        last.next += 1;
        this.#enter(child);
        return true;
      }
      this.#way.pop();
    }
    return false;
  }

  #enter(sequence: SequenceNode<Item>): void {
    let node = sequence;
    while (!node.isLeaf) {
      this.#way.push({ node, next: 1 });
      node = node.children[0] as SequenceNode<Item>;
    }
    this.passed += this.items.length;
    this.items = node.items;
    this.at = 0;
  }
}

// As the iterators of the language are: newer versions of it give them methods such as `map`.
const ITERATORS = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) as object;
Object.setPrototypeOf(SequenceWalk.prototype, ITERATORS);
