/**
 * A class that extends it adds its private fields to the object that its constructor is given, even to a
 * proxy. Nobody else sees or copies such a field. It costs a fraction of an entry in a WeakMap or WeakSet:
 * no hash, no table that grows, and nothing that lives until the next full garbage collection.
 */
export const Given = function (given: object): object {
  return given;
} as unknown as new (given: object) => object;
