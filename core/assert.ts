/**
 * Marks a place that the types rule out, such as the end of a `switch` over a union.
 *
 * @throws {Error} always: reaching it means that a value escaped its type.
 */
export function assertNever(value: never, what = 'case'): never {
  throw new Error(`Unexpected ${what}: ${JSON.stringify(value)}`);
}

/**
 * States what must hold here. A failure is a defect of Phasmoscope, never of its input.
 *
 * @throws {Error} when `condition` is false.
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`Phasmoscope defect: ${message}`);
}
