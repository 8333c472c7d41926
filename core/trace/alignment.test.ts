import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../machine/operation.ts';
import {
  book,
  crash,
  desk,
  doubled,
  extend,
  nothing,
  paid,
  traceOf,
  withFault,
} from '../test-helpers/test-desk.ts';
import { Alignment, alignTraces } from './alignment.ts';
import { memorySource } from './trace-source.ts';

const RUN: readonly Operation[] = [
  book('Room 1'),
  paid(1),
  book('Room 2'),
  nothing,
  paid(2),
  extend('Room 1'),
];
const run = traceOf(RUN);
/** Row by row: 0 0, 1 1, 2 2, then step 3 only in the first, 3 4 5 only in the second, 4 6, 5 7. */
const other = traceOf(RUN.toSpliced(3, 1, ...crash(0), doubled(1)));
const alignment = alignTraces(run, other);

describe('an alignment', () => {
  it('has a row for each pair, and for each step without a partner', () => {
    const rows = Array.from({ length: alignment.length }, (_, row) => alignment.row(row));
    expect(rows.slice(2, 7)).toEqual([{ a: 2, b: 2 }, { a: 3 }, { b: 3 }, { b: 4 }, { b: 5 }]);
    expect(alignment.row(-1)).toEqual({ a: -1, b: -1 });
    expect(alignment.only).toEqual({ a: 1, b: 3 });
  });

  it('tells which step stands beside one, and where the other run has none', () => {
    expect(alignment.opposite('a', 4)).toEqual({ stepIndex: 6, isAligned: true });
    expect(alignment.opposite('b', 7)).toEqual({ stepIndex: 5, isAligned: true });
    expect(alignment.opposite('a', 3)).toEqual({ stepIndex: 2, isAligned: false });
    expect(alignment.opposite('b', 5)).toEqual({ stepIndex: 3, isAligned: false });
    expect(alignment.opposite('a', -1)).toEqual({ stepIndex: -1, isAligned: true });
  });

  it('goes from difference to difference, and counts a gap once', () => {
    const forwards: number[] = [];
    for (let row = alignment.firstDifference; row !== undefined;) {
      forwards.push(row);
      row = alignment.differenceBeside(row, 'next');
    }
    expect(forwards.slice(0, 2)).toEqual([3, 4]);
    const backwards: number[] = [];
    for (let row: number | undefined = alignment.length; row !== undefined;) {
      row = alignment.differenceBeside(row, 'previous');
      if (row !== undefined) backwards.unshift(row);
    }
    expect(backwards).toEqual(forwards);
    // Inside of a gap, the one before is its own beginning.
    expect(alignment.differenceBeside(6, 'previous')).toBe(4);
    expect(alignment.isSame).toBe(false);
  });

  it('names the parts of a pair that went differently', () => {
    const refused = withFault(RUN[2] as Operation, { kind: 'actionRefused', action: 0 });
    const changed = alignTraces(run, traceOf(RUN.with(2, refused)));
    expect(changed.firstDifference).toBe(2);
    expect(changed.partsAt(2)).toContain('actions');
    expect(changed.partsAt(1)).toEqual([]);
    expect([changed.isDifferent(1), changed.isDifferent(2)]).toEqual([false, true]);
  });

  it('has nothing to show of two runs that are the same', () => {
    const same = alignTraces(run, traceOf(RUN));
    expect([same.isSame, same.firstDifference, same.pairsCount]).toEqual([true, undefined, 0]);
    expect(same.differenceBeside(-1, 'next')).toBeUndefined();
  });

  it('holds for any two runs, whichever way it is asked', () => {
    const operation = fc.constantFrom(...RUN, ...crash(0));
    const list = fc.array(operation, { maxLength: 14 });
    const machine: typeof desk = { ...desk, invariants: {} };
    fc.assert(
      fc.property(list, list, (one, another) => {
        const [a, b] = [traceOf(one, 'none', machine), traceOf(another, 'none', machine)];
        const both = alignTraces(a, b);
        const seen = { a: 0, b: 0 };
        for (let row = 0; row < both.length; row += 1) {
          const steps = both.row(row);
          for (const side of ['a', 'b'] as const) {
            const at = steps[side];
            if (at === undefined) continue;
            expect(at).toBe(seen[side]);
            seen[side] += 1;
            expect(both.rowOf(side, at)).toBe(row);
            const partner = steps[side === 'a' ? 'b' : 'a'];
            const opposite = both.opposite(side, at);
            expect(opposite.isAligned).toBe(partner !== undefined);
            if (partner !== undefined) expect(opposite.stepIndex).toBe(partner);
          }
        }
        expect(seen).toEqual({ a: a.length, b: b.length });
        for (const { a: at, parts } of both.pairs()) {
          expect(both.partsAt(both.rowOf('a', at))).toEqual(parts);
        }
      }),
    );
  });

  it('aligns runs that differ in many places, which no single search could', () => {
    // Every third step of the one is another one in the other, over more steps than a window has.
    const many = Array.from({ length: 3_600 }, (_, at) => book(`Room ${at}`));
    const others = many.map((each, at) => (at % 3 === 0 ? extend(`Room ${at}`) : each));
    const machine: typeof desk = { ...desk, invariants: {} };
    const both = alignTraces(traceOf(many, 'none', machine), traceOf(others, 'none', machine));
    expect(both.only).toEqual({ a: 1_200, b: 1_200 });
    for (const step of [1, 1_000, 3_599]) {
      expect(both.opposite('a', step)).toEqual({ stepIndex: step, isAligned: true });
    }
  }, 60_000);

  it('is asked where the lines of the runs are', async () => {
    const source = memorySource(other, () => run);
    const packed = await source.ask({ kind: 'alignment', otherId: 'run' });
    expect(new Alignment(packed).stretches).toEqual(alignment.stretches);
  });
});
