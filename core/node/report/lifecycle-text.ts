import { formatCount } from '../../text/quantities.ts';
import type { Lifecycle } from '../../trace/records/lifecycle.ts';
import type { Transition } from '../../trace/records/phases.ts';
import { printLine, style } from './print.ts';

/** A transition with how often it was made, and where first. */
export interface CountedTransition<Place> extends Transition {
  readonly count: number;
  readonly first: Place;
}

/** Lifecycles as a JSON document has them: each transition with its verdict and its count. */
export function lifecyclesAsJson<Seen extends CountedTransition<unknown>>(
  lifecycles: readonly Lifecycle<Seen>[],
) {
  return lifecycles.map(({ kind, field, isDeclared, transitions }) => ({
    record: kind,
    field,
    isDeclared,
    transitions: transitions.map(({ from, to, verdict, seen }) => {
      const { kind: _, field: __, ...counted } = seen ?? { count: 0 };
      return { from, to, verdict, ...counted };
    }),
  }));
}

/**
 * Prints lifecycles: a line for each transition with its count, or `never`. One that is not declared says
 * where it was made first.
 */
export function printLifecycles<Place>(
  lifecycles: readonly Lifecycle<CountedTransition<Place>>[],
  describePlace: (first: Place) => string,
): void {
  for (const { kind, field, transitions } of lifecycles) {
    printLine(`  ${kind}.${field}`);
    const rows = transitions.map(({ from, to, verdict, seen }) => ({
      way: `${from ?? '(new)'} → ${to ?? '(gone)'}`,
      count: seen === undefined ? 'never' : formatCount(seen.count),
      isUndeclared: verdict === 'undeclared',
      place: seen ? `, first ${describePlace(seen.first)}` : '',
    }));
    const width = Math.max(...rows.map(({ way }) => way.length));
    const countWidth = Math.max(...rows.map(({ count }) => count.length));
    for (const { way, count, isUndeclared, place } of rows) {
      printLine(
        `    ${way.padEnd(width)}  ${count.padStart(countWidth)}`,
        isUndeclared ? style.red(`  not declared${place}`) : '',
      );
    }
  }
}
