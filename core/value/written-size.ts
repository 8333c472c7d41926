import { VALUE_LEVELS_MAX, WRITTEN_CONTAINERS_MAX } from '../limits.ts';
import { formatCount } from '../text/quantities.ts';
import { SelfExplainingError } from '../thrown.ts';
import { formatPath, type Path, type PathSegment } from './path.ts';
import type { Value } from './types.ts';

/** Thrown for data that is beyond a limit, so that a trace could not hold it. */
export class OversizeError extends SelfExplainingError {
  override readonly name = 'OversizeError';
}

/** Replaces such data where its text is wanted, so that the rest of the message is still shown. */
export const TOO_LARGE_TO_WRITE = 'a value too large to be written';

/** The error for a value with containers in more than {@link VALUE_LEVELS_MAX} levels. */
export function tooDeep(subject: string): OversizeError {
  return new OversizeError(
    `${subject} is nested more than ${VALUE_LEVELS_MAX} levels deep, which no trace can hold. Keep a ` +
      'chain of objects as a list, or as a Map in which they refer to each other by key.',
  );
}

/** So many containers are written before those that are still to come are counted. */
const WRITTEN_UNCOUNTED_MAX = 1_000_000;

/**
 * Counts the containers of a value while it is written. Parts that are used in several places are written
 * each time, so that a small value may have no end: how many containers it has is found out when there
 * are many, at the cost of those that are different.
 */
export class WrittenSize {
  readonly #whole: Value;
  readonly #path: Path;
  #written = 0;

  /** @param path where the value lies in what is written. */
  constructor(whole: Value, path: Path = []) {
    this.#whole = whole;
    this.#path = path;
  }

  /** @throws {OversizeError} when there are more than any trace can hold; it names the place. */
  add(): void {
    this.#written += 1;
    if (this.#written !== WRITTEN_UNCOUNTED_MAX) return;
    const place = findOversize(this.#whole);
    if (place) throw tooMany([...this.#path, ...place]);
  }
}

function tooMany(path: Path): OversizeError {
  const place = path.length === 0 ? '' : ` (path: ${formatPath(path)})`;
  return new OversizeError(
    `A value is written with more than ${formatCount(WRITTEN_CONTAINERS_MAX)} containers${place}, which ` +
      'no trace can hold. Parts that are used in several places, as in [a, a], are written each time: ' +
      'keep them once, and refer to them by a key.',
  );
}

/** The place of what is written with too many containers, as far down as there is one such place. */
function findOversize(whole: Value): Path | undefined {
  const counts = new Map<Value, number>();
  if (countContainers(whole, counts) <= WRITTEN_CONTAINERS_MAX) return undefined;
  const path: PathSegment[] = [];
  for (let value = whole; ;) {
    const large = partsOf(value).filter(
      ([, part]) => (counts.get(part) ?? 0) > WRITTEN_CONTAINERS_MAX,
    );
    const [only] = large;
    if (!only || large.length > 1) return path;
    path.push(only[0]);
    [, value] = only;
  }
}

/** How many containers a value is written with. Each of them is counted once. */
function countContainers(value: Value, counts: Map<Value, number>): number {
  if (typeof value !== 'object' || value === null) return 0;
  const known = counts.get(value);
  if (known !== undefined) return known;
  let count = 1;
  for (const [, part] of partsOf(value)) count += countContainers(part, counts);
  counts.set(value, count);
  return count;
}

function partsOf(value: Value): readonly (readonly [PathSegment, Value])[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return (value as readonly Value[]).map((item, index) => [index, item]);
  if (value instanceof Map) {
    const map = value as ReadonlyMap<Value, Value>;
    return [...map].flatMap(([mapKey, item]) => [
      [{ mapKey }, mapKey],
      [{ mapKey }, item],
    ]);
  }
  if (value instanceof Set) {
    return Array.from(value as ReadonlySet<Value>, (mapKey) => [{ mapKey }, mapKey]);
  }
  return Object.entries(value);
}
