import { valueAt } from '../../value/container.ts';
import type { Change, Patch } from '../../value/patch.ts';
import type { Path } from '../../value/path.ts';
import { sameValue, type Value } from '../../value/value.ts';
import { passChange } from '../writes.ts';
import {
  formatRecord,
  keyAt,
  placeOf,
  recordsIn,
  type NamedKind,
  type RecordRef,
} from './record-kinds.ts';

/** The most records that are counted for one step. */
export const RECORDS_MAX = 1_000;

/** A record that a step wrote, with its place before and after; absent where it was not there. */
export interface RecordWrite {
  readonly record: RecordRef;
  readonly before: Path | undefined;
  readonly after: Path | undefined;
}

/**
 * The records that a patch wrote.
 *
 * @param before gives the state before it, which is asked only where the patch does not say enough.
 * @param after gives the state after it, likewise.
 */
export function recordsWritten(
  kinds: readonly NamedKind[],
  patch: Patch,
  before: () => Value,
  after: () => Value,
): readonly RecordWrite[] {
  const writes = new Map<string, RecordWrite>();
  for (const kind of kinds) {
    for (let at = 0; at < patch.length && writes.size < RECORDS_MAX; at += 1) {
      for (const write of writtenAt(kind, patch, at, before, after)) {
        const name = formatRecord(write.record);
        const earlier = writes.get(name);
        writes.set(name, earlier ? merged(earlier, write) : write);
      }
    }
  }
  return [...writes.values()];
}

/** The records of a kind that one change of a patch wrote. */
function writtenAt(
  kind: NamedKind,
  patch: Patch,
  at: number,
  before: () => Value,
  after: () => Value,
): readonly RecordWrite[] {
  const change = patch[at] as Change;
  const place = placeOf(kind, change.path);
  if (!place) return [];
  const was = (path: Path) => placed(kind, pathBefore(patch, at, path), before);
  const is = (path: Path) => placed(kind, pathAfter(patch, at + 1, path), after);
  if (place.kind === 'inside') {
    const isWhole = place.record.length === change.path.length;
    return together(
      kind,
      isWhole && change.kind === 'added' ? undefined : was(place.record),
      isWhole && change.kind === 'removed' ? undefined : is(place.record),
    );
  }
  if (change.kind !== 'spliced') return writtenInside(kind, change.path, before, after);
  if (change.path.length !== kind.at.length - 1) return [];
  const item = (offset: number): Path => [...change.path, change.index + offset];
  return [
    ...upTo(change.removed).flatMap((offset) => together(kind, was(item(offset)), undefined)),
    ...upTo(change.inserted.length).flatMap((offset) =>
      together(kind, undefined, is(item(offset))),
    ),
  ];
}

function placed(kind: NamedKind, path: Path | undefined, state: () => Value): Placed | undefined {
  const key = path && recordKeyAt(kind, path, state);
  return path && key !== undefined ? { key, path } : undefined;
}

/** The id of the record of a kind at a path; `undefined` if it is not known. */
export function recordKeyAt(kind: NamedKind, path: Path, state: () => Value): string | undefined {
  return keyAt(kind, path, () => {
    const found = valueAt(state(), path);
    return found.found ? found.value : undefined;
  });
}

function together(
  { name: kind }: NamedKind,
  was: Placed | undefined,
  is: Placed | undefined,
): readonly RecordWrite[] {
  if (was && is?.key === was.key) {
    return [{ record: { kind, key: was.key }, before: was.path, after: is.path }];
  }
  const gone = was && { record: { kind, key: was.key }, before: was.path, after: undefined };
  const come = is && { record: { kind, key: is.key }, before: undefined, after: is.path };
  return [gone, come].filter((write) => write !== undefined);
}

/** The records that differ inside of a container that was replaced as a whole. */
function writtenInside(
  kind: NamedKind,
  path: Path,
  before: () => Value,
  after: () => Value,
): readonly RecordWrite[] {
  const recordsBy = (state: Value) => {
    const found = valueAt(state, path);
    const records = found.found ? recordsIn(kind, found.value, path) : [];
    return new Map(Array.from(records, (record) => [record.key, record] as const));
  };
  const [was, is] = [recordsBy(before()), recordsBy(after())];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key) => {
    const [one, other] = [was.get(key), is.get(key)];
    if (one && other && sameValue(one.value, other.value)) return [];
    return together(kind, one, other);
  });
}

interface Placed {
  readonly key: string;
  readonly path: Path;
}

function upTo(count: number): readonly number[] {
  return Array.from({ length: Math.min(count, RECORDS_MAX) }, (_, index) => index);
}

/** Two writes of a record in one step: one that moves in a list is taken out and put in, in any order. */
function merged(earlier: RecordWrite, later: RecordWrite): RecordWrite {
  return {
    record: later.record,
    before: earlier.before ?? later.before,
    after: later.after ?? earlier.after,
  };
}

/** Where a member was before a patch that is made up to a change, which itself does not count. */
function pathBefore(patch: Patch, to: number, path: Path): Path | undefined {
  let followed: Path | undefined = path;
  for (const change of patch.slice(0, to).toReversed()) {
    followed = followed && passChange(change, followed, 'backwards').path;
  }
  return followed;
}

/** Where a member is after the changes of a patch from one on. */
function pathAfter(patch: Patch, from: number, path: Path): Path | undefined {
  let followed: Path | undefined = path;
  for (const change of patch.slice(from)) {
    followed = followed && passChange(change, followed, 'forwards').path;
  }
  return followed;
}
