/**
 * What state, inputs and actions are made of: plain data that can be compared, patched, hashed and
 * written to a file. Objects are plain (`{}`), without class, getters or symbols.
 */
export type Value =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | readonly Value[]
  | PlainObject
  | ReadonlyMap<Value, Value>
  | ReadonlySet<Value>;

/** An object literal: its own enumerable string keys are all there is to it. */
export interface PlainObject {
  readonly [key: string]: Value;
}

/** A type with every level read-only, as a committed state is. */
export type DeepReadonly<T> = T extends (...args: never[]) => unknown
  ? T
  : T extends ReadonlyMap<infer Key, infer Item>
    ? ReadonlyMap<DeepReadonly<Key>, DeepReadonly<Item>>
    : T extends ReadonlySet<infer Item>
      ? ReadonlySet<DeepReadonly<Item>>
      : T extends object
        ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
        : T;
