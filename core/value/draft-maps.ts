import { draftIn, isDraft, refuse, type Draft } from './draft.ts';
import { Table } from './table.ts';
import type { Value } from './value.ts';
import { DRAFT } from './wide-list.ts';
import { WideMap, WideSet } from './wide-maps.ts';

/** A Map, which is copied when it is first written to or gone through. */
export class MapDraft extends Map<Value, Value> {
  readonly #draft: Draft;
  readonly #original: ReadonlyMap<Value, Value>;
  #copy: Map<Value, Value> | undefined;

  constructor(draft: Draft, original: ReadonlyMap<Value, Value>) {
    super();
    this.#draft = draft;
    this.#original = original;
  }

  get [DRAFT](): Draft {
    return this.#draft;
  }

  /** The Map that is written to. */
  get copy(): Map<Value, Value> {
    return (this.#copy ??= copyOfMap(this.#original));
  }

  get #latest(): ReadonlyMap<Value, Value> {
    this.#draft.requireOpen();
    return this.#copy ?? this.#original;
  }

  override get size(): number {
    return this.#latest.size;
  }

  override has(key: Value): boolean {
    return this.#latest.has(key);
  }

  override get(key: Value): Value {
    const item = this.#latest.get(key);
    const drafted = this.#draft.drafted(item);
    if (drafted !== item) this.#put(key, drafted);
    return drafted;
  }

  #put(key: Value, item: Value): void {
    this.copy.set(key, item);
    this.#draft.noteWritten(key);
  }

  override set(key: Value, item: Value): this {
    if (isDraft(key))
      return refuse('a draft as the key of a Map, since keys are found by identity');
    const is = this.#latest.get(key);
    if (Object.is(is, item) && (item !== undefined || this.#latest.has(key))) return this;
    this.#draft.modify();
    this.#put(key, item);
    return this;
  }

  override delete(key: Value): boolean {
    if (!this.#latest.has(key)) return false;
    this.#draft.modify();
    return this.copy.delete(key);
  }

  override clear(): void {
    if (this.size === 0) return;
    this.#draft.modify();
    this.copy.clear();
  }

  override *keys(): MapIterator<Value> {
    this.#draft.requireOpen();
    yield* this.copy.keys();
  }

  override *values(): MapIterator<Value> {
    for (const key of this.keys()) yield this.get(key);
  }

  override *entries(): MapIterator<[Value, Value]> {
    for (const key of this.keys()) yield [key, this.get(key)];
  }

  override [Symbol.iterator](): MapIterator<[Value, Value]> {
    return this.entries();
  }

  override forEach(
    visit: (item: Value, key: Value, map: Map<Value, Value>) => void,
    thisArg?: unknown,
  ): void {
    for (const key of this.keys()) visit.call(thisArg, this.get(key), key, this);
  }
}

function copyOfMap(original: ReadonlyMap<Value, Value>): Map<Value, Value> {
  const entries = WideMap.entriesOf(original);
  if (entries) return new WideMap(entries.copy());
  if (original instanceof Table) return original.copy();
  const copy = new Map<Value, Value>();
  // Makes no pair of each entry, as the constructor of Map does.
  original.forEach(putItem, copy);
  return copy;
}

function putItem(this: Map<Value, Value>, item: Value, key: Value): void {
  this.set(key, item);
}

/** A Set, whose members keep their places while drafts of them are written to. */
export class SetDraft extends Set<Value> {
  readonly #draft: Draft;
  readonly #original: ReadonlySet<Value>;
  #copy: Set<Value> | undefined;
  /** The drafts among the members, by what is in the copy. */
  readonly #drafts = new Map<Value, Value>();

  constructor(draft: Draft, original: ReadonlySet<Value>) {
    super();
    this.#draft = draft;
    this.#original = original;
  }

  get [DRAFT](): Draft {
    return this.#draft;
  }

  get #latest(): ReadonlySet<Value> {
    this.#draft.requireOpen();
    return this.#copy ?? this.#original;
  }

  /** The Set that is written to. */
  get #written(): Set<Value> {
    const entries = WideSet.entriesOf(this.#original);
    return (this.#copy ??= entries ? new WideSet(entries.copy()) : new Set(this.#original));
  }

  /** Puts what drafts of members stand for in their places. */
  finish(): object {
    const copy = this.#written;
    const replaced = new Map<Value, Value>();
    for (const [member, drafted] of this.#drafts) {
      const is = draftIn(drafted)?.result as Value;
      if (is !== member) replaced.set(member, is);
    }
    if (replaced.size === 0) return copy;
    const entries = WideSet.entriesOf(copy);
    if (!entries || [...replaced.values()].some((is) => copy.has(is))) {
      return new Set([...copy].map((one) => (replaced.has(one) ? replaced.get(one) : one)));
    }
    for (const [member, is] of replaced) entries.replace(member, { key: is, value: is });
    return copy;
  }

  override get size(): number {
    return this.#latest.size;
  }

  override has(member: Value): boolean {
    return this.#latest.has(this.#keyOf(member));
  }

  override add(member: Value): this {
    if (this.has(member)) return this;
    this.#draft.modify();
    this.#written.add(member);
    if (isDraft(member)) this.#drafts.set(member, member);
    return this;
  }

  override delete(member: Value): boolean {
    const key = this.#keyOf(member);
    if (!this.#latest.has(key)) return false;
    this.#draft.modify();
    this.#drafts.delete(key);
    return this.#written.delete(key);
  }

  override clear(): void {
    if (this.size === 0) return;
    this.#draft.modify();
    this.#drafts.clear();
    this.#written.clear();
  }

  override *values(): SetIterator<Value> {
    this.#draft.requireOpen();
    for (const member of this.#written) yield this.#memberOf(member);
  }

  override keys(): SetIterator<Value> {
    return this.values();
  }

  override *entries(): SetIterator<[Value, Value]> {
    for (const member of this.values()) yield [member, member];
  }

  override [Symbol.iterator](): SetIterator<Value> {
    return this.values();
  }

  override forEach(
    visit: (member: Value, again: Value, set: Set<Value>) => void,
    thisArg?: unknown,
  ): void {
    for (const member of this.values()) visit.call(thisArg, member, member, this);
  }

  /** What is in the copy for a member, or for its draft. */
  #keyOf(member: Value): Value {
    const original = draftIn(member)?.original as Value;
    if (original === undefined || this.#latest.has(member)) return member;
    return this.#drafts.get(original) === member ? original : member;
  }

  #memberOf(member: Value): Value {
    const known = this.#drafts.get(member);
    if (known !== undefined) return known;
    const drafted = this.#draft.drafted(member);
    if (drafted !== member) this.#drafts.set(member, drafted);
    return drafted;
  }
}
