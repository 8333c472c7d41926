import type { Name } from '../../engine/references.ts';
import { encodeValue } from '../../value/encoding.ts';
import { lastAtMost } from '../last-at-most.ts';
import type { TrackedSpan } from '../spans.ts';
import type { Trace } from '../trace.ts';
import { isObject, listOf, type IdFields, type Json } from './id-fields.ts';
import { namesOf } from './meanings.ts';

/** Parts of lines that hold changes of the state. */
const PATCHES: ReadonlySet<string> = new Set(['patch', 'attempted']);
/** Stands for the field of what is a key itself. */
const KEY = 'mapKey';
/** Fields of lines in which there are ids and keys. */
const NAMING: readonly string[] = ['id', KEY, '$set'];

/**
 * Which ids and names of one run are those of another one, learned pair by pair of their aligned steps: the first
 * action that one step emits is the first one of the step beside it. So steps are the same if they differ only in
 * how things are called: in ids, in keys, in fields that hold ids, or in a counter that has just given out an id.
 */
export class Renaming {
  readonly #traces: readonly [Trace, Trace];
  /** Fields of actions that name what their ids stand for … */
  readonly #named: ReadonlySet<string>;
  /** … and all that hold names, … */
  readonly #naming: ReadonlySet<string>;
  /** … and those that count them. */
  readonly #counting: ReadonlySet<string>;
  /** Names of the first run as JSON, with those that they are in the second one … */
  readonly #names = new Map<string, string>();
  /** … and the other way round. */
  readonly #reverse = new Map<string, string>();
  /** What counters are after the ids that the two steps have given out. */
  readonly #counters = new Map<string, string>();

  /**
   * @param named the fields of actions that name what their ids stand for, see {@link namingFields}.
   * @param held the fields of the states of both that hold ids.
   */
  constructor(
    traces: readonly [Trace, Trace],
    named: ReadonlySet<string>,
    held: readonly [IdFields, IdFields],
  ) {
    this.#traces = traces;
    const [mine, its] = held;
    this.#named = named;
    this.#naming = new Set([...NAMING, ...named, ...common(mine.ids, its.ids)]);
    this.#counting = common(mine.counters, its.counters);
  }

  /** Takes in two steps of the same operation, in the order in which both runs have had them. */
  pass(a: number, b: number): void {
    const [one, other] = this.#traces;
    const second = emissionsAt(other, b);
    this.#counters.clear();
    for (const [place, span] of emissionsAt(one, a).entries()) {
      const its = second[place];
      if (!its) return;
      this.#link(span.id, its.id);
      if (typeof span.id === 'number' && typeof its.id === 'number') {
        this.#counters.set(nameText(span.id + 1), nameText(its.id + 1));
      }
      const names = new Map(namesOf(its, this.#named));
      for (const [field, name] of namesOf(span, this.#named)) {
        const become = names.get(field);
        if (become !== undefined) this.#link(name, become);
      }
    }
  }

  /** The parts in which the lines of the steps that were just taken in differ in more than names. */
  differing(one: Json, other: Json): ReadonlySet<string> {
    const parts = new Set([...Object.keys(one), ...Object.keys(other)]);
    for (const part of parts) {
      const isSame = PATCHES.has(part)
        ? this.#areSameChanges(one[part], other[part])
        : this.#isSame(one[part], other[part]);
      if (isSame) parts.delete(part);
    }
    return parts;
  }

  #link(one: Name, other: Name): void {
    this.#linkTexts(nameText(one), nameText(other));
    // As a key of an object.
    if (typeof one !== 'string' && typeof other !== 'string') {
      this.#linkTexts(nameText(String(one)), nameText(String(other)));
    }
  }

  #linkTexts(name: string, become: string): void {
    const [was, before] = [this.#names.get(name), this.#reverse.get(become)];
    if (was !== undefined) this.#reverse.delete(was);
    if (before !== undefined) this.#names.delete(before);
    this.#names.set(name, become);
    this.#reverse.set(become, name);
  }

  /** @param field where the two stand. */
  #isSame(one: unknown, other: unknown, field = ''): boolean {
    if (one === other || this.#isRenamed(one, other, field)) return true;
    if (Array.isArray(one) && Array.isArray(other)) {
      return areOfOneLength(one, other, (item, its) => this.#isSame(item, its, field));
    }
    return isObject(one) && isObject(other) && this.#haveSameFields(one, other, field);
  }

  #isRenamed(one: unknown, other: unknown, field: string): boolean {
    const isNaming = this.#naming.has(field);
    if (!isNaming && !this.#counting.has(field)) return false;
    if (!isScalar(one) || !isScalar(other)) return false;
    const names = isNaming ? this.#names : this.#counters;
    return names.get(JSON.stringify(one)) === JSON.stringify(other);
  }

  #haveSameFields(one: Json, other: Json, field: string): boolean {
    return areOfOneLength(Object.keys(one), Object.keys(other), (key, itsKey) => {
      const [name, itsName] = [String(key), String(itsKey)];
      if (!this.#isSame(name, itsName, KEY)) return false;
      const [value, itsValue] = [one[name], other[itsName]];
      if (name === '$map' || name === '$table') return this.#haveSameEntries(value, itsValue);
      return this.#isSame(value, itsValue, name === '$tuple' ? field : name);
    });
  }

  #haveSameEntries(one: unknown, other: unknown): boolean {
    return areOfOneLength(one, other, (entry, its) => {
      const [[key, value], [itsKey, itsValue]] = [listOf(entry), listOf(its)];
      return this.#isSame(key, itsKey, KEY) && this.#isSame(value, itsValue);
    });
  }

  #areSameChanges(one: unknown, other: unknown): boolean {
    return areOfOneLength(one, other, (change, its) => {
      const [[kind, path, ...what], [itsKind, itsPath, ...itsWhat]] = [listOf(change), listOf(its)];
      if (kind !== itsKind || !this.#isSamePath(path, itsPath)) return false;
      const field = listOf(path).findLast((segment) => typeof segment === 'string');
      return this.#isSame(what, itsWhat, typeof field === 'string' ? field : '');
    });
  }

  #isSamePath(one: unknown, other: unknown): boolean {
    return areOfOneLength(one, other, (segment, its) =>
      // A number is the place in a list.
      typeof segment === 'number' ? segment === its : this.#isSame(segment, its, KEY),
    );
  }
}

function common(one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...one].filter((field) => other.has(field)));
}

/** The tracked actions of a step of a run, in order. */
function emissionsAt({ index: { spans } }: Trace, stepIndex: number): readonly TrackedSpan[] {
  const from = lastAtMost(spans, stepIndex - 1, emittedAt) + 1;
  return spans.slice(from, lastAtMost(spans, stepIndex, emittedAt) + 1);
}

function emittedAt(span: TrackedSpan): number {
  return span.emittedAt;
}

function areOfOneLength(
  one: unknown,
  other: unknown,
  areSame: (item: unknown, its: unknown) => boolean,
): boolean {
  const [items, its] = [listOf(one), listOf(other)];
  return items.length === its.length && items.every((item, at) => areSame(item, its[at]));
}

function nameText(name: Name): string {
  return JSON.stringify(encodeValue(name));
}

/** Whether JSON may be a name: a text, a number, or a bigint. */
function isScalar(json: unknown): boolean {
  return (
    typeof json === 'string' || typeof json === 'number' || (isObject(json) && '$bigint' in json)
  );
}
