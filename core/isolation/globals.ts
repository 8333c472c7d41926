import { guardDate } from './date.ts';
import { guardIntl } from './intl.ts';
import type { Gate } from './realm.ts';

/** Globals of the language itself: the same result for the same arguments, and no effects. */
const DETERMINISTIC: ReadonlySet<string> = new Set(
  `Object Array Number Boolean String Symbol BigInt RegExp Map Set WeakMap WeakSet Promise
  Proxy Reflect JSON Iterator Error AggregateError EvalError RangeError ReferenceError
  SyntaxError TypeError URIError SuppressedError DOMException ArrayBuffer SharedArrayBuffer
  DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array
  Float16Array Float32Array Float64Array BigInt64Array BigUint64Array parseInt parseFloat isNaN
  isFinite NaN Infinity undefined escape unescape decodeURI decodeURIComponent encodeURI
  encodeURIComponent URL URLSearchParams TextEncoder TextDecoder atob btoa`.split(/\s+/),
);

/** Globals that are deterministic in part, or once they know the machine. */
const GUARDED = [
  'Atomics',
  'console',
  'Date',
  'Function',
  'Intl',
  'Math',
  'eval',
  'structuredClone',
  'globalThis',
  'global',
  'self',
];

/**
 * Stand-ins for everything global that is not deterministic, by name.
 *
 * @param own the console of the machine.
 */
export function standIns(
  globals: typeof globalThis,
  guard: Gate,
  own: Console,
): Readonly<Record<string, unknown>> {
  const shadows: Record<string, unknown> = {};
  for (const name of Object.getOwnPropertyNames(globals)) {
    if (DETERMINISTIC.has(name) || GUARDED.includes(name)) continue;
    // Some globals, such as storages that were not set up, complain when they are looked at.
    const descriptor = Object.getOwnPropertyDescriptor(globals, name);
    const isPlain = descriptor !== undefined && 'value' in descriptor;
    // The type of the globals does not list what a host adds.
    const read = () => (globals as unknown as Record<string, unknown>)[name];
    const value = isPlain ? (descriptor.value as unknown) : read;
    if (typeof value !== 'function' && (typeof value !== 'object' || value === null)) continue;
    shadows[name] = guardAll(guard, name, isPlain ? () => value : read);
  }
  const { date, adopt } = guardDate(globals.Date, guard);
  shadows['Date'] = date;
  shadows['structuredClone'] = (value: unknown, ...rest: [StructuredSerializeOptions?]) =>
    adopt(globals.structuredClone(ordinary(value), ...rest));
  shadows['Intl'] = guardIntl(globals.Intl, guard);
  shadows['Math'] = guardSome(guard, globals.Math, { label: 'Math', refused: ['random'] });
  const refused = ['wait', 'waitAsync', 'pause'];
  shadows['Atomics'] = guardSome(guard, globals.Atomics, { label: 'Atomics', refused });
  // The constructor of functions, which finds out for whose code it makes a function.
  shadows['Function'] = globals.Function.prototype.constructor;
  shadows['console'] = own;
  shadows['eval'] = (text: unknown) => guard.evaluateText(text);
  const shadowed = guardGlobal(guard, globals, shadows);
  for (const name of ['globalThis', 'global', 'self']) shadows[name] = shadowed;
  return shadows;
}

/**
 * The containers of a value as ordinary ones. Large ones of a state look like a Map, a Set, an array or
 * an object to the author, but not to `structuredClone`, which sees what is behind that.
 */
function ordinary(value: unknown, seen = new Map<unknown, unknown>()): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  const take = <Copy>(copy: Copy): Copy => {
    seen.set(value, copy);
    return copy;
  };
  if (Array.isArray(value)) {
    const list: unknown[] = take([]);
    for (const item of value) list.push(ordinary(item, seen));
    return list;
  }
  if (value instanceof Map) {
    const map = take(new Map<unknown, unknown>());
    for (const [key, item] of value) map.set(ordinary(key, seen), ordinary(item, seen));
    return map;
  }
  if (value instanceof Set) {
    const set = take(new Set<unknown>());
    for (const item of value) set.add(ordinary(item, seen));
    return set;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const object: Record<string, unknown> = take({});
  for (const [key, item] of Object.entries(value)) {
    const property = { value: ordinary(item, seen), enumerable: true, configurable: true };
    Object.defineProperty(object, key, { ...property, writable: true });
  }
  return object;
}

