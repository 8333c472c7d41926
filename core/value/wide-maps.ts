import type { OrderedEntries } from './ordered-entries.ts';
import type { RowDifference } from './row-differences.ts';
import type { Value } from './types.ts';

/** How Node prints a value of its own kind, such as in `console.log`. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/**
 * A Map with many entries, whose versions share what they have in common: see {@link OrderedEntries}.
 * It can be changed until its entries are closed.
 */
export class WideMap extends Map<Value, Value> {
  readonly #entries: OrderedEntries;

  constructor(entries: OrderedEntries) {
    super();
    this.#entries = entries;
  }

  /** The entries of a value that is such a Map. */
  static entriesOf(value: object): OrderedEntries | undefined {
    return #entries in value ? value.#entries : undefined;
  }

  override get size(): number {
    return this.#entries.size;
  }

  override get(key: Value): Value {
    return this.#entries.get(key)?.value;
  }

  override has(key: Value): boolean {
    return this.#entries.get(key) !== undefined;
  }

  override set(key: Value, value: Value): this {
    // As a Map does, which has one zero only.
    this.#entries.set(key === 0 ? 0 : key, value);
    return this;
  }

  override delete(key: Value): boolean {
    return this.#entries.delete(key);
  }

  override clear(): void {
    this.#entries.clear();
  }

  override keys(): MapIterator<Value> {
    return this.#entries.keys();
  }

  override values(): MapIterator<Value> {
    return this.#entries.values();
  }

  override entries(): MapIterator<[Value, Value]> {
    return this.#entries.pairs();
  }

  override [Symbol.iterator](): MapIterator<[Value, Value]> {
    return this.entries();
  }

  override forEach(
    visit: (value: Value, key: Value, map: Map<Value, Value>) => void,
    thisArg?: unknown,
  ): void {
    for (const [key, value] of this.entries()) visit.call(thisArg, value, key, this);
  }

  /** The entries that another such Map does not share with this one, as tables tell them. */
  *differences(after: WideMap): Iterable<RowDifference> {
    const { before, added } = this.#entries.differences(after.#entries);
    for (const { was, is } of before) {
      const now = is ?? after.#entries.get(was.key);
      if (now && Object.is(now.value, was.value)) continue;
      yield { key: was.key, before: { row: was.value }, after: now && { row: now.value } };
    }
    for (const { key, value } of added) {
      if (!this.has(key)) yield { key, before: undefined, after: { row: value } };
    }
  }

  [INSPECT](): Map<Value, Value> {
    return new Map(this);
  }
}

/** A Set with many members, as {@link WideMap} is a Map. */
export class WideSet extends Set<Value> {
  readonly #entries: OrderedEntries;

  constructor(entries: OrderedEntries) {
    super();
    this.#entries = entries;
  }

  /** The members of a value that is such a Set: each is the key and the value of an entry. */
  static entriesOf(value: object): OrderedEntries | undefined {
    return #entries in value ? value.#entries : undefined;
  }

  override get size(): number {
    return this.#entries.size;
  }

  override has(member: Value): boolean {
    return this.#entries.get(member) !== undefined;
  }

  override add(member: Value): this {
    const key = member === 0 ? 0 : member;
    if (!this.has(key)) this.#entries.set(key, key);
    return this;
  }

  override delete(member: Value): boolean {
    return this.#entries.delete(member);
  }

  override clear(): void {
    this.#entries.clear();
  }

  override keys(): SetIterator<Value> {
    return this.#entries.keys();
  }

  override values(): SetIterator<Value> {
    return this.#entries.keys();
  }

  override entries(): SetIterator<[Value, Value]> {
    return this.#entries.pairs();
  }

  override [Symbol.iterator](): SetIterator<Value> {
    return this.#entries.keys();
  }

  override forEach(
    visit: (member: Value, again: Value, set: Set<Value>) => void,
    thisArg?: unknown,
  ): void {
    for (const member of this.keys()) visit.call(thisArg, member, member, this);
  }

  [INSPECT](): Set<Value> {
    return new Set(this);
  }
}

// What an author makes with them is an ordinary Map or Set.
Object.defineProperty(WideMap.prototype, 'constructor', { value: Map, configurable: true });
Object.defineProperty(WideSet.prototype, 'constructor', { value: Set, configurable: true });

/** The methods of newer versions of the language that look into a Set without asking it. */
const COMBINATIONS = [
  'union',
  'intersection',
  'difference',
  'symmetricDifference',
  'isSubsetOf',
  'isSupersetOf',
  'isDisjointFrom',
] as const;

for (const name of COMBINATIONS) {
  const combine: unknown = (Set.prototype as unknown as Record<string, unknown>)[name];
  if (typeof combine !== 'function') continue;
  Object.defineProperty(WideSet.prototype, name, {
    configurable: true,
    writable: true,
    value(this: WideSet, other: unknown): unknown {
      return Reflect.apply(combine, new Set(this), [other]);
    },
  });
}

// Whoever asks such a value what it is gets what its author made.
for (const [wide, plain] of [
  [WideMap, Map],
  [WideSet, Set],
] as const) {
  Object.defineProperty(wide.prototype, 'constructor', { value: plain });
}
