import { DRAFT_LIST_METHODS, LIST, type DraftedList } from './draft-list.ts';
import { draftIn, refuse, type Draft } from './draft.ts';
import { isFrozen, type Value } from './value.ts';
import { DRAFT, indexOf, WideList } from './wide-list.ts';
import { WideObject } from './wide-object.ts';

/** What small objects and lists have in common. Their copy is the target of the proxy. */
export class ObjectDraft implements ProxyHandler<object> {
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

/** A list whose items were copied. */
export class ListDraft extends ObjectDraft implements DraftedList {
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

/** A list with many items: its versions share what they have in common. */
export class WideListDraft extends WideList implements DraftedList {
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

/** An object with many properties: its versions share what they have in common. */
export class WideObjectDraft extends WideObject {
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
