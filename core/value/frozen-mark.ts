/** A class that extends it adds its fields to the object that its constructor is given. */
const Given = function (given: object): object {
  return given;
} as unknown as new (given: object) => object;

/** Objects to which no field can be added, since their author froze them. */
const unmarked = new WeakSet<object>();

/**
 * Marks objects as deeply frozen. The mark is a private field, which nobody else sees or copies, and
 * which costs a fraction of a WeakSet of all these objects: no hash, no table that grows, and nothing
 * for the garbage collector to clear.
 */
export class FrozenMark extends Given {
  readonly #mark = true;

  /** Marks an object, before it is frozen if possible. */
  static add(value: object): object {
    if (FrozenMark.has(value)) return value;
    if (Object.isExtensible(value)) return new FrozenMark(value);
    return unmarked.add(value);
  }

  /** Whether an object has the mark. */
  static has(value: object): boolean {
    return (#mark in value && value.#mark) || unmarked.has(value);
  }
}
