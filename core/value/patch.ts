import { containerOf, type Container } from './container.ts';
import { effort } from './effort.ts';
import { formatPath, type Path, type PathSegment } from './path.ts';
import { isFrozen, type Value } from './value.ts';
import { sharedForm } from './wide.ts';

/**
 * One difference between two values. Paths are from the root; the path of a Set member ends in
 * `{ mapKey: member }`.
 *
 * - `added`: an object key, Map entry (at the end), Set member (at the end) or row of a table (in its
 *   place) that was not there;
 * - `removed`: one that is no longer there;
 * - `changed`: another value is at the path; the empty path replaces the whole;
 * - `spliced`: in the list at the path, `removed` items from `index` on gave way to `inserted`.
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

/** Thrown when a patch does not fit the value: it was made for another one. */
export class PatchError extends Error {
  override readonly name = 'PatchError';
}

/** Thrown when applying patches takes more effort than it may. */
export class EffortError extends Error {
  override readonly name = 'EffortError';
}

/**
 * Applies patches one after another and returns the result. `base` is left unchanged, and what no
 * patch touches is shared with it. A container is copied once, however many patches write to it.
 *
 * @param effortMax the limit on the {@link effort} of it.
 * @throws {PatchError} when a path leads nowhere.
 * @throws {EffortError} when it takes more than the limit.
 */
export function applyPatches(
  base: Value,
  patches: Iterable<Patch>,
  effortMax = Number.POSITIVE_INFINITY,
): Value {
  const application = new PatchApplication(base);
  const end = effort() + effortMax;
  for (const patch of patches) {
    for (const change of patch) {
      application.apply(change);
      if (effort() > end) throw new EffortError('the patches take more effort than they may');
    }
  }
  return application.root;
}

class PatchApplication {
  root: Value;
  /** The containers that were copied here, by their values: they may be written to. */
  readonly #owned = new Map<object, Container>();

  constructor(base: Value) {
    this.root = base;
  }

  apply(change: Change): void {
    const { path } = change;
    if (change.kind === 'spliced') return splice(this.#own(path, path.length), change);
    const last = path.at(-1);
    if (last === undefined) {
      if (change.kind === 'removed') throw misfit(path, 'cannot be removed');
      this.root = change.value;
      return;
    }
    const parent = this.#own(path, path.length - 1);
    const isThere = parent.get(last).found;
    if (change.kind === 'added') {
      if (isThere) throw misfit(path, 'is there already');
      if (!parent.accepts(last)) throw misfit(path, `is not a place of a ${parent.kind}`);
    } else if (!isThere) {
      throw misfit(path, 'is not there');
    }
    if (change.kind !== 'removed') parent.set(last, change.value);
    else if (parent.kind === 'list') throw misfit(path, 'cannot be removed from a list');
    else parent.remove(last);
  }

  /** The container at the first segments of a path, copied along the way so that it can be written to. */
  #own(path: Path, segments: number): Container {
    let container = this.#copy(this.root, path, 0);
    this.root = container.value;
    for (let depth = 0; depth < segments; depth += 1) {
      const segment = path[depth] as PathSegment;
      const item = container.get(segment);
      const copied = this.#copy(item.found ? item.value : undefined, path, depth + 1);
      if (container.kind === 'set') {
        throw misfit(path.slice(0, segments), 'leads into a member of a Set');
      }
      container.set(segment, copied.value);
      container = copied;
    }
    return container;
  }

  #copy(value: Value, path: Path, segments: number): Container {
    if (typeof value !== 'object' || value === null) throw noContainer(path, segments);
    const owned = this.#owned.get(value);
    if (owned) return owned;
    const container = containerOf(isFrozen(value) ? sharedForm(value) : value);
    if (!container) throw noContainer(path, segments);
    const copy = container.copy();
    this.#owned.set(copy.value, copy);
    return copy;
  }
}

function noContainer(path: Path, segments: number): PatchError {
  return misfit(path.slice(0, segments), 'is not a container');
}

function splice(list: Container, change: Change & { readonly kind: 'spliced' }): void {
  const { path, index, removed, inserted } = change;
  if (list.kind !== 'list') throw misfit(path, 'is not a list');
  if (index + removed > list.size) throw misfit(path, `does not have ${index + removed} items`);
  list.splice(index, removed, inserted);
}

function misfit(path: Path, reason: string): PatchError {
  return new PatchError(`The patch does not fit: ${formatPath(path)} ${reason}.`);
}
