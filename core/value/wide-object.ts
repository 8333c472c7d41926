import { refuseWrite } from './edit.ts';
import { Given } from './given.ts';
import { NAMES_FROM, type OrderedEntries } from './ordered-entries.ts';
import { setOwn } from './set-own.ts';
import type { PlainObject, Value } from './types.ts';
import { indexOf } from './wide-list.ts';

const INSPECT = Symbol.for('nodejs.util.inspect.custom');
function inspected(this: object): unknown {
  return WideObject.of(this)?.toObject();
}

/** Keeps the object behind a facade in that itself. */
class ObjectFacade extends Given {
  static isAnyMade = false;
  readonly #object: WideObject;

  private constructor(facade: PlainObject, object: WideObject) {
    super(facade);
    this.#object = object;
  }

  static make(object: WideObject): PlainObject {
    // What the proxy stands for: Node prints this.
    const target: Record<string, Value> & { [INSPECT]?: unknown } = {};
    target[INSPECT] = inspected;
    const facade = new Proxy<Record<string, Value>>(target, object);
    ObjectFacade.isAnyMade = true;
    return new ObjectFacade(facade, object) as object as typeof facade;
  }

  static objectOf(value: object): WideObject | undefined {
    return ObjectFacade.isAnyMade && #object in value ? value.#object : undefined;
  }
}

/** Objects list keys that are indices first, in their order: up to this one. */
const INDEX_KEY_MAX = NAMES_FROM - 2;

/** The place of a key in the order of an object's keys. */
export function placeOfKey(key: Value, next: number): number {
  const index = indexOf(key as string);
  return index !== undefined && index <= INDEX_KEY_MAX ? index : Math.max(next, NAMES_FROM);
}

/**
 * An object with many keys, whose versions share what they have in common: see {@link OrderedEntries}.
 * An author sees its `facade`, which is an object literal to the language.
 */
export class WideObject implements ProxyHandler<Record<string, Value>> {
  readonly facade: PlainObject;
  readonly entries: OrderedEntries;

  constructor(entries: OrderedEntries) {
    this.entries = entries;
    this.facade = ObjectFacade.make(this);
  }

  /** The object behind a facade. */
  static of(value: object): WideObject | undefined {
    return ObjectFacade.objectOf(value);
  }

  /** The same entries, which can be changed for themselves. */
  copy(): WideObject {
    return new WideObject(this.entries.copy());
  }

  /** The same entries as an object literal. */
  toObject(): Record<string, Value> {
    const object: Record<string, Value> = {};
    for (const { key, value } of this.entries.toList()) {
      setOwn(object, key as string, value);
    }
    return object;
  }

  get(target: object, key: string | symbol): unknown {
    if (typeof key === 'string') {
      const entry = this.entries.get(key);
      if (entry) return entry.value;
    }
    return Reflect.get(target, key) as unknown;
  }

  has(target: object, key: string | symbol): boolean {
    return (typeof key === 'string' && this.entries.get(key) !== undefined) || key in target;
  }

  ownKeys(): string[] {
    return [...this.entries.keys()] as string[];
  }

  getOwnPropertyDescriptor(_: object, key: string | symbol): PropertyDescriptor | undefined {
    const entry = typeof key === 'string' ? this.entries.get(key) : undefined;
    if (!entry) return undefined;
    const writable = this.entries.isOpen;
    return { value: entry.value, writable, enumerable: true, configurable: true };
  }

  set(_: object, key: string | symbol, value: Value): boolean {
    if (typeof key === 'symbol') return refuseWrite();
    this.entries.set(key, value);
    return true;
  }

  defineProperty(_: object, key: string | symbol, { value }: PropertyDescriptor): boolean {
    return this.set(_, key, value as Value);
  }

  deleteProperty(_: object, key: string | symbol): boolean {
    if (typeof key === 'string') this.entries.delete(key);
    return true;
  }

  setPrototypeOf(): boolean {
    return refuseWrite();
  }

  preventExtensions(): boolean {
    return refuseWrite();
  }
}
