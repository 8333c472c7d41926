import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../machine/operation.ts';
import {
  book,
  crash,
  desk,
  DESK_RUN,
  doubled,
  extend,
  lost,
  meantAt,
  nothing,
  paid,
  traceOf,
  withFault,
} from '../../test-helpers/test-desk.ts';
import { formatHeader } from '../format/format.ts';
import { memorySource } from '../questions/trace-source.ts';
import { TraceBuilder } from '../trace-builder.ts';
import type { Trace } from '../trace.ts';
import { Alignment, alignTraces, searchAlignment } from './alignment.ts';
import { hasSide } from './stretches.ts';

const run = traceOf(DESK_RUN);
/** Row by row: 0 0, 1 1, 2 2, then step 3 only in the first, 3 4 5 only in the second, 4 6, 5 7. */
const amended = traceOf(DESK_RUN.toSpliced(3, 1, ...crash(0), doubled(1)));
const alignment = alignTraces(run, amended);

describe('an alignment', () => {
  it('has a row for each pair, and for each step without a partner', () => {
    const rows = Array.from({ length: alignment.length }, (_, row) => alignment.row(row));
    expect(rows.slice(2, 7)).toEqual([{ a: 2, b: 2 }, { a: 3 }, { b: 3 }, { b: 4 }, { b: 5 }]);
    expect(alignment.row(-1)).toEqual({ a: -1, b: -1 });
    expect(alignment.only).toEqual({ a: 1, b: 3 });
  });

  it('counts no finding as another one because it comes at another step', () => {
    // The room is booked twice, whatever comes before.
    const fails: readonly Operation[] = [book('Room 1'), paid(1), book('Room 1'), doubled(1)];
    const [later, sooner] = [traceOf([nothing, ...fails], 'chaos'), traceOf(fails, 'chaos')];
    expect(later.findings.length).toBeGreaterThan(0);
    expect(later.findings.map(({ stepIndex }) => stepIndex - 1)).toEqual(
      sooner.findings.map(({ stepIndex }) => stepIndex),
    );
    expect([...alignTraces(later, sooner).pairs()]).toEqual([]);
  });

  it('tells which step stands beside one, and where the other run has none', () => {
    expect(alignment.opposite('a', 4)).toEqual({ stepIndex: 6, isAligned: true });
    expect(alignment.opposite('b', 7)).toEqual({ stepIndex: 5, isAligned: true });
    expect(alignment.opposite('a', 3)).toEqual({ stepIndex: 2, isAligned: false });
    expect(alignment.opposite('b', 5)).toEqual({ stepIndex: 3, isAligned: false });
    expect(alignment.opposite('a', -1)).toEqual({ stepIndex: -1, isAligned: true });
    expect([4, 3, -1].map((step) => alignment.partnerOf('a', step))).toEqual([6, undefined, -1]);
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
    const refused = withFault(DESK_RUN[2] as Operation, { kind: 'actionRefused', action: 0 });
    const changed = alignTraces(run, traceOf(DESK_RUN.with(2, refused)));
    expect(changed.firstDifference).toBe(2);
    expect(changed.partsAt(2)).toContain('actions');
    expect(changed.partsAt(1)).toEqual([]);
  });

  it('has nothing to show of two runs that are the same', () => {
    const same = alignTraces(run, traceOf(DESK_RUN));
    expect([same.isSame, same.firstDifference, same.pairsCount]).toEqual([true, undefined, 0]);
    expect(same.differenceBeside(-1, 'next')).toBeUndefined();
  });

  it('holds for any two runs, whichever way it is asked', () => {
    const operation = fc.constantFrom(...DESK_RUN, ...crash(0));
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
    // Every third step of the one is another one in the other run, over more steps than a window has.
    const many = Array.from({ length: 3_600 }, (_, at) => book(`Room ${at}`));
    const others = many.map((each, at) => (at % 3 === 0 ? extend(`Room ${at}`) : each));
    const machine: typeof desk = { ...desk, invariants: {} };
    const both = alignTraces(traceOf(many, 'none', machine), traceOf(others, 'none', machine));
    expect(both.only).toEqual({ a: 1_200, b: 1_200 });
    for (const step of [1, 1_000, 3_599]) {
      expect(both.opposite('a', step)).toEqual({ stepIndex: step, isAligned: true });
    }
  });

  it('tells how much is done, of the steps of both and their pairs', () => {
    const machine: typeof desk = { ...desk, invariants: {} };
    const often = (...operations: readonly Operation[]) =>
      traceOf(Array.from({ length: 600 }, () => operations).flat(), 'none', machine);
    const [a, b] = [often(nothing, book('Room 1')), often(nothing, book('Room 2'))];
    let done = 0;
    const search = searchAlignment(a, b, (steps) => {
      done += steps;
    });
    const shares: number[] = [];
    for (let next = search.next(); next.done !== true; next = search.next()) shares.push(done);
    const all = a.length + b.length + Math.min(a.length, b.length);
    expect(shares.length).toBeGreaterThan(5);
    expect(shares).toEqual(shares.toSorted((one, other) => one - other));
    expect(done).toBeGreaterThan(all / 2);
    expect(done).toBeLessThan(all * 1.3);
  });

  it('is asked where the lines of the runs are', async () => {
    const source = memorySource(amended, () => run);
    const packed = await source.ask({ kind: 'alignment', otherId: 'run' });
    expect(new Alignment(packed).stretches).toEqual(alignment.stretches);
  });
});

