import { assertNever } from '../../core/assert.ts';
import { containerOf, findKey, isContainer, type Container } from '../../core/value/container.ts';
import { groupByContent } from '../../core/value/hash.ts';
import type { PathSegment } from '../../core/value/path.ts';
import { parseSegmentKey, segmentKey } from '../../core/value/segment.ts';
import { compareKeys } from '../../core/value/table-key.ts';
import type { Table } from '../../core/value/table.ts';
import { sameValue, type Value } from '../../core/value/value.ts';
import { hasMarksInside, type MarkNode, type Sign } from './marks.ts';
import { isLongText } from './text-lines.ts';

/** A place in two states: its values before and after, and their difference. */
export interface Place {
  readonly before: Value;
  readonly after: Value;
  readonly marks: MarkNode | undefined;
}

/** A child of a container, or one that was removed from it. */
export interface Child extends Place {
  /** Absent for the row of the root. */
  readonly segment: PathSegment | undefined;
  /** Names the child among its siblings, the removed ones included. */
  readonly key: string;
  readonly sign: Sign | undefined;
  /** A member of a Set: its key is its value. */
  readonly isMember: boolean;
}

/** The children of a container in order, the removed ones where they were; made on request. */
export interface Children {
  readonly count: number;
  at(position: number): Child;
  /** The position of the child with a key; -1 if there is none. */
  positionOf(key: string): number;
}

/** The number of items in a container. */
export function sizeOf(value: Value & object): number {
  const container = containerOf(value);
  return container?.kind === 'object' ? keysOf(value).length : (container?.size ?? 0);
}

/** Whether a row can be opened: it has items, or the lines of a long text. */
export function isExpandable(child: Child): boolean {
  if (typeof child.after === 'string') return isLongText(child.after);
  return isContainer(child.after) && (sizeOf(child.after) > 0 || hasMarksInside(child.marks));
}

/** The children of a place: those of its present value, and those marked as removed. */
export function childrenOf(place: Place): Children | undefined {
  const container = containerOf(place.after);
  switch (container?.kind) {
    case undefined:
      return undefined;
    case 'list':
      return new ListChildren(place, container.value);
    case 'table':
      return new TableChildren(place, container.value);
    case 'object':
    case 'map':
    case 'set':
      return new KeyedChildren(place, container);
    default:
      return assertNever(container, 'container');
  }
}

/** Only the children that differ, themselves or inside. */
export function changedChildrenOf(place: Place): Children | undefined {
  const all = childrenOf(place);
  const { marks } = place;
  if (!all || !marks) return undefined;
  const positions = [...marks.children.keys()].map((key) => all.positionOf(key));
  for (const { position, removed, inserted } of stretchesOf(marks)) {
    for (let at = position; at < position + removed + inserted; at += 1) positions.push(at);
  }
  const shown = positions.filter((position) => position !== -1).toSorted((a, b) => a - b);
  return {
    count: shown.length,
    at: (position) => all.at(shown[position] as number),
    positionOf: (key) => {
      const position = all.positionOf(key);
      return position === -1 ? -1 : shown.indexOf(position);
    },
  };
}

/** A splice of a list, with its places among the rows, before and after. */
interface SplicedStretch {
  /** The row of its first item: removed items come before those that replaced them. */
  readonly position: number;
  readonly index: number;
  readonly indexBefore: number;
  readonly removed: number;
  readonly inserted: number;
}

/** The splices of a list in order. The index of each counts the effect of those before it. */
function stretchesOf(marks: MarkNode | undefined): readonly SplicedStretch[] {
  let [removedSoFar, insertedSoFar] = [0, 0];
  return (marks?.splices ?? []).map(({ index, removed, inserted }) => {
    const stretch = {
      position: index + removedSoFar,
      index,
      indexBefore: index + removedSoFar - insertedSoFar,
      removed,
      inserted: inserted.length,
    };
    removedSoFar += removed;
    insertedSoFar += inserted.length;
    return stretch;
  });
}

/**
 * The items of a list. Items that a splice removed come before those that replaced them; the key of a
 * removed item begins with `-` and has its earlier index.
 */
class ListChildren implements Children {
  readonly count: number;
  readonly #place: Place;
  readonly #after: readonly Value[];
  readonly #before: readonly Value[];
  readonly #stretches: readonly SplicedStretch[];

  constructor(place: Place, after: readonly Value[]) {
    const before = containerOf(place.before);
    this.#place = place;
    this.#after = after;
    this.#before = before?.kind === 'list' ? before.value : [];
    this.#stretches = stretchesOf(place.marks);
    this.count = after.length + this.#stretches.reduce((sum, { removed }) => sum + removed, 0);
  }