/**
 * Makes a stand-in that refuses everything: calling, constructing, reading, writing. So do its methods,
 * even those that were taken from it before: `const now = performance.now`.
 *
 * @param owner for a method: the object on which it is called.
 */
function guardAll(guard: Gate, name: string, read: () => unknown, owner?: object): unknown {
  const refuse = () => guard.refuse(name);
  const target = () => read() as Record<PropertyKey, unknown>;
  const standIn: object = new Proxy(function shadow() {}, {
    apply(_, self, args) {
      refuse();
      return Reflect.apply(target() as never, owner ?? self, args);
    },
    construct(_, args, newTarget) {
      refuse();
      const real = target() as never;
      // A class that extends it makes objects of that class.
      return Reflect.construct(real, args, newTarget === standIn ? real : newTarget) as object;
    },
    get: (_, key) => {
      const value = target()[key];
      // `bind` and similar methods are called on the stand-in, and lead back to it.
      if (typeof key === 'string' && value === Reflect.get(Function.prototype, key)) return value;
      if (typeof key === 'string') guard.refuse(`${name}.${key}`);
      if (typeof value !== 'function') return value;
      if (typeof key === 'symbol') return value.bind(target()) as unknown;
      return guardAll(guard, `${name}.${key}`, () => value, target());
    },
    set(_, key, value) {
      refuse();
      return Reflect.set(target(), key, value);
    },
    defineProperty(_, key, descriptor) {
      refuse();
      return Reflect.defineProperty(target(), key, { ...descriptor, configurable: true });
    },
    has: (_, key) => key in target(),
  });
  return standIn;
}

/** Makes a copy instead of a proxy: machines use these functions in their innermost loops. */
function guardSome<T extends object>(
  guard: Gate,
  original: T,
  { label, refused }: { readonly label: string; readonly refused: readonly string[] },
): T {
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(original)) as T;
  for (const key of refused) {
    const method = Reflect.get(original, key) as ((...args: unknown[]) => unknown) | undefined;
    if (method === undefined) continue;
    Reflect.set(copy, key, (...args: unknown[]) => {
      guard.refuse(`${label}.${key}`);
      return Reflect.apply(method, original, args);
    });
  }
  return copy;
}

function guardGlobal(
  guard: Gate,
  globals: typeof globalThis,
  shadows: Readonly<Record<string, unknown>>,
): unknown {
  const refuse = (name: string) => guard.refuse(name);
  const read = (key: PropertyKey) =>
    Object.hasOwn(shadows, key) ? shadows[key as string] : (Reflect.get(globals, key) as unknown);
  return new Proxy(Object.create(null) as object, {
    get: (_, key) => read(key),
    has: (_, key) => key in globals,
    getOwnPropertyDescriptor: (_, key) => {
      const known = Object.getOwnPropertyDescriptor(globals, key);
      if (!known) return undefined;
      return { value: read(key), writable: true, enumerable: false, configurable: true };
    },
    set(_, key, value) {
      refuse(`globalThis.${String(key)} =`);
      return Reflect.set(globals, key, value);
    },
    defineProperty(_, key, descriptor) {
      refuse(`globalThis.${String(key)} =`);
      // A proxy must not report a property as unchangeable that its target lacks.
      if (descriptor.configurable !== true) return Reflect.set(globals, key, descriptor.value);
      return Reflect.defineProperty(globals, key, descriptor);
    },
    deleteProperty(_, key) {
      refuse(`delete globalThis.${String(key)}`);
      return Reflect.deleteProperty(globals, key);
    },
    setPrototypeOf() {
      refuse('Object.setPrototypeOf(globalThis)');
      return false;
    },
    preventExtensions() {
      refuse('Object.preventExtensions(globalThis)');
      return false;
    },
  });
}
