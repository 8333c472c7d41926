import type { Edit } from './edit.ts';

/** The most items of a leaf, and the most children of a branch. */
const WIDTH = 32;
const WIDTH_BITS = 5;
/** Neighbours with fewer slots than this together become one node. */
const JOINED_SLOTS_MAX = WIDTH / 2;

export interface Leaf<Item> {
  readonly isLeaf: true;
  readonly height: 0;
  readonly items: Item[];
  /** What made it, */
  readonly edit: Edit;
  /** and which of the items that put in: a bit for each. */
  fresh: number;
  /** What {@link summarize} remembers. */
  summary: unknown;
}

export interface Branch<Item> {
  readonly isLeaf: false;
  /** Branches above leaves have the height 1. All children are one lower. */
  readonly height: number;
  readonly children: SequenceNode<Item>[];
  /** For each child, how many items there are up to its end. */
  readonly ends: readonly number[];
  /** For each child, the place of its first item in an order, once `searchSequence` needed it. */
  begins: readonly number[] | undefined;
  /** What made it, */
  readonly edit: Edit;
  /** and which of the children that made: a bit for each. */
  fresh: number;
  summary: unknown;
}

export type SequenceNode<Item> = Leaf<Item> | Branch<Item>;

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
  return rootOf(leavesOf(items, true, edit, isAny), true, edit);
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

/**
 * The sequence with another item at an index, which must be there. In a sequence that is searched by an
 * order, the item must have the same place in it.
 */
export function withItem<Item>(
  sequence: SequenceNode<Item>,
  index: number,
  item: Item,
  edit: Edit,
): SequenceNode<Item> {
  if (sequence.isLeaf) {
    if (sequence.edit !== edit) {
      const items = sequence.items.slice();
      items[index] = item;
      return leaf(items, edit, 1 << index);
    }
    sequence.items[index] = item;
    sequence.fresh |= 1 << index;
    sequence.summary = undefined;
    return sequence;
  }
  const at = childAt(sequence, index);
  const before = sequence.children[at] as SequenceNode<Item>;
  const child = withItem(before, index - startOf(sequence, at), item, edit);
  if (sequence.edit !== edit) {
    const children = sequence.children.slice();
    children[at] = child;
    const { height, ends, begins } = sequence;
    return {
      isLeaf: false,
      height,
      children,
      ends,
      begins,
      edit,
      fresh: 1 << at,
      summary: undefined,
    };
  }
  sequence.children[at] = child;
  sequence.fresh |= 1 << at;
  sequence.summary = undefined;
  return sequence;
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
  if (node.isLeaf) return replaceItems(node, from, to, inserted, edit);
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
  const [only] = replaced;
  if (first === last && replaced.length === 1 && only && slotsOf(only) > JOINED_SLOTS_MAX) {
    return [withChild(node, first, only, from > firstStart, edit)];
  }
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

function replaceItems<Item>(
  node: Leaf<Item>,
  from: number,
  to: number,
  inserted: readonly Item[],
  edit: Edit,
): Leaf<Item>[] {
  const { items } = node;
  const before = freshOf(node, edit);
  const end = from + inserted.length;
  const isFresh = (at: number) => {
    if (at >= from && at < end) return true;
    return (before & (1 << (at < from ? at : at - end + to))) !== 0;
  };
  const all = [...items.slice(0, from), ...inserted, ...items.slice(to)];
  return leavesOf(all, from === items.length, edit, isFresh);
}

/**
 * A branch with another child. Looks at no other one: what all are read for costs most.
 *
 * @param isSameBegin whether the child begins with the same item.
 */
function withChild<Item>(
  node: Branch<Item>,
  at: number,
  child: SequenceNode<Item>,
  isSameBegin: boolean,
  edit: Edit,
): Branch<Item> {
  const children = node.children.slice();
  children[at] = child;
  const more = sizeOf(child) - ((node.ends[at] ?? 0) - startOf(node, at));
  const ends = node.ends.slice();
  for (let later = at; later < ends.length; later += 1) ends[later] = (ends[later] ?? 0) + more;
  return {
    isLeaf: false,
    height: node.height,
    children,
    ends,
    begins: isSameBegin ? node.begins : undefined,
    edit,
    fresh: freshOf(node, edit) | (1 << at),
    summary: undefined,
  };
}

/** The slots of a node that an edit made. */
function freshOf(node: SequenceNode<unknown>, edit: Edit): number {
  return node.edit === edit ? node.fresh : 0;
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
  if (one.isLeaf && other.isLeaf) {
    const fresh = freshOf(one, edit) | (freshOf(other, edit) << one.items.length);
    return leaf([...one.items, ...other.items], edit, fresh);
  }
  if (one.isLeaf || other.isLeaf) throw new Error('neighbours have the same height');
  return branch([...one.children, ...other.children], edit);
}

function slotsOf(node: SequenceNode<unknown>): number {
  return node.isLeaf ? node.items.length : node.children.length;
}

function leaf<Item>(items: Item[], edit: Edit, fresh: number): Leaf<Item> {
  return { isLeaf: true, height: 0, items, edit, fresh, summary: undefined };
}

function branch<Item>(children: SequenceNode<Item>[], edit: Edit): Branch<Item> {
  const ends: number[] = [];
  let [end, fresh] = [0, 0];
  for (const [at, child] of children.entries()) {
    ends.push((end += sizeOf(child)));
    if (child.edit === edit) fresh |= 1 << at;
  }
  const height = (children[0]?.height ?? 0) + 1;
  const begins = undefined;
  return { isLeaf: false, height, children, ends, begins, edit, fresh, summary: undefined };
}

function isAny(): boolean {
  return true;
}

/** @param isFresh whether the edit put in the item of an index. */
function leavesOf<Item>(
  items: readonly Item[],
  isAppended: boolean,
  edit: Edit,
  isFresh: (index: number) => boolean,
): Leaf<Item>[] {
  let index = 0;
  return pieces(items, isAppended).map((piece) => {
    let fresh = 0;
    for (let at = 0; at < piece.length; at += 1, index += 1) if (isFresh(index)) fresh |= 1 << at;
    return leaf(piece, edit, fresh);
  });
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

/** The index at which a child of a branch begins. */
export function startOf({ ends }: Branch<unknown>, at: number): number {
  return at === 0 ? 0 : (ends[at - 1] ?? 0);
}

/** The place of the child that has the item at an index. */
function childAt({ ends, height }: Branch<unknown>, index: number): number {
  // No child holds more than its height allows, so that the place cannot come before this one.
  let at = height < WIDTH_BITS ? index >> (WIDTH_BITS * height) : 0;
  while ((ends[at] ?? Number.POSITIVE_INFINITY) <= index) at += 1;
  return at;
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

/**
 * Calls for each item that an edit put in; what is returned takes its place. Looks at nothing else, so
 * that it costs what the edit did.
 */
export function settleFresh<Item>(
  sequence: Sequence<Item>,
  edit: Edit,
  settle: (item: Item, index: number) => Item,
  start = 0,
): void {
  if (sequence?.edit !== edit) return;
  for (let bits = sequence.fresh; bits !== 0; bits &= bits - 1) {
    const at = 31 - Math.clz32(bits & -bits);
    if (sequence.isLeaf) {
      sequence.items[at] = settle(sequence.items[at] as Item, start + at);
    } else {
      settleFresh(sequence.children[at], edit, settle, start + startOf(sequence, at));
    }
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
