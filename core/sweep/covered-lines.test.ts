import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addCovered,
  countLines,
  LINE_STATES,
  missedIn,
  type CoveredLines,
} from './covered-lines.ts';

const COLUMNS = 4;
/** A source as what of each character was executed; a line without any has nothing to execute. */
const source = fc.array(
  fc.oneof(
    fc.constant(undefined),
    fc.array(fc.boolean(), { minLength: COLUMNS, maxLength: COLUMNS }),
  ),
  { minLength: 3, maxLength: 3 },
);
type Source = readonly (readonly boolean[] | undefined)[];

function coveredOf(all: Source): CoveredLines {
  const gaps: [number, number, number][] = [];
  const lines = all.map((characters, line) => {
    if (!characters) return LINE_STATES.neutral;
    if (!characters.includes(true)) return LINE_STATES.missed;
    if (!characters.includes(false)) return LINE_STATES.executed;
    for (const [at, isExecuted] of characters.entries()) {
      const last = gaps.at(-1);
      if (isExecuted) continue;
      if (last?.[0] === line && last[2] === at) last[2] = at + 1;
      else gaps.push([line, at, at + 1]);
    }
    return LINE_STATES.partial;
  });
  return { path: 'machine.ts', lines, gaps };
}

describe('what two parts of a sweep executed', () => {
  it('is what either executed', () => {
    fc.assert(
      fc.property(source, source, (one, other) => {
        // Both have something to execute in the same lines.
        const both = one.map((line, at) => line && (other[at] ?? line));
        const either = one.map((line, at) =>
          line?.map((is, column) => is || both[at]?.[column] === true),
        );
        expect(addCovered([coveredOf(one)], [coveredOf(both)])).toEqual([coveredOf(either)]);
      }),
    );
  });
});

describe('the lines that were not executed', () => {
  const { neutral, missed, partial, executed } = LINE_STATES;
  const lines = [
    neutral,
    missed,
    neutral,
    missed,
    executed,
    neutral,
    missed,
    partial,
    neutral,
    missed,
  ];

  it('are told as stretches, over lines with nothing to execute', () => {
    expect(missedIn({ lines })).toEqual([
      { first: 1, last: 3, isPartly: false },
      { first: 6, last: 6, isPartly: false },
      { first: 7, last: 7, isPartly: true },
      { first: 9, last: 9, isPartly: false },
    ]);
    expect(countLines([{ lines }])).toEqual({ executed: 2, missed: 4 });
  });
});
