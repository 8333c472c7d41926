/**
 * @file The effort that work on values takes, in units of some nanoseconds. It is counted and not
 * measured, so that it is the same for the same values everywhere: what a limit on it decides can be
 * repeated.
 */

let units = 0;

/** Counts what some work takes. Called where the work is done. */
export function spend(more: number): void {
  units += more;
}

/** The effort since the start of the program. */
export function effort(): number {
  return units;
}
