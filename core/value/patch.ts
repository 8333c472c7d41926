import type { Path, PathSegment } from './path.ts';
import { formatPath } from './path.ts';
import { Table } from './table.ts';
import { equalKey, fromEntries, isPlainObject, sameValue, type Value } from './value.ts';

/**
 * One difference between two values. Paths are from the root; the path of a Set member ends in
 * `{ mapKey: member }`.
 *
 * - `added`: an object key, Map entry (at the end), Set member (at the end) or row of a table (in its
 *   place) that was not there;
 * - `removed`: one that is no longer there;
 * - `changed`: what stands at the path is another value; the empty path replaces the whole;
 * - `spliced`: in the array at the path, `removed` items from `index` on gave way to `inserted`.
 */
export type Change =
  | { readonly kind: 'added' | 'changed'; readonly path: Path; readonly value: Value }
  | { readonly kind: 'removed'; readonly path: Path }
  | {
      readonly kind: 'spliced';
      readonly path: Path;
      readonly index: number;
      readonly removed: number;
      readonly inserted: readonly Value[];
    };

/** What turns one value into another; empty when they are the same. */
export type Patch = readonly Change[];

const NOTHING: Patch = [];

/**
 * The patch that turns `before` into `after`. Subtrees that the two share (`===`) are skipped, so
 * two versions of a state cost what they differ in.
 */
export function diff(before: Value, after: Value): Patch {
  if (Object.is(before, after)) return NOTHING;
  const changes: Change[] = [];
  diffAt(before, after, [], changes);
  return changes;
}

function diffAt(before: Value, after: Value, path: Path, changes: Change[]): void {
  if (Object.is(before, after)) return;
  if (typeof before === 'object' && typeof after === 'object' && before && after) {
    if (Array.isArray(before)) {
      if (Array.isArray(after)) return diffArray(before, after, path, changes);
    } else if (before instanceof Table) {
      if (after instanceof Table) return diffTable(before, after, path, changes);
    } else if (before instanceof Map) {
      if (
        after instanceof Map &&
        !(after instanceof Table) &&
        diffMap(before, after, path, changes)
      )
        return;
    } else if (before instanceof Set) {
      if (after instanceof Set && diffSet(before, after, path, changes)) return;
    } else if (isPlainObject(before) && isPlainObject(after)) {
      return diffObject(before, after, path, changes);
    }
  }
  changes.push({ kind: 'changed', path, value: after });
}

function diffObject(
  before: { readonly [key: string]: Value },
  after: { readonly [key: string]: Value },
  path: Path,
  changes: Change[],
): void {
  for (const key of Object.keys(before)) {
    if (Object.hasOwn(after, key)) diffAt(before[key], after[key], [...path, key], changes);
    else changes.push({ kind: 'removed', path: [...path, key] });
  }
  for (const key of Object.keys(after)) {
    if (!Object.hasOwn(before, key)) {
      changes.push({ kind: 'added', path: [...path, key], value: after[key] });
    }
  }
}

/** Answers false when a patch could not reproduce the order of the entries. */
function diffMap(
  before: ReadonlyMap<Value, Value>,
  after: ReadonlyMap<Value, Value>,
  path: Path,
  changes: Change[],
): boolean {
  const found = matchKeys(before, after);
  if (!found) return false;
  for (const [key, item] of before) {
    const segments = [...path, { mapKey: key }];
    const other = found.kept.get(key);
    if (other === undefined) changes.push({ kind: 'removed', path: segments });
    else diffAt(item, after.get(other.key), segments, changes);
  }
  for (const key of found.added) {
    changes.push({ kind: 'added', path: [...path, { mapKey: key }], value: after.get(key) });
  }
  return true;
}

function diffTable(before: Table, after: Table, path: Path, changes: Change[]): void {
  for (const difference of before.differences(after)) {
    const at = [...path, { mapKey: difference.key }];
    if (!difference.after) changes.push({ kind: 'removed', path: at });
    else if (!difference.before) {
      changes.push({ kind: 'added', path: at, value: difference.after.row });
    } else diffAt(difference.before.row, difference.after.row, at, changes);
  }
}

