/** Compares seeds, which are decimal texts, as numbers. */
export function compareSeeds(a: string, b: string): number {
  return a.length - b.length || compareTexts(a, b);
}

/** Compares by code units: the locale of the computer must not change the order of a report. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
