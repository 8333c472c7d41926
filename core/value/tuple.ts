/**
 * A list that another format calls a tuple. It is read, shown and addressed like any list, and written
 * back as a tuple. Its own methods, such as `map` and `slice`, return tuples.
 */
export class Tuple<Item = unknown> extends Array<Item> {}

/** Whether two lists are both tuples, or both not. */
export function sameListKind(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a instanceof Tuple === b instanceof Tuple;
}
