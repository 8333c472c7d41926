import type { Gate } from './realm.ts';

type AnyConstructor = abstract new (...args: never[]) => object;

/** How a stand-in for a class differs from the class. */
export interface ClassStandIn {
  /** Its name in findings, such as `Intl.Collator`. */
  readonly label: string;
  /** Converts the arguments of `new` to those for the real class. */
  readonly prepare: (args: readonly unknown[]) => readonly unknown[];
  /** Handles a call without `new`. */
  readonly call: (standIn: AnyConstructor, args: readonly unknown[]) => unknown;
  readonly statics?: Readonly<Record<string, unknown>>;
  readonly methods: PropertyDescriptorMap;
}

/**
 * Makes a class in place of a class of the language. Its instances are those of the real class, with
 * another prototype: nothing leads to the real class, and no other code in this process sees it.
 */
export function classStandIn<T extends AnyConstructor>(
  real: T,
  guard: Gate,
  { label, prepare, call, statics = {}, methods }: ClassStandIn,
): T {
  const prototype = Object.create(Object.prototype, {
    ...Object.getOwnPropertyDescriptors(real.prototype as object),
    ...methods,
  }) as object;
  const target = function () {};
  const { prototype: _, ...own } = Object.getOwnPropertyDescriptors(real);
  Object.defineProperties(target, own as PropertyDescriptorMap);
  for (const [key, value] of Object.entries(statics)) defineHidden(target, key, value);
  defineHidden(target, 'prototype', prototype);
  defineHidden(target, Symbol.hasInstance, function (this: unknown, value: unknown) {
    if (this === standIn && value instanceof real) return true;
    // Also for a class that extends this one, and inherits this method.
    return Reflect.apply(Function.prototype[Symbol.hasInstance], this, [value]);
  });
  // The target has the statics and the prototype of the class; only the traps make instances.
  const standIn: T = new Proxy(target as unknown as T, {
    apply: (_target, _self, args) => call(standIn, args),
    construct: (_target, args, newTarget) =>
      Reflect.construct(real as never, prepare(args), newTarget) as object,
    set(kept, key, value, receiver) {
      guard.refuse(`${label}.${String(key)} =`);
      return Reflect.set(kept, key, value, receiver === standIn ? kept : receiver);
    },
    defineProperty(kept, key, descriptor) {
      guard.refuse(`${label}.${String(key)} =`);
      return Reflect.defineProperty(kept, key, descriptor);
    },
    deleteProperty(kept, key) {
      guard.refuse(`delete ${label}.${String(key)}`);
      return Reflect.deleteProperty(kept, key);
    },
  });
  defineHidden(prototype, 'constructor', standIn);
  return standIn;
}

/** A property that is not enumerable, like those of the language itself. */
export function hidden(value: unknown): PropertyDescriptor {
  return { value, writable: true, enumerable: false, configurable: true };
}

function defineHidden(owner: object, key: PropertyKey, value: unknown): void {
  // The prototype of a function cannot be made configurable.
  Object.defineProperty(owner, key, key === 'prototype' ? { value } : hidden(value));
}
