import type { Gate } from './realm.ts';

type AnyConstructor = abstract new (...args: never[]) => object;

/** How a class differs from the one that it stands for. */
export interface ClassStandIn {
  /** As findings name it, such as `Intl.Collator`. */
  readonly label: string;
  /** Makes of the arguments of `new` those that the real class is given. */
  readonly prepare: (args: readonly unknown[]) => readonly unknown[];
  /** What comes of a call without `new`. */
  readonly call: (standIn: AnyConstructor, args: readonly unknown[]) => unknown;
  readonly statics?: Readonly<Record<string, unknown>>;
  readonly methods: PropertyDescriptorMap;
}

/**
 * A class in place of another of the language. What it makes is of the real one, with a prototype of
 * its own: nothing leads from it to the real class, and nobody else in this process sees it.
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
    // Also that of a class which extends this one, and inherits this very method.
    return Reflect.apply(Function.prototype[Symbol.hasInstance], this, [value]);
  });
  // The target has the statics and the prototype of a class; only the traps make instances.
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

/** As the language defines its own: a loop over the keys does not meet it. */
export function hidden(value: unknown): PropertyDescriptor {
  return { value, writable: true, enumerable: false, configurable: true };
}

function defineHidden(owner: object, key: PropertyKey, value: unknown): void {
  // The prototype of a function cannot be made configurable.
  Object.defineProperty(owner, key, key === 'prototype' ? { value } : hidden(value));
}
