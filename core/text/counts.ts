/** @file How counts are written. It stands alone, so that what must start fast can write them. */

/** A count with its digits in groups: 10 000. */
export function formatCount(count: number): string {
  // Intl knows fractions as well, but its first use takes 10 ms.
  if (Number.isSafeInteger(count)) return String(count).replaceAll(GROUP_START, ' ');
  return count.toLocaleString('en-US').replaceAll(',', ' ');
}

/** A count with its noun: `1 step`, `10 000 steps`. */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${byCount(count, one, many)}`;
}

/** The form of a word that fits a count: `fails` for 1, `fail` for 0 and 2. */
export function byCount(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}

/** All of a count, as the subject of a sentence: `The only step`, `All 10 000 steps`. */
export function formatAll(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? `The only ${one}` : `All ${formatCount(count)} ${many}`;
}

/** How many are left out of a list: `10 more steps`. */
export function formatMore(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} more ${byCount(count, one, many)}`;
}

/** Before each three digits that others precede. */
const GROUP_START = /(?<=\d)(?=(?:\d{3})+$)/g;
