import { DRAFT_LIST_METHODS, LIST, type DraftedList } from './draft-list.ts';
import { Table } from './table.ts';
import { Tuple } from './tuple.ts';
import { freeze, isFrozen, type PlainObject, type Resolvable, type Value } from './value.ts';
import { DRAFT, indexOf, WideList } from './wide-list.ts';
import { WideMap, WideSet } from './wide-maps.ts';
import { WideObject } from './wide-object.ts';
import { afterChange } from './wide.ts';

/** What stands for a state while it is updated. */
export interface OpenUpdate<State> {
  /** To be written to as to an ordinary mutable object. */
  readonly draft: State;
  /**
   * Ends the update and returns the new state, frozen: the same object if nothing was written.
   *
   * @throws {UnsupportedValueError} when something that was written is not a {@link Value}.
   * @throws {OversizeError} when the state is nested too deeply.
   */
  finish(): State;
  /** Ends the update: its drafts can no longer be used. */
  close(): void;
}

/** Begins an update of a frozen state, which stays as it is. */
export function openUpdate<State extends object>(state: State): OpenUpdate<State> {
  const update = { isOver: false };
  const root = draftOf(state, undefined, update);
  return {
    draft: root.facade as State,
    finish() {
      update.isOver = true;
      const { result } = root;
      return (result === state ? state : freeze(result, 'The state', draftIn)) as State;
    },
    close() {
      update.isOver = true;
    },
  };
}

/** Whether a value is a draft, of an update that goes on or of one that is over. */
export function isDraft(value: unknown): boolean {
  return draftIn(value) !== undefined;
}

function draftIn(value: unknown): Draft | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as { readonly [DRAFT]?: Draft })[DRAFT];
}

/**
 * What stands for one container inside an update. It has a copy of the container: small ones are
 * copied when they are first read, and of wide ones the versions share what they have in common.
 * Drafts of the containers inside are put into the copy as they are read, so that they can be moved as
 * any other value; {@link freeze} finds them there.
 */
class Draft implements Resolvable {
  readonly #original: object;
  readonly #parent: Draft | undefined;
  readonly #update: { readonly isOver: boolean };
  #isModified = false;
  #facade: object | undefined;
  #finish: (() => object) | undefined;
  #finished: object | undefined;
  #written: Set<Value> | undefined;

  constructor(original: object, parent: Draft | undefined, update: { readonly isOver: boolean }) {
    this.#original = original;
    this.#parent = parent;
    this.#update = update;
  }

  /**
   * Sets what the author has, once.
   *
   * @param finish returns the copy, to which nothing is written any more.
   */
  stand(facade: object, finish: () => object): this {
    this.#facade = facade;
    this.#finish = finish;
    return this;
  }

  /** What the author has. */
  get facade(): object {
    return this.#facade ?? this.#original;
  }

  get original(): object {
    return this.#original;
  }

