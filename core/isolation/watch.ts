import { BuiltIns, nameOf, type Intrinsic, type Property } from './built-ins.ts';
import { guardOfCaller } from './realm.ts';

/** The language's own objects by the names that they have in source. */
export function intrinsicsOf(
  globals: typeof globalThis,
  shadows: Readonly<Record<string, unknown>>,
): readonly Intrinsic[] {
  const found: Intrinsic[] = [];
  const known = new Set<unknown>();
  const add = (label: string, object: unknown) => {
    if (!isObject(object) || known.has(object)) return;
    known.add(object);
    found.push({ label, object });
  };
  for (const name of Object.getOwnPropertyNames(globals)) {
    const isShadowed = Object.hasOwn(shadows, name);
    // The machine sees only the stand-in, if there is one; most stand-ins refuse to be read.
    if (isShadowed && !OPEN_STAND_INS.has(name)) continue;
    const value = isShadowed
      ? shadows[name]
      : Object.getOwnPropertyDescriptor(globals, name)?.value;
    // Stand-ins of classes notice writes themselves.
    if (!isShadowed || typeof value === 'object') add(name, value);
    if (typeof value === 'function') add(`${name}.prototype`, value.prototype);
  }
  for (const [label, object] of namelessIntrinsics()) add(label, object);
  return found;
}

/** Objects of the language that no global leads to directly. */
function namelessIntrinsics(): readonly (readonly [string, unknown])[] {
  const above = (value: object) => Object.getPrototypeOf(value) as object;
  const typedArray = above(Uint8Array) as { prototype?: unknown };
  return [
    ['TypedArray', typedArray],
    ['TypedArray.prototype', typedArray.prototype],
    ['ArrayIterator', above([].values())],
    ['MapIterator', above(new Map().values())],
    ['SetIterator', above(new Set().values())],
    ['StringIterator', above(''[Symbol.iterator]())],
    ['RegExpStringIterator', above(''.matchAll(/a/g))],
    ['Iterator.prototype', above(above([].values()))],
    ['Generator', above(above((function* () {})()))],
    ['AsyncGenerator', above(above((async function* () {})()))],
  ];
}

const OPEN_STAND_INS = new Set(['Math', 'Atomics', 'Date', 'Function', 'Intl', 'console']);

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** An assignment to a property, in code without spaces: `Map.cache=`, `Map.prototype.cache+=`. */
const ASSIGNMENT =
  /(?<![\w$.])([A-Za-z]\w*(?:\.prototype)?)\.([\w$]+)(?:=(?![=>])|\+\+|--|(?:[-+*/%&|^]|\*\*|<<|>>>?|&&|\|\||\?\?)=)/g;

/**
 * Notices what a machine writes to the language's own objects. None of them can be guarded directly:
 * a stand-in for `Map` would not be a `Map` to other code, and everything in this process uses them.
 */
export class IntrinsicWatch {
  readonly #intrinsics: readonly Intrinsic[];
  readonly #trapped: Property[] = [];
  readonly #builtIns: BuiltIns;
  /** The keys of each intrinsic at the last check. */
  #keys: readonly (readonly PropertyKey[])[];

  /** Must be made before the machine's module runs, which may add properties. */
  constructor(intrinsics: readonly Intrinsic[], globals: object) {
    this.#intrinsics = intrinsics;
    this.#keys = keysOf(intrinsics);
    // A machine may print as it likes.
    const used = intrinsics.filter(({ label }) => label !== 'console');
    this.#builtIns = new BuiltIns([...used, { label: '', object: globals }], isTrap);
  }

  /** Whether a function of the language is replaced that steps depend on. */
  get isDisturbed(): boolean {
    return this.#builtIns.isDisturbed;
  }

  /** Takes what is there now for the language's own: what was replaced so far, other code replaced. */
  accept(): void {
    this.#builtIns.remember();
  }