/** Two rooms: enough to see which fields hold ids. */
const FIRST = [book('Room A'), book('Room B'), paid(1), paid(2)];

/** Operations without what is about actions that were not emitted yet. */
function emittedOnly(operations: readonly Operation[]): readonly Operation[] {
  let booked = 0;
  return operations.filter((one) => {
    if (one.kind === 'normal' && (one.input as { kind: string }).kind === 'Book') booked += 1;
    return !('id' in one) || (Number(one.id) >= 1 && Number(one.id) <= booked);
  });
}

/** "both 0 0 4", "onlyB 4 4 2". */
const brief = (a: Trace, b: Trace) =>
  alignTraces(a, b).stretches.map(({ kind, ...at }) => `${kind} ${at.a} ${at.b} ${at.length}`);

describe('two runs side by side', () => {
  it('are one stretch when they are the same', () => {
    expect(brief(run, traceOf(DESK_RUN))).toEqual(['both 0 0 6']);
    expect([...alignTraces(run, traceOf(DESK_RUN)).pairs()]).toEqual([]);
  });

  it('stand beside each other around what only one of them has', () => {
    const other = traceOf(DESK_RUN.toSpliced(3, 1, ...crash(0), doubled(1)));
    expect(brief(run, other)).toEqual(['both 0 0 3', 'onlyA 3 3 1', 'onlyB 4 3 3', 'both 4 6 2']);
  });

  it('differ where the same request went otherwise', () => {
    const refused = withFault(DESK_RUN[2] as Operation, { kind: 'actionRefused', action: 0 });
    const other = traceOf(DESK_RUN.with(2, refused));
    expect(brief(run, other)).toEqual(['both 0 0 6']);
    const pairs = [...alignTraces(run, other).pairs()];
    expect(pairs[0]).toMatchObject({ a: 2, b: 2 });
    expect(pairs[0]?.parts).toContain('actions');
    // The steps before are the same, and so is what did nothing in both.
    expect(pairs.some(({ a }) => a < 2 || a === 3)).toBe(false);
  });

  it('cover each run once and in order, and align nothing that differs but in ids', () => {
    const operation = fc.constantFrom(...DESK_RUN, ...crash(0));
    const machine: typeof desk = { ...desk, invariants: {} };
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 12 }),
        fc.array(operation, { maxLength: 12 }),
        (one, other) => {
          const [a, b] = [traceOf(one, 'none', machine), traceOf(other, 'none', machine)];
          let [nextA, nextB] = [0, 0];
          const both = alignTraces(a, b);
          const moving = { a: 0, b: 0 };
          for (const pair of both.moved()) expect(meantAt(a, pair.a)).toEqual(meantAt(b, pair.b));
          for (const stretch of both.stretches) {
            expect([stretch.a, stretch.b]).toEqual([nextA, nextB]);
            for (let at = 0; stretch.kind === 'both' && at < stretch.length; at += 1) {
              expect(meantAt(a, nextA + at)).toEqual(meantAt(b, nextB + at));
            }
            const side = stretch.kind === 'movedA' ? 'a' : 'b';
            const isMoved = stretch.kind === 'movedA' || stretch.kind === 'movedB';
            for (const at of Array.from({ length: isMoved ? stretch.length : 0 }).keys()) {
              expect(both.movedAt(side, stretch[side] + at)?.[side]).toBe(stretch[side] + at);
              moving[side] += 1;
            }
            if (hasSide(stretch.kind, 'a')) nextA += stretch.length;
            if (hasSide(stretch.kind, 'b')) nextB += stretch.length;
          }
          expect(moving).toEqual({ a: both.movedCount, b: both.movedCount });
          expect([nextA, nextB]).toEqual([a.length, b.length]);
        },
      ),
    );
  });

  it('are the same with all ids renamed, wherever these are', () => {
    const operation = fc.oneof(
      fc.constantFrom(book('Room 1'), book('Room 2'), nothing, extend('Room 1')),
      fc.nat(4).map(paid),
      fc.nat(4).map(doubled),
      fc.nat(4).map(lost),
    );
    const list = fc.array(
      fc.oneof(
        operation.map((one) => [one]),
        fc.constant(crash(1)),
      ),
      {
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(list, fc.integer({ min: 1, max: 500 }), (parts, by) => {
        const operations = emittedOnly([...FIRST, ...parts.flat()]);
        const renamed = operations.map((one) =>
          'id' in one ? { ...one, id: Number(one.id) + by } : one,
        );
        const startsLater: typeof desk = {
          ...desk,
          invariants: {},
          initialState: () => ({ ...desk.initialState(), nextId: 1 + by }),
        };
        const a = traceOf(operations, 'none', { ...desk, invariants: {} });
        const b = traceOf(renamed, 'none', startsLater);
        expect(brief(a, b)).toEqual([`both 0 0 ${a.length}`]);
        expect([...alignTraces(a, b).pairs()]).toEqual([]);
      }),
    );
  });

  it('go on beside each other after a request that only one of them has', () => {
    const later: readonly Operation[] = [book('Room 3'), paid(3), ...crash(0), extend('Room 3')];
    const one = traceOf([...DESK_RUN, ...later]);
    // All ids from there on are one more.
    const moved = later.map((each) => ('id' in each ? { ...each, id: 4 } : each)) as Operation[];
    const other = traceOf([...DESK_RUN, book('Room 9'), ...moved]);
    expect(brief(one, other)).toEqual(['both 0 0 6', 'onlyB 6 6 1', 'both 6 7 5']);
    const pairs = [...alignTraces(one, other).pairs()];
    // Room 9 is held as well after the crash.
    expect(pairs.map(({ a, parts }) => [a, parts])).toEqual([[9, ['actions']]]);
  });

  it('tell an amount that happens to be an id from the id', () => {
    const operations = [...FIRST, book('Room 3'), paid(3), extend('Room 3')];
    const one = traceOf(operations);
    const moved = operations.map((each) => ('id' in each ? paid(Number(each.id) + 1) : each));
    const stayLonger: typeof desk = {
      ...desk,
      stf: (state, input, actions) => {
        const outcome = desk.stf(state, input, actions);
        state.update((draft) => {
          for (const room of draft.rooms.values()) if (room.nights === 1) room.nights = 2;
        });
        return outcome;
      },
    };
    const other = traceOf([book('Room 9'), ...moved], 'none', stayLonger);
    const pairs = [...alignTraces(one, other).pairs()];
    // The nights are one more, as are the ids.
    expect(pairs.map(({ a, parts }) => [a, parts])).toEqual([
      [2, ['patch']],
      [3, ['patch']],
      [5, ['patch']],
      [6, ['patch']],
    ]);
  });

  it('are compared by what their lines say, in whatever order', () => {
    const builder = new TraceBuilder();
    const { header, length } = run;
    const lines = run.lines(0, length).map((line, at) => {
      const { step, ...rest } = JSON.parse(line) as { step: number; outcome: object };
      return JSON.stringify(
        at === 3 ? { outcome: { kind: 'crashed' }, ...omit(rest), step } : { ...rest, step },
      );
    });
    builder.push([formatHeader(header), ...lines, ''].join('\n'));
    const other = builder.trace as Trace;
    const pairs = [...alignTraces(run, other).pairs()];
    expect(pairs.map(({ a }) => a)).toEqual([3]);
  });
});

function omit({ outcome: _, ...rest }: { readonly outcome: object }): object {
  return rest;
}
