/** @file How counts are written. It stands alone, so that what must start fast can write them. */

/** A count with its digits in groups: 10 000. */
export function formatCount(count: number): string {
  // Intl knows fractions as well, but its first use takes 10 ms.
  if (Number.isSafeInteger(count)) return String(count).replaceAll(GROUP_START, ' ');
  return count.toLocaleString('en-US').replaceAll(',', ' ');
}

/** A count with its noun: `1 step`, `10 000 steps`. */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Before each three digits that others precede. */
const GROUP_START = /(?<=\d)(?=(?:\d{3})+$)/g;
