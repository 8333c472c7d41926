import { formatCount } from '../text/counts.ts';
import { containerOf, isContainer, type Container } from './container.ts';
import { digestOf, groupByContent } from './hash.ts';
import { differingStretches, type Stretch } from './list-diff.ts';
import type { OrderedEntries } from './ordered-entries.ts';
import type { Change, Patch } from './patch.ts';
import { formatPath, type Path } from './path.ts';
import type { Table } from './table.ts';
import { sameListKind } from './tuple.ts';
import { sameValue, type PlainObject, type Value } from './value.ts';
import { WideMap, WideSet } from './wide-maps.ts';
import { WideObject } from './wide-object.ts';

const NOTHING: Patch = [];

/**
 * So many containers that differ are looked into. Others are replaced as a whole: parts that are used in
 * many places, as in `[a, a]`, differ in each of them, which may have no end.
 */
const DIFFERING_MAX = 200_000;

/** How many more containers are looked into by the call of {@link diff} that goes on. */
let untilWhole = 0;

/**
 * The patch that turns `before` into `after`. Subtrees that the two share (`===`) are skipped, so
 * two versions of a state cost what they differ in.
 */
export function diff(before: Value, after: Value): Patch {
  if (Object.is(before, after)) return NOTHING;
  const changes: Change[] = [];
  untilWhole = DIFFERING_MAX;
  diffAt(before, after, [], changes);
  return changes;
}

function diffAt(before: Value, after: Value, path: Path, changes: Change[]): void {
  if (Object.is(before, after)) return;
  if (untilWhole > 0) {
    untilWhole -= 1;
    const [was, is] = [containerOf(before), containerOf(after)];
    if (was && is && diffContainer(was, is, path, changes)) return;
  }
  changes.push({ kind: 'changed', path, value: after });
}

/** Returns false when the container has to be replaced as a whole. */
function diffContainer(was: Container, is: Container, path: Path, changes: Change[]): boolean {
  if (was.kind === 'list' && is.kind === 'list') {
    if (!sameListKind(was.value, is.value)) return false;
    diffList(was.value, is.value, path, changes);
  } else if (was.kind === 'object' && is.kind === 'object')
    diffObject(was.value, is.value, path, changes);
  else if (was.kind === 'table' && is.kind === 'table')
    diffTable(was.value, is.value, path, changes);
  else if (was.kind === 'map' && is.kind === 'map')
    return diffMap(was.value, is.value, path, changes);
  else if (was.kind === 'set' && is.kind === 'set')
    return diffSet(was.value, is.value, path, changes);
  else return false;
  return true;
}

