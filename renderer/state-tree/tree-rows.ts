import { isContainer } from '../../core/value/container.ts';
import type { Path } from '../../core/value/path.ts';
import { segmentKey } from '../../core/value/segment.ts';
import type { Value } from '../../core/value/value.ts';
import {
  changedChildrenOf,
  childrenOf,
  isExpandable,
  sizeOf,
  type Child,
  type Children,
  type Place,
} from './children.ts';
import { parseAddress, type Address, type Expansion } from './expansion.ts';
import { hasMarksInside, type MarkNode, type Sign } from './marks.ts';
import { wrapText } from './text-lines.ts';
import { rowOfChild, rowOfLine, type Row } from './tree-row.ts';

/** Which rows to show: all, or only the differences with the rows above them. */
export type Filter = 'all' | 'changed';

/** The input of the tree. */
export interface TreeInput {
  readonly before: Value;
  readonly after: Value;
  readonly marks: MarkNode;
  readonly filter: Filter;
  readonly expansion: Expansion;
  /** The rows above these marks are open unless the user closed them. */
  readonly opening: MarkNode;
  /** Long texts are wrapped at this many characters when they are opened. */
  readonly lineChars: number;
}

/** Top-level containers up to this size are open at first, if there are not too many. */
const OPEN_SIZE_MAX = 30;
const OPEN_ROOT_MAX = 50;

/** The key of the root's row, shown if the root is a single value or was replaced. */
const ROOT_KEY = '$';

/** The place of an open row, and the common part of the rows below it. */
interface Spot {
  readonly address: Address;
  readonly path: Path;
  /** Of the rows below. */
  readonly level: number;
  readonly within: Sign | undefined;
  readonly position: number;
  /** The index of its own row among all rows of its parent. */
  readonly start: number;
}

/** The rows below an open row: items, or the lines of a long text. */
type Content =
  | { readonly kind: 'items'; readonly items: Children }
  | { readonly kind: 'lines'; readonly lines: readonly string[] };

/** An opened row. */
interface Open extends Spot {
  readonly content: Content;
  readonly opened: readonly Open[];
  /** The number of rows below its own. */
  readonly length: number;
}

/** Decides which children of one place are open. */
interface Guide {
  readonly expansion: Expansion | undefined;
  readonly opening: MarkNode | undefined;
}

const TOP: Spot = { address: [], path: [], level: 1, within: undefined, position: 0, start: -1 };
const NOTHING: Content = { kind: 'lines', lines: [] };

/**
 * The rows of a state tree. Construction visits only open rows, and a row is made on request, so an open
 * Map with 50 000 entries costs hardly more than one with ten.
 */
export class TreeRows {
  readonly #input: TreeInput;
  readonly #root: Open;
  readonly #rows = new Map<number, Row>();

  constructor(input: TreeInput) {
    this.#input = input;
    this.#root = this.#open(TOP, rootContent(input), {
      expansion: input.expansion,
      opening: input.opening,
    });
  }

  /** The number of rows. */
  get length(): number {
    return this.#root.length;
  }

  /** @throws {RangeError} if there is no such row. */
  at(index: number): Row {
    const known = this.#rows.get(index);
    if (known) return known;
    if (index < 0 || index >= this.length) throw new RangeError(`There is no row ${index}.`);
    const row = makeRow(findRow(this.#root, index));
    this.#rows.set(index, row);
    return row;
  }

  /** The index of the row with an id; -1 if it is not visible. */
  indexOf(id: string): number {
    let node: Open | undefined = this.#root;
    let index = -1;
    for (const key of parseAddress(id)) {
      const position: number = node ? positionIn(node.content, key) : -1;
      if (!node || position === -1) return -1;
      index += 1 + position;
      for (const open of node.opened) if (open.position < position) index += open.length;
      node = node.opened.find((open) => open.position === position);
    }
    return index;
  }

  #open(spot: Spot, content: Content, guide: Guide): Open {
    const opened: Open[] = [];
    let length = countOf(content);
    if (content.kind === 'items') {
      for (const [position, child] of this.#childrenToOpen(spot, content.items, guide)) {
        const below = spotBelow(spot, child, position, position + length - content.items.count);
        const open = this.#open(below, this.#contentOf(child), {
          expansion: guide.expansion?.children.get(child.key),
          opening: guide.opening?.children.get(child.key),
        });
        opened.push(open);
        length += open.length;
      }
    }
    return { ...spot, content, opened, length };
  }

  #contentOf(child: Child): Content {
    if (typeof child.after === 'string') {
      return { kind: 'lines', lines: wrapText(child.after, this.#input.lineChars) };
    }
    const items = childrenIn(child, this.#input.filter);
    return items ? { kind: 'items', items } : NOTHING;
  }

  /** The open children in order; only those that may be open are visited. */
  #childrenToOpen(spot: Spot, items: Children, guide: Guide): readonly [number, Child][] {
    const keys = new Set(guide.expansion?.children.keys());
    for (const key of guide.opening?.children.keys() ?? []) keys.add(key);
    const isTop = spot === TOP && items.count <= OPEN_ROOT_MAX;
    if (isTop) for (let at = 0; at < items.count; at += 1) keys.add(items.at(at).key);
    const found: [number, Child][] = [];
    for (const key of keys) {
      const byHand = guide.expansion?.children.get(key)?.isOpen;
      const isOnTheWay = hasMarksInside(guide.opening?.children.get(key));
      if (!(byHand ?? (isOnTheWay || isTop))) continue;
      const position = items.positionOf(key);
      if (position === -1) continue;
      const child = items.at(position);
      if (!isExpandable(child)) continue;
      if (byHand ?? (isOnTheWay || isSmall(child))) found.push([position, child]);
    }
    return found.toSorted(([a], [b]) => a - b);
  }
}