  at(position: number): Child {
    const stretch = this.#stretches.findLast((one) => one.position <= position);
    const offset = stretch ? position - stretch.position : position;
    if (stretch && offset < stretch.removed) return this.#removedAt(stretch.indexBefore + offset);
    const index = stretch ? stretch.index + offset - stretch.removed : position;
    const key = segmentKey(index);
    const isInserted = stretch !== undefined && index < stretch.index + stretch.inserted;
    const marks = this.#place.marks?.children.get(key);
    return {
      segment: index,
      key,
      before: isInserted ? undefined : this.#before[stretch ? indexBefore(stretch, index) : index],
      after: this.#after[index],
      marks,
      sign: isInserted ? 'added' : marks?.sign,
      isMember: false,
    };
  }

  #removedAt(index: number): Child {
    const value = this.#before[index];
    return {
      segment: index,
      key: `-#${index}`,
      before: value,
      after: value,
      marks: undefined,
      sign: 'removed',
      isMember: false,
    };
  }

  positionOf(key: string): number {
    if (key.startsWith('-#')) {
      const index = Number(key.slice(2));
      const from = this.#stretches.findLast((one) => one.indexBefore <= index);
      const offset = from ? index - from.indexBefore : 0;
      return from && offset < from.removed ? from.position + offset : -1;
    }
    const index = key.startsWith('#') ? Number(key.slice(1)) : -1;
    if (index < 0 || index >= this.#after.length) return -1;
    const stretch = this.#stretches.findLast((one) => one.index <= index);
    return stretch ? stretch.position + stretch.removed + index - stretch.index : index;
  }
}

/** The earlier index of an item behind a stretch. */
function indexBefore(stretch: SplicedStretch, index: number): number {
  return stretch.indexBefore + stretch.removed + index - stretch.index - stretch.inserted;
}

/** The rows of a table, which are fetched by place: it may have a million. */
class TableChildren implements Children {
  readonly #place: Place;
  readonly #after: Table;
  /** In order, each with its position. */
  readonly #removed: readonly { readonly raw: Value; readonly position: number }[];

  constructor(place: Place, after: Table) {
    this.#place = place;
    this.#after = after;
    this.#removed = [...removedKeys(place)]
      .toSorted(compareKeys)
      .map((raw, index) => ({ raw, position: after.rankOf(raw) + index }));
  }

  get count(): number {
    return this.#after.size + this.#removed.length;
  }

