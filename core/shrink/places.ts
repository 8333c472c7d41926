import { assertNever } from '../assert.ts';
import { containerOf } from '../value/container.ts';
import type { Value } from '../value/value.ts';
import { compareScalars, isComparable } from './scalar-order.ts';

/** The values that occur in the places of inputs and results. */
export class Places {
  /** The scalars at a place. */
  readonly #scalars = new Map<string, Set<Value>>();
  /** The fewest items of lists, Sets and Maps at a place. */
  readonly #fewest = new Map<string, number>();
  /** The number of objects at a place, and the number of those that have each key. */
  readonly #objects = new Map<string, { count: number; readonly keys: Map<string, number> }>();

  /** Adds the contents of a value. */
  add(value: Value, place: string): void {
    if (typeof value === 'object' && value !== null) this.#addParts(value, place);
    else getOr(this.#scalars, place, () => new Set()).add(value);
  }

  #addParts(value: Value & object, place: string): void {
    const container = containerOf(value);
    switch (container?.kind) {
      case undefined:
      case 'table':
        return;
      case 'list':
      case 'set':
        this.#note(
          place,
          container.kind === 'list' ? container.value.length : container.value.size,
        );
        for (const item of container.value) this.add(item, `${place}[]`);
        return;
      case 'map':
        this.#note(place, container.value.size);
        for (const [key, item] of container.value) {
          this.add(key, `${place}{}`);
          this.add(item, `${place}[]`);
        }
        return;
      case 'object': {
        const objects = getOr(this.#objects, place, () => ({ count: 0, keys: new Map() }));
        objects.count += 1;
        for (const [key, item] of Object.entries(container.value)) {
          objects.keys.set(key, (objects.keys.get(key) ?? 0) + 1);
          this.add(item, `${place}.${key}`);
        }
        return;
      }
      default:
        assertNever(container, 'container');
    }
  }

  #note(place: string, items: number): void {
    this.#fewest.set(place, Math.min(items, this.#fewest.get(place) ?? items));
  }

  /**
   * Whether nothing in a value is new in its place: no scalar, no container with fewer items than any, and no
   * object without a property that all have.
   */
  covers(value: Value, place: string): boolean {
    if (typeof value !== 'object' || value === null) return this.has(place, value);
    const container = containerOf(value);
    switch (container?.kind) {
      case undefined:
      case 'table':
        return true;
      case 'list':
      case 'set': {
        const items = [...container.value];
        const isEnough = items.length >= (this.#fewest.get(place) ?? Number.POSITIVE_INFINITY);
        return isEnough && items.every((item) => this.covers(item, `${place}[]`));
      }
      case 'map': {
        const entries = [...container.value];
        const isEnough = entries.length >= (this.#fewest.get(place) ?? Number.POSITIVE_INFINITY);
        return (
          isEnough &&
          entries.every(
            ([key, item]) => this.covers(key, `${place}{}`) && this.covers(item, `${place}[]`),
          )
        );
      }
      case 'object':
        return this.#coversObject(container.value, place);
      default:
        return assertNever(container, 'container');
    }
  }

  #coversObject(value: { readonly [key: string]: Value }, place: string): boolean {
    const objects = this.#objects.get(place);
    if (!objects) return false;
    const isMissing = [...objects.keys].some(
      ([key, count]) => count === objects.count && !Object.hasOwn(value, key),
    );
    return (
      !isMissing &&
      Object.entries(value).every(([key, item]) => this.covers(item, `${place}.${key}`))
    );
  }

  has(place: string, value: Value): boolean {
    return this.#scalars.get(place)?.has(value) ?? false;
  }

  /** The scalars of a place that are simpler than `value`, the simplest first. */
  simplerThan(place: string, value: Value): readonly Value[] {
    const seen = [...(this.#scalars.get(place) ?? [])];
    return seen
      .filter((other) => isComparable(other, value) && compareScalars(other, value) < 0)
      .toSorted(compareScalars);
  }

  /** Whether an object at a place need not have a key, since another object there lacks it. */
  isOptional(place: string, key: string): boolean {
    const objects = this.#objects.get(place);
    return objects !== undefined && (objects.keys.get(key) ?? 0) < objects.count;
  }
}

function getOr<Item>(map: Map<string, Item>, key: string, make: () => Item): Item {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