  /** What the draft stands for: the original, as long as nothing was written to it or into it. */
  get result(): object {
    if (!this.#isModified || !this.#finish) return this.#original;
    return (this.#finished ??= afterChange(this.#original, this.#finish()));
  }

  /** The keys of a Map under which something was put into the copy. */
  get written(): ReadonlySet<Value> | undefined {
    return this.#written;
  }

  /** Notes that something is put into the copy of a Map. */
  noteWritten(key: Value): void {
    this.#written ??= new Set();
    this.#written.add(key);
  }

  requireOpen(): void {
    if (!this.#update.isOver) return;
    throw new TypeError(
      'A draft was used after its update: copy what is needed later, or read state.current',
    );
  }

  /** Notes that something was written to the container. */
  modify(): void {
    this.requireOpen();
    this.#isModified = true;
    for (let draft = this.#parent; draft && !draft.#isModified; draft = draft.#parent) {
      draft.#isModified = true;
    }
  }

  /** What the author gets for an item: a draft of a container of the state. What was put in is as it is. */
  drafted(item: Value): Value {
    if (typeof item !== 'object' || item === null || !isFrozen(item)) return item;
    return draftOf(item, this, this.#update).facade as Value;
  }
}

function draftOf(
  original: object,
  parent: Draft | undefined,
  update: { readonly isOver: boolean },
): Draft {
  const draft = new Draft(original, parent, update);
  if (Array.isArray(original)) {
    const wide = WideList.of(original);
    if (wide) {
      const list = new WideListDraft(draft, wide);
      return draft.stand(list.facade, () => list.successor().facade);
    }
    const copy = original instanceof Tuple ? original.slice() : [...(original as Value[])];
    return draft.stand(new Proxy(copy, new ListDraft(draft, copy)), () => copy);
  }
  if (original instanceof Map) {
    const map = new MapDraft(draft, original as ReadonlyMap<Value, Value>);
    return draft.stand(map, () => map.copy);
  }
  if (original instanceof Set) {
    const set = new SetDraft(draft, original as ReadonlySet<Value>);
    return draft.stand(set, () => set.finish());
  }
  const wide = WideObject.of(original);
  if (wide) {
    const object = new WideObjectDraft(draft, wide);
    return draft.stand(object.facade, () => new WideObject(object.entries).facade);
  }
  const copy = { ...(original as PlainObject) };
  return draft.stand(new Proxy(copy, new ObjectDraft(draft)), () => copy);
}

function refuse(what: string): never {
  throw new TypeError(`A draft does not support ${what}`);
}

/** What small objects and lists have in common. Their copy is the target of the proxy. */
class ObjectDraft implements ProxyHandler<object> {
  readonly #draft: Draft;

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  get draft(): Draft {
    return this.#draft;
  }

  get(target: object, key: string | symbol): unknown {
    if (key === DRAFT) return this.#draft;
    this.#draft.requireOpen();
    const item = Reflect.get(target, key) as Value;
    if (typeof item !== 'object' || item === null || !isFrozen(item)) return item;
    const drafted = this.#draft.drafted(item);
    Reflect.set(target, key, drafted);
    return drafted;
  }

  set(target: object, key: string | symbol, value: Value): boolean {
    if (key === '__proto__' && !Object.hasOwn(target, key)) return refuse('another prototype');
    const is = Reflect.get(target, key) as Value;
    if (Object.is(is, value) && (value !== undefined || Object.hasOwn(target, key))) return true;
    // Writing the original over its draft takes back what was written to the draft.
    if (value === undefined || draftIn(is)?.original !== value) this.#draft.modify();
    return Reflect.set(target, key, value);
  }

  deleteProperty(target: object, key: string | symbol): boolean {
    if (Object.hasOwn(target, key)) this.#draft.modify();
    return Reflect.deleteProperty(target, key);
  }

  defineProperty(): boolean {
    return refuse('Object.defineProperty');
  }

  setPrototypeOf(): boolean {
    return refuse('another prototype');
  }
}

class ListDraft extends ObjectDraft implements DraftedList {
  readonly #copy: Value[];

  constructor(draft: Draft, copy: Value[]) {
    super(draft);
    this.#copy = copy;
  }

  get size(): number {
    return this.#copy.length;
  }

  at(index: number): Value {
    return this.#copy[index];
  }

  splice(index: number, removed: number, inserted: readonly Value[]): void {
    this.#copy.splice(index, removed, ...inserted);
  }

  toList(): readonly Value[] {
    return this.#copy;
  }

  modify(): void {
    this.draft.modify();
  }

  drafted(item: Value): Value {
    return this.draft.drafted(item);
  }

  override get(target: object, key: string | symbol): unknown {
    if (key === LIST) return this;
    return methodFor(key) ?? super.get(target, key);
  }

  override set(target: object, key: string | symbol, value: Value): boolean {
    if (key !== 'length' && indexOf(key) === undefined) {
      return refuse('properties of a list other than its items and its length');
    }
    return super.set(target, key, value);
  }

  override deleteProperty(target: object, key: string | symbol): boolean {
    return this.set(target, key, undefined);
  }
}

function methodFor(key: string | symbol): unknown {
  return typeof key === 'string' && Object.hasOwn(DRAFT_LIST_METHODS, key)
    ? DRAFT_LIST_METHODS[key]
    : undefined;
}

class WideListDraft extends WideList implements DraftedList {
  readonly #draft: Draft;

  constructor(draft: Draft, original: WideList) {
    super(original.sequence);
    this.#draft = draft;
  }

  modify(): void {
    this.#draft.modify();
  }

  drafted(item: Value): Value {
    return this.#draft.drafted(item);
  }

  override get(target: Value[], key: string | symbol): unknown {
    if (key === DRAFT) return this.#draft;
    if (key === LIST) return this;
    this.#draft.requireOpen();
    const index = indexOf(key);
    if (index === undefined) {
      return key === 'length'
        ? this.size
        : (methodFor(key) ?? (Reflect.get(target, key) as unknown));
    }
    const item = this.at(index);
    const drafted = this.drafted(item);
    if (drafted !== item) this.put(index, drafted);
    return drafted;
  }

  override set(_: Value[], key: string | symbol, item: Value): boolean {
    this.#draft.requireOpen();
    if (key === 'length') return this.#setLength(Number(item));
    const index = indexOf(key);
    if (index === undefined) {
      return refuse('properties of a list other than its items and its length');
    }
    const is = this.at(index);
    if (index < this.size && Object.is(is, item)) return true;
    if (item === undefined || draftIn(is)?.original !== item) this.#draft.modify();
    if (index > this.size) return refuse('an item beyond the end of a list with many items');
    this.put(index, item);
    return true;
  }

  #setLength(length: number): boolean {
    if (length > this.size) return refuse('a greater length of a list with many items');
    if (length === this.size) return true;
    this.#draft.modify();
    this.splice(length, this.size - length, []);
    return true;
  }

  override deleteProperty(target?: Value[], key?: string | symbol): boolean {
    return target && key !== undefined ? this.set(target, key, undefined) : false;
  }
}

class WideObjectDraft extends WideObject {
  readonly #draft: Draft;

  constructor(draft: Draft, original: WideObject) {
    super(original.entries.copy());
    this.#draft = draft;
  }

  override get(target: object, key: string | symbol): unknown {
    if (key === DRAFT) return this.#draft;
    this.#draft.requireOpen();
    const entry = typeof key === 'string' ? this.entries.get(key) : undefined;
    if (!entry) return Reflect.get(target, key) as unknown;
    const drafted = this.#draft.drafted(entry.value);
    if (drafted !== entry.value) this.entries.set(key as string, drafted);
    return drafted;
  }

  override set(_: object, key: string | symbol, value: Value): boolean {
    if (typeof key === 'symbol') return refuse('symbols');
    const entry = this.entries.get(key);
    if (entry && Object.is(entry.value, value)) return true;
    if (!entry || draftIn(entry.value)?.original !== value) this.#draft.modify();
    this.entries.set(key, value);
    return true;
  }

  override defineProperty(): boolean {
    return refuse('Object.defineProperty');
  }

  override deleteProperty(_: object, key: string | symbol): boolean {
    if (typeof key !== 'string' || !this.entries.get(key)) return true;
    this.#draft.modify();
    return this.entries.delete(key);
  }
}

class MapDraft extends Map<Value, Value> {
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

class SetDraft extends Set<Value> {
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
