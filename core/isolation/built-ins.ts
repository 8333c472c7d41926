/**
 * @file Notices what an author's code replaces or deletes of the language: `Object.keys`, `Promise`,
 * `Array.prototype[Symbol.iterator]`. Everything in this process uses the same objects, so a replacement
 * breaks code that has nothing to do with it, at a later time and with a message of its own. Nothing
 * here calls what can be replaced before it has been put back.
 */

/** An object that comes with the language, such as `Map.prototype`, where state does not belong. */
export interface Intrinsic {
  /** Its name in source; empty for the global object. */
  readonly label: string;
  readonly object: object;
}

/** A property of an intrinsic. */
export interface Property {
  readonly intrinsic: Intrinsic;
  readonly key: PropertyKey;
}

interface KnownProperty extends Property {
  readonly descriptor: PropertyDescriptor;
}

/** The name of a property in source: `Map.prototype.get`, `Array.prototype[Symbol.iterator]`. */
export function nameOf({ intrinsic: { label }, key }: Property): string {
  if (typeof key === 'symbol') return `${label}[${key.description ?? ''}]`;
  return label === '' ? String(key) : `${label}.${String(key)}`;
}

/** Those from before any machine was loaded: what is replaced later must not be called here. */
const { defineProperty, getOwnPropertyDescriptor } = Object;

/** What steps depend on. */
const IN_USE =
  `Array Array.from Array.isArray BigInt Error JSON.parse JSON.stringify Map Number.isFinite Number.isInteger
  Object Object.assign Object.entries Object.freeze Object.fromEntries Object.getOwnPropertyDescriptor
  Object.getPrototypeOf Object.hasOwn Object.is Object.isFrozen Object.keys Object.values
  Promise Promise.all Promise.resolve Promise.prototype.then Proxy Reflect.apply Reflect.defineProperty
  Reflect.get Reflect.getPrototypeOf Reflect.ownKeys Reflect.set Set String Uint32Array WeakMap
  Array.prototype.concat Array.prototype.entries Array.prototype.every Array.prototype.filter
  Array.prototype.find Array.prototype.flatMap Array.prototype.forEach Array.prototype.includes
  Array.prototype.indexOf Array.prototype.join Array.prototype.map Array.prototype.pop
  Array.prototype.push Array.prototype.slice Array.prototype.some Array.prototype.sort
  Array.prototype.splice Array.prototype[Symbol.iterator] Map.prototype.delete Map.prototype.entries
  Map.prototype.get Map.prototype.has Map.prototype.keys Map.prototype.set Map.prototype.values
  Map.prototype[Symbol.iterator] Set.prototype.add Set.prototype.delete Set.prototype.has
  Set.prototype.values Set.prototype[Symbol.iterator] String.prototype.charCodeAt
  String.prototype.includes String.prototype.replace String.prototype.slice String.prototype.split
  String.prototype.startsWith WeakMap.prototype.get WeakMap.prototype.has WeakMap.prototype.set
  WeakSet.prototype.has`.split(/\s+/);

const CAPTURE = `${IN_USE.map((name, at) => `const was${at} = ${name};`).join('')}
  return () => ${IN_USE.map((name, at) => `${name} === was${at}`).join('&&')}`;
/** Bound here, since a machine may replace it. */
const Compile = Function;

/**
 * Returns a function that returns whether all of {@link IN_USE} are what they are now. It runs several times
 * in each step: compiled from their names, it takes some nanoseconds, where a loop takes hundreds. It is
 * compiled anew each time, since V8 knows what a function compares only while that is the only one made
 * of its code.
 */
function capture(): () => boolean {
  return new Compile(CAPTURE)() as () => boolean;
}

/** The language's functions, as they were when {@link BuiltIns.remember} was called last. */
export class BuiltIns {
  readonly #objects: readonly Intrinsic[];
  readonly #isOurs: (descriptor: PropertyDescriptor) => boolean;
  #known: readonly KnownProperty[] = [];
  #isAsKnown: () => boolean = capture();

  /** @param isOurs whether a property is one that we have put there ourselves. */
  constructor(objects: readonly Intrinsic[], isOurs: (descriptor: PropertyDescriptor) => boolean) {
    this.#objects = objects;
    this.#isOurs = isOurs;
    this.remember();
  }

  /** Takes what is there now for what belongs there. */
  remember(): void {
    this.#known = this.#objects.flatMap((intrinsic) => knownOf(intrinsic));
    if (this.isDisturbed) this.#isAsKnown = capture();
  }

  /** Whether something is replaced that steps depend on. */
  get isDisturbed(): boolean {
    return !this.#isAsKnown();
  }

  /** Puts back what was replaced or deleted since {@link remember}, as far as possible, and returns it. */
  putBack(): readonly Property[] {
    const known = this.#known;
    const replaced: Property[] = [];
    for (let at = 0; at < known.length; at += 1) {
      const property = known[at] as KnownProperty;
      const { intrinsic, key, descriptor } = property;
      const now = getOwnPropertyDescriptor(intrinsic.object, key);
      if (now && (isSame(now, descriptor) || this.#isOurs(now))) continue;
      replaced[replaced.length] = property;
      try {
        defineProperty(intrinsic.object, key, descriptor);
      } catch {
        // It was made unchangeable. It is reported all the same.
      }
    }
    return replaced;
  }
}

function knownOf(intrinsic: Intrinsic): readonly KnownProperty[] {
  const known: KnownProperty[] = [];
  for (const key of Reflect.ownKeys(intrinsic.object)) {
    const descriptor = getOwnPropertyDescriptor(intrinsic.object, key);
    if (!descriptor) continue;
    const isData = 'value' in descriptor;
    // Numbers and texts, such as the limit of stacks, are settings. Some globals turn from accessors
    // into values when they are used first.
    const isKept = isData
      ? typeof descriptor.value === 'function' || typeof descriptor.value === 'object'
      : intrinsic.label !== '';
    if (isKept) known.push({ intrinsic, key, descriptor });
  }
  return known;
}

function isSame(now: PropertyDescriptor, known: PropertyDescriptor): boolean {
  return now.value === known.value && now.get === known.get && now.set === known.set;
}