/** The items of a place that pass the filter. Below a place that differs as a whole, all do. */
export function childrenIn(place: Place, filter: Filter): Children | undefined {
  const isSifted = filter === 'changed' && place.marks !== undefined && !place.marks.sign;
  return isSifted ? changedChildrenOf(place) : childrenOf(place);
}

/** Whether the root has a row: if it is not a container, or was replaced as a whole. */
export function hasRootRow(input: Pick<TreeInput, 'after' | 'marks'>): boolean {
  return !isContainer(input.after) || input.marks.sign !== undefined;
}

/** The items of the top level: those of the root, or the root itself. */
export function topChildren(
  input: Pick<TreeInput, 'before' | 'after' | 'marks' | 'filter'>,
): Children | undefined {
  const { before, after, marks, filter } = input;
  if (filter === 'changed' && marks.count === 0) return undefined;
  const place: Place = { before, after, marks };
  if (!hasRootRow(input)) return childrenIn(place, filter);
  const root: Child = {
    ...place,
    sign: marks.sign,
    segment: undefined,
    key: ROOT_KEY,
    isMember: false,
  };
  return { count: 1, at: () => root, positionOf: (key) => (key === ROOT_KEY ? 0 : -1) };
}

/** The address of the first row with a sign, in the order of the patch. */
export function firstMarked(marks: MarkNode): Address {
  const address: string[] = [];
  let node: MarkNode | undefined = marks;
  if (node.sign) return [ROOT_KEY];
  while (node && !node.sign) {
    const [first]: readonly (readonly [string, MarkNode])[] = [...node.children].slice(0, 1);
    const splice = node.splices?.[0];
    if (splice && !(first && Number(first[0].slice(1)) < splice.index)) {
      address.push(`${splice.removed > 0 ? '-' : ''}#${splice.index}`);
      break;
    }
    if (first) address.push(first[0]);
    node = first?.[1];
  }
  return address;
}

/** The address of a path's row. */
export function addressOf(path: Path, isRootShown: boolean): Address {
  const keys = path.map(segmentKey);
  return isRootShown ? [ROOT_KEY, ...keys] : keys;
}

function rootContent(input: TreeInput): Content {
  const items = topChildren(input);
  return items ? { kind: 'items', items } : NOTHING;
}

function countOf(content: Content): number {
  return content.kind === 'items' ? content.items.count : content.lines.length;
}

function positionIn(content: Content, key: string): number {
  if (content.kind === 'items') return content.items.positionOf(key);
  const line = key.startsWith('%') ? Number(key.slice(1)) : -1;
  return line < content.lines.length ? line : -1;
}

/** A value that was added or removed as a whole stays one line. */
function isSmall({ after, sign }: Child): boolean {
  return sign === undefined && isContainer(after) && sizeOf(after) <= OPEN_SIZE_MAX;
}

function spotBelow(parent: Spot, child: Child, position: number, start: number): Spot {
  const { segment, sign } = child;
  return {
    address: [...parent.address, child.key],
    path: segment === undefined ? parent.path : [...parent.path, segment],
    level: parent.level + 1,
    within: sign === 'added' || sign === 'removed' ? sign : parent.within,
    position,
    start,
  };
}

interface Found {
  readonly node: Open;
  readonly position: number;
  readonly isExpanded: boolean;
}

/** Walks down to the row with an index; at each level a binary search among the opened rows. */
function findRow(root: Open, index: number): Found {
  let node = root;
  let rest = index;
  for (;;) {
    const open = lastStarting(node.opened, rest);
    if (!open) return { node, position: rest, isExpanded: false };
    const below = rest - open.start - 1;
    if (below === -1) return { node, position: open.position, isExpanded: true };
    if (below >= open.length) {
      return { node, position: open.position + 1 + below - open.length, isExpanded: false };
    }
    node = open;
    rest = below;
  }
}

function lastStarting(opened: readonly Open[], limit: number): Open | undefined {
  let low = 0;
  let high = opened.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((opened[middle] as Open).start <= limit) low = middle + 1;
    else high = middle;
  }
  return opened[low - 1];
}

function makeRow({ node, position, isExpanded }: Found): Row {
  const { content } = node;
  const place = { ...node, position, siblings: countOf(content), isExpanded };
  return content.kind === 'lines'
    ? rowOfLine(place, content.lines[position] ?? '')
    : rowOfChild(place, content.items.at(position));
}
