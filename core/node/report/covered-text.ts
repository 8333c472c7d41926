import { countLines, missedIn, type CoveredLines } from '../../sweep/covered-lines.ts';
import { formatCount, formatPlural } from '../../text/quantities.ts';
import { printIndented, printLine } from './print.ts';

/** The lines that no seed executed, as a JSON document has them: by file, counted from 1. */
export function missedAsJson(covered: readonly CoveredLines[]) {
  return covered.map((source) => ({
    path: source.path,
    lines: missedIn(source).map(({ first, last, isPartly }) => ({
      first: first + 1,
      last: last + 1,
      ...(isPartly ? { isPartly } : {}),
    })),
  }));
}

/** Prints the lines that no seed executed, by file. */
export function printMissed(covered: readonly CoveredLines[], seeds: number): void {
  const { executed, missed } = countLines(covered);
  const of = `${formatCount(missed)} of ${formatPlural(executed + missed, 'line')}`;
  printLine(`Never executed in ${formatPlural(seeds, 'seed')}: ${of}`);
  for (const source of covered) {
    const ranges = missedIn(source).map(
      ({ first, last, isPartly }) =>
        `${first + 1}${last > first ? `–${last + 1}` : ''}${isPartly ? ' (in part)' : ''}`,
    );
    if (ranges.length > 0) printIndented('  ', `${source.path}: ${ranges.join(', ')}`);
  }
}