function diffSet(
  before: ReadonlySet<Value>,
  after: ReadonlySet<Value>,
  path: Path,
  changes: Change[],
): boolean {
  const found = matchKeys(before, after);
  if (!found) return false;
  for (const member of before) {
    if (!found.kept.has(member))
      changes.push({ kind: 'removed', path: [...path, { mapKey: member }] });
  }
  for (const member of found.added) {
    changes.push({ kind: 'added', path: [...path, { mapKey: member }], value: member });
  }
  return true;
}

/**
 * Which keys stayed and which are new. Nothing when the ones that stayed changed places, or a new
 * one stands before them: entries can only be appended.
 */
function matchKeys(
  before: ReadonlyMap<Value, Value> | ReadonlySet<Value>,
  after: ReadonlyMap<Value, Value> | ReadonlySet<Value>,
): { kept: Map<Value, { readonly key: Value }>; added: Value[] } | undefined {
  const kept = new Map<Value, { readonly key: Value }>();
  for (const key of before.keys()) {
    const other = equalKey(after, key);
    if (other !== undefined) kept.set(key, other);
  }
  const inOrder = kept.values();
  const added: Value[] = [];
  for (const key of after.keys()) {
    const next = inOrder.next();
    if (next.done) added.push(key);
    else if (!Object.is(next.value.key, key)) return undefined;
  }
  // Left over when two keys of equal content met the same one.
  if (!inOrder.next().done) return undefined;
  return { kept, added };
}

function diffArray(
  before: readonly Value[],
  after: readonly Value[],
  path: Path,
  changes: Change[],
): void {
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
  if (before.length === after.length) {
    for (let index = start; index < after.length - tail; index += 1) {
      diffAt(before[index], after[index], [...path, index], changes);
    }
    return;
  }
  changes.push({
    kind: 'spliced',
    path,
    index: start,
    removed: before.length - tail - start,
    inserted: after.slice(start, after.length - tail),
  });
}

/** Thrown when a patch does not fit the value: it was made for another one. */
export class PatchError extends Error {
  override readonly name = 'PatchError';
}

/**
 * Applies patches one after another and answers the result; `base` is left as it was, and what no
 * patch touches is shared with it. A container is copied once, however many patches write to it.
 *
 * @throws {PatchError} when a path leads nowhere.
 */
export function applyPatches(base: Value, patches: Iterable<Patch>): Value {
  const application = new PatchApplication(base);
  for (const patch of patches) for (const change of patch) application.apply(change);
  return application.root;
}

class PatchApplication {
  root: Value;
  /** Containers made here, which may be written to. */
  readonly #owned = new Set<object>();

  constructor(base: Value) {
    this.root = base;
  }

  apply(change: Change): void {
    if (change.kind === 'spliced') {
      splice(this.#own(change.path), change);
      return;
    }
    const last = change.path.at(-1);
    if (last === undefined) {
      if (change.kind === 'removed') throw misfit(change.path, 'cannot be removed');
      this.root = change.value;
      return;
    }
    const parent = this.#own(change.path.slice(0, -1));
    const isThere = has(parent, last);
    if (isThere !== (change.kind !== 'added')) {
      throw misfit(change.path, isThere ? 'is there already' : 'is not there');
    }
    if (change.kind === 'removed') remove(parent, last, change.path);
    else write(parent, last, change.value, change.path);
  }

  /** The container at the path, copied along the way so that it can be written to. */
  #own(path: Path): object {
    let container = this.#copy(this.root, []);
    this.root = container as Value;
    path.forEach((segment, depth) => {
      const copied = this.#copy(read(container, segment), path.slice(0, depth + 1));
      write(container, segment, copied as Value, path);
      container = copied;
    });
    return container;
  }

  #copy(value: Value, path: Path): object {
    if (typeof value !== 'object' || value === null) throw misfit(path, 'is no container');
    if (this.#owned.has(value)) return value;
    const copy = shallowCopy(value);
    this.#owned.add(copy);
    return copy;
  }
}