  /** Puts back the functions of the language that were replaced, and returns them. */
  putBack(): readonly Property[] {
    return this.#builtIns.putBack();
  }

  /** After the module has run, refuses assignments that its code spells out: `Map.cache = …`. */
  trapAssignments(code: string): void {
    const byLabel = new Map(this.#intrinsics.map((one, index) => [one.label, { ...one, index }]));
    for (const [, label = '', key = ''] of code.matchAll(ASSIGNMENT)) {
      const intrinsic = byLabel.get(label);
      // A property that existed before is used by other code.
      if (!intrinsic || this.#keys[intrinsic.index]?.includes(key)) continue;
      if (Object.hasOwn(intrinsic.object, key) || !(key in intrinsic.object)) {
        this.#trap({ intrinsic, key });
      }
    }
    this.#keys = keysOf(this.#intrinsics);
  }

  /** Begins a step that is checked. Properties added since the last one may be other code's, and stay. */
  begin(): void {
    for (const property of this.#findAdded()) this.#trap(property);
    this.accept();
  }

  /** Removes properties added since {@link begin}, refuses them from now on, and returns them. */
  end(): readonly Property[] {
    const added = this.#findAdded();
    for (const property of added) {
      if (Reflect.deleteProperty(property.intrinsic.object, property.key)) this.#trap(property);
    }
    if (added.length > 0) this.#keys = keysOf(this.#intrinsics);
    return added;
  }

  #findAdded(): readonly Property[] {
    // A definition in the place of a trap replaces it.
    const added = this.#trapped.filter((property) => !isTrapped(property));
    const keys = keysOf(this.#intrinsics);
    for (const [index, intrinsic] of this.#intrinsics.entries()) {
      const before = this.#keys[index] ?? [];
      const after = keys[index] ?? [];
      if (after.length <= before.length) continue;
      for (const key of after) if (!before.includes(key)) added.push({ intrinsic, key });
    }
    this.#keys = keys;
    return added;
  }

  #trap(property: Property): void {
    trap(property);
    const { intrinsic, key } = property;
    const isKnown = this.#trapped.some((one) => one.intrinsic === intrinsic && one.key === key);
    if (!isKnown && isTrapped(property)) this.#trapped.push(property);
  }
}

function keysOf(intrinsics: readonly Intrinsic[]): readonly (readonly PropertyKey[])[] {
  return intrinsics.map(({ object }) => Reflect.ownKeys(object));
}

/** The setters that are traps. */
const traps = new WeakSet<object>();
/** Bound here, since a machine may replace it. */
const hasTrap = WeakSet.prototype.has.bind(traps) as (setter: unknown) => boolean;

function isTrapped({ intrinsic, key }: Property): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(intrinsic.object, key);
  return descriptor !== undefined && isTrap(descriptor);
}

function isTrap(descriptor: PropertyDescriptor): boolean {
  // oxlint-disable-next-line typescript/unbound-method -- it is looked up, not called.
  return hasTrap(descriptor.set);
}

/**
 * Turns a property into one that refuses writes by a machine that is being watched. It stays for as long
 * as the process, and is an ordinary property to all other code.
 */
function trap(property: Property): void {
  const { key } = property;
  const { object } = property.intrinsic;
  const known = Object.getOwnPropertyDescriptor(object, key);
  if (known && (!known.configurable || !('value' in known))) return;
  let value: unknown = known?.value;
  const set = function (this: unknown, written: unknown) {
    if (this === object) {
      guardOfCaller(set)?.refuse(`${nameOf(property)} =`);
      value = written;
      return;
    }
    // An object that inherits from this one gets a property of its own.
    const own = { value: written, writable: true, enumerable: true, configurable: true };
    Object.defineProperty(this, key, own);
  };
  traps.add(set);
  const enumerable = known?.enumerable ?? false;
  Object.defineProperty(object, key, { get: () => value, set, enumerable, configurable: true });
}