  at(position: number): Child {
    const gone = this.#removed.find((one) => one.position === position);
    if (gone) {
      const value = itemAt(this.#place.before, { mapKey: gone.raw });
      const own = this.#own(gone.raw);
      return { ...own, before: value, after: value, marks: undefined, sign: 'removed' };
    }
    const earlier = this.#removed.filter((one) => one.position < position).length;
    const [raw, after] = this.#after.entryAt(position - earlier) ?? [undefined, undefined];
    const own = this.#own(raw);
    const marks = this.#place.marks?.children.get(own.key);
    const before = marks ? itemAt(this.#place.before, { mapKey: raw }) : undefined;
    return { ...own, before, after, marks, sign: marks?.sign };
  }

  #own(raw: Value): Pick<Child, 'segment' | 'key' | 'isMember'> {
    const segment = { mapKey: raw };
    return { segment, key: segmentKey(segment), isMember: false };
  }

  positionOf(key: string): number {
    const segment = key.startsWith('@') ? parseSegmentKey(key) : undefined;
    if (typeof segment !== 'object') return -1;
    const raw = segment.mapKey;
    const gone = this.#removed.find((one) => sameValue(one.raw, raw));
    if (gone) return gone.position;
    if (!this.#after.has(raw)) return -1;
    const rank = this.#after.rankOf(raw);
    return rank + this.#removed.filter((one) => compareKeys(one.raw, raw) < 0).length;
  }
}

/** Lookups after which an index of the positions pays. */
const SCANS_MAX = 16;

/** The entries of an object, a Map or a Set. */
class KeyedChildren implements Children {
  readonly #place: Place;
  readonly #after: Container;
  /** Object keys, Map keys or Set members; the removed ones where they were. */
  readonly #keys: readonly Value[];
  readonly #removed: ReadonlySet<Value>;
  #scans = 0;
  #positions: Map<Value, number> | undefined;
  #ordinals: ReadonlyMap<Value, number> | undefined;

  constructor(place: Place, after: Container) {
    this.#place = place;
    this.#after = after;
    this.#removed = removedKeys(place);
    this.#keys =
      this.#removed.size === 0
        ? keysOf(after.value)
        : mergeRemoved(place.before as Value & object, after, this.#removed);
  }

  get count(): number {
    return this.#keys.length;
  }

  at(position: number): Child {
    const raw = this.#keys[position];
    const isNamed = this.#after.kind === 'object';
    const segment = isNamed ? (raw as string) : { mapKey: raw };
    const key = segmentKey(segment);
    const own = { segment, key: key + this.#twinSuffix(raw), isMember: this.#after.kind === 'set' };
    if (this.#removed.has(raw)) {
      const value = itemAt(this.#place.before, segment);
      return { ...own, before: value, after: value, marks: undefined, sign: 'removed' };
    }
    const marks = this.#place.marks?.children.get(key);
    return {
      ...own,
      // The earlier value matters only if something differs.
      before: marks ? itemAt(this.#place.before, segment) : undefined,
      after: itemAt(this.#after.value, segment),
      marks,
      sign: marks?.sign,
    };
  }

  positionOf(key: string): number {
    if (!/^[.@]/.test(key)) return -1;
    const [text = '', ordinal = '0'] = key.split(TWIN_MARK);
    const segment = parseSegmentKey(text);
    const isNamed = this.#after.kind === 'object';
    if (typeof segment === 'number' || isNamed !== (typeof segment === 'string')) return -1;
    const raw = typeof segment === 'object' ? segment.mapKey : segment;
    if (isContainer(raw)) return this.#positionOfTwin(raw, Number(ordinal));
    this.#scans += 1;
    if (this.#scans <= SCANS_MAX) {
      return this.#keys.findIndex((other) => other === raw || Object.is(other, raw));
    }
    this.#positions ??= new Map(this.#keys.map((other, position) => [other, position]));
    return this.#positions.get(raw) ?? -1;
  }

  #positionOfTwin(raw: Value, ordinal: number): number {
    let earlier = 0;
    return this.#keys.findIndex((other) => {
      if (!sameValue(other, raw)) return false;
      earlier += 1;
      return earlier > ordinal;
    });
  }

  /** Distinguishes keys of equal content, so that each row has its own id. */
  #twinSuffix(raw: Value): string {
    if (!isContainer(raw)) return '';
    this.#ordinals ??= ordinalsOf(this.#keys);
    const ordinal = this.#ordinals.get(raw) ?? 0;
    return ordinal === 0 ? '' : `${TWIN_MARK}${ordinal}`;
  }
}

/** Between the key of a child and its number among children of equal keys. No key holds a tab. */
const TWIN_MARK = '\t';

/** For each key that is an object, the number of keys of the same content before it. */
function ordinalsOf(keys: readonly Value[]): ReadonlyMap<Value, number> {
  const ordinals = new Map<Value, number>();
  for (const twins of groupByContent(keys).values()) {
    for (const [ordinal, key] of twins.entries()) ordinals.set(key, ordinal);
  }
  return ordinals;
}

const keysByContainer = new WeakMap<object, readonly Value[]>();

/** The keys in order; cached, since states do not change and rows need them at every step. */
function keysOf(container: Value & object): readonly Value[] {
  const known = keysByContainer.get(container);
  if (known) return known;
  const keys = Array.from(containerOf(container)?.entries() ?? [], ([segment]) =>
    typeof segment === 'object' ? segment.mapKey : segment,
  );
  keysByContainer.set(container, keys);
  return keys;
}

function itemAt(container: Value, segment: PathSegment): Value {
  const item = containerOf(container)?.get(segment);
  return item?.found ? item.value : undefined;
}

/** The keys marked as removed, as the earlier container has them. */
function removedKeys({ before, marks }: Place): ReadonlySet<Value> {
  const removed = new Set<Value>();
  for (const [key, child] of marks?.children ?? []) {
    if (child.sign !== 'removed') continue;
    const segment = parseSegmentKey(key);
    if (typeof segment !== 'object') removed.add(segment);
    else if (before instanceof Map || before instanceof Set) {
      const found = findKey(before as ReadonlyMap<Value, Value>, segment.mapKey);
      if (found) removed.add(found.key);
    }
  }
  return removed;
}

/**
 * The present keys, with each removed one after the neighbour that it followed. The keys that stayed
 * in a Map or Set come first and in their old order (`diff` in core guarantees it), so keys that are
 * objects need not be compared. The keys of an object are found by name.
 */
function mergeRemoved(
  before: Value & object,
  after: Container,
  removed: ReadonlySet<Value>,
): readonly Value[] {
  const afterKeys = keysOf(after.value);
  const isNamed = after.kind === 'object';
  const leading: Value[] = [];
  const following = new Map<Value, Value[]>();
  let anchor: Value;
  let stayed = 0;
  for (const key of keysOf(before)) {
    if (!removed.has(key)) {
      anchor = isNamed ? key : afterKeys[stayed];
      stayed += 1;
    } else if (stayed === 0) {
      leading.push(key);
    } else {
      const group = following.get(anchor);
      if (group) group.push(key);
      else following.set(anchor, [key]);
    }
  }
  const merged = leading;
  for (const key of afterKeys) {
    merged.push(key);
    for (const gone of following.get(key) ?? []) merged.push(gone);
  }
  return merged;
}