function splice(list: object, change: Change & { readonly kind: 'spliced' }): void {
  const { path, index, removed, inserted } = change;
  if (!Array.isArray(list)) throw misfit(path, 'is no list');
  if (index + removed > list.length) throw misfit(path, `has no ${index + removed} items`);
  const items = list as Value[];
  const tail = items.splice(index).slice(removed);
  // One by one: as arguments of a call, a hundred thousand items would be too many.
  for (const item of inserted) items.push(item);
  for (const item of tail) items.push(item);
}

function shallowCopy(value: Value & object): object {
  if (Array.isArray(value)) return [...(value as readonly Value[])];
  if (value instanceof Table) return value.copy();
  if (value instanceof Map) return new Map(value as ReadonlyMap<Value, Value>);
  if (value instanceof Set) return new Set(value as ReadonlySet<Value>);
  return fromEntries(Object.entries(value));
}

/** What stands at one segment of a container, `undefined` when nothing does. */
function read(container: object, segment: PathSegment): Value {
  if (typeof segment === 'object') {
    if (container instanceof Map) {
      const map = container as ReadonlyMap<Value, Value>;
      const found = equalKey(map, segment.mapKey);
      return found && map.get(found.key);
    }
    return container instanceof Set ? segment.mapKey : undefined;
  }
  return Object.hasOwn(container, segment)
    ? (container as Readonly<Record<string | number, Value>>)[segment]
    : undefined;
}

function write(container: object, segment: PathSegment, value: Value, path: Path): void {
  if (typeof segment === 'object') {
    if (container instanceof Map) {
      const map = container as Map<Value, Value>;
      map.set((equalKey(map, segment.mapKey) ?? { key: segment.mapKey }).key, value);
    } else if (container instanceof Set) {
      (container as Set<Value>).add(value);
    } else {
      throw misfit(path, 'goes through a key of what is no Map');
    }
    return;
  }
  if (container instanceof Map || container instanceof Set) {
    throw misfit(path, 'names a property of a Map or Set');
  }
  if (Array.isArray(container) && !Object.hasOwn(container, segment)) {
    throw misfit(path, 'is beyond the end of the list');
  }
  Object.defineProperty(container, segment, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function remove(container: object, segment: PathSegment, path: Path): void {
  if (typeof segment !== 'object') {
    if (Array.isArray(container)) throw misfit(path, 'cannot be removed from a list');
    delete (container as Record<string, Value>)[segment];
    return;
  }
  if (!(container instanceof Map || container instanceof Set)) {
    throw misfit(path, 'goes through a key of what is no Map');
  }
  const found = equalKey(container as ReadonlyMap<Value, Value>, segment.mapKey);
  if (found) container.delete(found.key);
}

function misfit(path: Path, reason: string): PatchError {
  return new PatchError(`The patch does not fit: ${formatPath(path)} ${reason}.`);
}

/** What stands at a path of a value. */
export type Lookup = { readonly found: true; readonly value: Value } | { readonly found: false };

/** Looks up what stands at a path of a value. */
export function valueAt(root: Value, path: Path): Lookup {
  let value = root;
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || !has(value, segment))
      return { found: false };
    value = read(value, segment);
  }
  return { found: true, value };
}

/** Whether the same data was found twice, or nothing both times. */
export function sameLookup(a: Lookup, b: Lookup): boolean {
  return a.found && b.found ? sameValue(a.value, b.value) : a.found === b.found;
}

function has(container: object, segment: PathSegment): boolean {
  // An array's own "length" is no item of it.
  if (Array.isArray(container) && typeof segment !== 'number') return false;
  if (typeof segment !== 'object') return Object.hasOwn(container, segment);
  if (!(container instanceof Map || container instanceof Set)) return false;
  return equalKey(container as ReadonlyMap<Value, Value>, segment.mapKey) !== undefined;
}

/** How many changed places are named. */
const PATHS_NAMED_MAX = 3;

/** Names the first places at which two values differ, and says how many more there are. */
export function listChanges(before: Value, after: Value): string {
  const paths = diff(before, after).map(({ path }) => formatPath(path));
  const named = paths.slice(0, PATHS_NAMED_MAX).join(', ');
  return paths.length > PATHS_NAMED_MAX
    ? `${named} and ${paths.length - PATHS_NAMED_MAX} more`
    : named;
}