function diffObject(before: PlainObject, after: PlainObject, path: Path, changes: Change[]): void {
  const [was, is] = [WideObject.of(before)?.entries, WideObject.of(after)?.entries];
  if (was && is) return diffProperties(was, is, path, changes);
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

/** As {@link diffObject}, at the cost of what was changed. The order of the keys does not count. */
function diffProperties(
  before: OrderedEntries,
  after: OrderedEntries,
  path: Path,
  changes: Change[],
): void {
  const differences = before.differences(after);
  for (const { was, is } of differences.before) {
    const [at, now] = [[...path, was.key as string], is ?? after.get(was.key)];
    if (now) diffAt(was.value, now.value, at, changes);
    else changes.push({ kind: 'removed', path: at });
  }
  for (const { key, value } of differences.added) {
    if (!before.get(key)) changes.push({ kind: 'added', path: [...path, key as string], value });
  }
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

type Keyed = ReadonlyMap<Value, Value> | ReadonlySet<Value>;

/** Returns false when a patch could not name an entry, or reproduce the order of the entries. */
function diffMap(
  before: ReadonlyMap<Value, Value>,
  after: ReadonlyMap<Value, Value>,
  path: Path,
  changes: Change[],
): boolean {
  const shared = diffEntries(WideMap.entriesOf(before), WideMap.entriesOf(after), path);
  if (shared) return addAll(changes, shared);
  const matched = matchKeys(before, after);
  if (!matched) return false;
  const names = new Names(before, after);
  const mapChanges: Change[] = [];
  for (const [key, item] of before) {
    const other = after.has(key) ? key : matched.renamed.get(key);
    const isKept = other !== undefined || after.has(key);
    if (isKept && Object.is(item, after.get(other))) continue;
    const segments = [...path, { mapKey: key }];
    const count = mapChanges.length;
    if (!isKept) mapChanges.push({ kind: 'removed', path: segments });
    else diffAt(item, after.get(other), segments, mapChanges);
    if (mapChanges.length > count && !names.isUnique(key)) return false;
  }
  for (const key of matched.added) {
    if (!names.isUnique(key)) return false;
    mapChanges.push({ kind: 'added', path: [...path, { mapKey: key }], value: after.get(key) });
  }
  return addAll(changes, mapChanges);
}

function addAll(changes: Change[], more: readonly Change[]): true {
  for (const change of more) changes.push(change);
  return true;
}

/**
 * The changes of a wide Map or Set, at the cost of what was changed. Nothing when a patch cannot tell
 * them, or needs a look at all keys: those that are objects may be the same as others by content.
 */
function diffEntries(
  before: OrderedEntries | undefined,
  after: OrderedEntries | undefined,
  path: Path,
): readonly Change[] | undefined {
  if (!before || !after) return undefined;
  const differences = before.differences(after);
  if (!after.areLast(differences.added)) return undefined;
  const changes: Change[] = [];
  for (const { was, is } of differences.before) {
    if (isContainer(was.key)) return undefined;
    const at = [...path, { mapKey: was.key }];
    if (is) diffAt(was.value, is.value, at, changes);
    else changes.push({ kind: 'removed', path: at });
  }
  for (const { key, value } of differences.added) {
    if (isContainer(key)) return undefined;
    changes.push({ kind: 'added', path: [...path, { mapKey: key }], value });
  }
  return changes;
}

function diffSet(
  before: ReadonlySet<Value>,
  after: ReadonlySet<Value>,
  path: Path,
  changes: Change[],
): boolean {
  const shared = diffEntries(WideSet.entriesOf(before), WideSet.entriesOf(after), path);
  if (shared) return addAll(changes, shared);
  const matched = matchKeys(before, after);
  if (!matched) return false;
  const names = new Names(before, after);
  const removed = [...before].filter((one) => !after.has(one) && !matched.renamed.has(one));
  for (const member of [...removed, ...matched.added]) if (!names.isUnique(member)) return false;
  for (const member of removed) {
    changes.push({ kind: 'removed', path: [...path, { mapKey: member }] });
  }
  for (const member of matched.added) {
    changes.push({ kind: 'added', path: [...path, { mapKey: member }], value: member });
  }
  return true;
}

interface MatchedKeys {
  /** Objects that stayed by their content, each with the key in `after` that it has become. */
  readonly renamed: ReadonlyMap<Value, Value>;
  readonly added: readonly Value[];
}

const NONE_RENAMED: ReadonlyMap<Value, Value> = new Map();

/**
 * Which keys stayed and which are new. Keys stay by identity, or else by content, each for one other.
 * Nothing when the ones that stayed changed places, or a new one is before them: a patch can only
 * append entries.
 */
function matchKeys(before: Keyed, after: Keyed): MatchedKeys | undefined {
  const renamed = renamedKeys(before, after);
  const afterKeys = after.keys();
  for (const key of before.keys()) {
    const isSame = after.has(key);
    if (!isSame && !renamed.has(key)) continue;
    const next = afterKeys.next();
    if (next.done || !Object.is(next.value, isSame ? key : renamed.get(key))) return undefined;
  }
  return { renamed, added: [...afterKeys] };
}

function renamedKeys(before: Keyed, after: Keyed): ReadonlyMap<Value, Value> {
  let renamed: Map<Value, Value> | undefined;
  let fresh: Map<string, Value[]> | undefined;
  for (const key of before.keys()) {
    if (!isContainer(key) || after.has(key)) continue;
    fresh ??= groupByContent([...after.keys()].filter((other) => !before.has(other)));
    const alike = fresh.get(digestOf(key)) ?? [];
    const at = alike.findIndex((other) => sameValue(other, key));
    if (at !== -1) (renamed ??= new Map()).set(key, alike.splice(at, 1)[0]);
  }
  return renamed ?? NONE_RENAMED;
}

/**
 * Which keys a path can name. A path names a key by its content, since identity does not survive a
 * file: so a key that shares its content with another one, before or after, has no name.
 */
class Names {
  readonly #sides: readonly Keyed[];
  #groups: readonly ReadonlyMap<string, readonly Value[]>[] | undefined;

  constructor(before: Keyed, after: Keyed) {
    this.#sides = [before, after];
  }

  isUnique(key: Value): boolean {
    if (!isContainer(key)) return true;
    this.#groups ??= this.#sides.map((side) => groupByContent(side.keys()));
    const content = digestOf(key);
    return this.#groups.every((groups) => (groups.get(content)?.length ?? 0) <= 1);
  }
}

/**
 * Changes are in the order of the list, so that each index is that of the list after the patch. As
 * many items out as in, at one place, are the same items with other content.
 */
function diffList(
  before: readonly Value[],
  after: readonly Value[],
  path: Path,
  changes: Change[],
): void {
  for (const stretch of stretchesToPatch(before, after)) {
    const { from } = stretch.after;
    const removed = stretch.before.to - stretch.before.from;
    // A plain list, also of the items of a tuple.
    const inserted = Array.from(after.slice(from, stretch.after.to));
    if (removed !== inserted.length) {
      changes.push({ kind: 'spliced', path, index: from, removed, inserted });
      continue;
    }
    for (const [offset, item] of inserted.entries()) {
      diffAt(before[stretch.before.from + offset], item, [...path, from + offset], changes);
    }
  }
}

function stretchesToPatch(before: readonly Value[], after: readonly Value[]): readonly Stretch[] {
  const stretches = differingStretches(before, after);
  const [first, last] = [stretches[0], stretches.at(-1)];
  if (!first || !last || before.length !== after.length) return stretches;
  const edits = stretches.reduce((sum, stretch) => {
    const [removed, inserted] = lengthsOf(stretch);
    return sum + (removed === inserted ? removed : removed + inserted);
  }, 0);
  // Items that stayed at their places and changed there say more than items that moved.
  if (!areChangedInPlace(stretches, before, after, edits)) return stretches;
  const [from, to] = [first.after.from, last.after.to];
  return [{ before: { from, to }, after: { from, to } }];
}

function lengthsOf({ before, after }: Stretch): readonly [removed: number, inserted: number] {
  return [before.to - before.from, after.to - after.from];
}

/**
 * Whether no more items differ from those at the same place before than a number of edits. Looks only
 * at places where the lists are shifted against each other: anywhere else the stretches tell.
 */
function areChangedInPlace(
  stretches: readonly Stretch[],
  before: readonly Value[],
  after: readonly Value[],
  edits: number,
): boolean {
  let changed = 0;
  let shiftedFrom: number | undefined;
  for (const stretch of stretches) {
    const from = shiftedFrom ?? stretch.after.from;
    const isShifted = stretch.before.to !== stretch.after.to;
    shiftedFrom = isShifted ? from : undefined;
    if (isShifted) continue;
    for (let at = from; at < stretch.after.to; at += 1) {
      if (!sameValue(before[at], after[at])) changed += 1;
      if (changed > edits) return false;
    }
  }
  return true;
}

/** The most changed places that a message names. */
const PATHS_NAMED_MAX = 3;

/** Names the first places at which two values differ, and says how many more there are. */
export function listChanges(before: Value, after: Value): string {
  const paths = diff(before, after).map(({ path }) => formatPath(path));
  const named = paths.slice(0, PATHS_NAMED_MAX).join(', ');
  return paths.length > PATHS_NAMED_MAX
    ? `${named} and ${formatCount(paths.length - PATHS_NAMED_MAX)} more`
    : named;
}
