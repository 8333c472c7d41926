import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../machine/operation.ts';
import {
  book,
  crash,
  desk,
  DESK_RUN,
  doubled,
  nothing,
  paid,
  traceOf,
  withFault,
} from '../../test-helpers/test-desk.ts';
import { alignTraces } from './alignment.ts';

const run = traceOf(DESK_RUN);

describe('an alignment of steps that have moved', () => {
  it('has such a step once, at both of its places', () => {
    // The fourth operation comes second.
    const sooner = traceOf(DESK_RUN.toSpliced(3, 1).toSpliced(1, 0, nothing));
    const both = alignTraces(run, sooner);
    expect([...both.moved()]).toEqual([{ a: 3, b: 1, parts: [] }]);
    expect(both.only).toEqual({ a: 0, b: 0 });
    expect(both.movedAt('a', 3)).toEqual(both.movedAt('b', 1));
    expect(both.movedAt('a', 1)).toBeUndefined();
    expect([both.partnerOf('a', 3), both.partnerOf('b', 1)]).toEqual([1, 3]);
    // It is one difference, where it comes first.
    expect(both.firstDifference).toBe(1);
    expect(both.differenceBeside(1, 'next')).toBeUndefined();
    expect(both.isSame).toBe(false);
  });

  it('knows a request that has moved by its id, whichever that becomes', () => {
    const [first, second] = [book('Room 1'), book('Room 2')];
    const one = traceOf([first, second, paid(1), paid(2), nothing]);
    const other = traceOf([second, first, paid(2), paid(1), nothing]);
    const both = alignTraces(one, other);
    expect(both.movedCount).toBe(1);
    expect([both.only, both.pairsCount]).toEqual([{ a: 0, b: 0 }, 0]);
    expect([...both.moved()].map(({ parts }) => parts)).toEqual([[]]);
  });

  it('says in what a step that has moved went differently', () => {
    const refused = withFault(DESK_RUN[2] as Operation, { kind: 'actionRefused', action: 0 });
    const later = traceOf([...DESK_RUN.slice(0, 2), nothing, refused, ...DESK_RUN.slice(4)]);
    const [move] = alignTraces(run, later).moved();
    expect(move).toMatchObject({ a: 2, b: 3 });
    expect(move?.parts).toEqual(expect.arrayContaining(['operation', 'actions']));
  });

  it('takes several steps of one operation in order', () => {
    const [one, two, three] = [book('Room 1'), book('Room 2'), book('Room 3')];
    const twice = traceOf([one, two, paid(1), doubled(1), three, nothing]);
    // The payment comes late, and only once.
    const late = alignTraces(twice, traceOf([one, two, three, nothing, paid(1)]));
    expect([...late.moved()].map(({ a, b }) => [a, b])).toEqual([[2, 4]]);
    expect(late.only).toEqual({ a: 1, b: 0 });
  });

  it('does not guess which one has moved of an operation that is everywhere', () => {
    const machine: typeof desk = { ...desk, invariants: {} };
    const rooms = Array.from({ length: 12 }, (_, at) => book(`Room ${at}`));
    const after = (count: number) => {
      const ticks = Array.from({ length: count }, () => nothing);
      const first = traceOf([...ticks, ...rooms], 'none', machine);
      return alignTraces(first, traceOf([...rooms, ...ticks], 'none', machine));
    };
    const [few, many] = [after(8), after(9)];
    expect([few.only, few.movedCount]).toEqual([{ a: 0, b: 0 }, 8]);
    expect([...few.moved()].map(({ a, b }) => b - a)).toEqual(Array.from({ length: 8 }, () => 12));
    expect([many.only, many.movedCount]).toEqual([{ a: 9, b: 9 }, 0]);
  });

  it('knows a completion by its request, whatever was emitted under its id in between', () => {
    // Each second payment of a room is given back under the id of its request.
    const start = [book('Room 1'), book('Room 1'), paid(1), paid(2)];
    const refunded: Operation = { ...paid(2), result: { kind: 'Refunded' } } as Operation;
    const rest = [doubled(2), nothing, book('Room 2')];
    const late = alignTraces(
      traceOf([...start, refunded, ...rest]),
      traceOf([...start, ...rest, refunded]),
    );
    expect([...late.moved()].map(({ a, b }) => [a, b])).toEqual([[4, 7]]);
    expect(late.only).toEqual({ a: 0, b: 0 });
  });

  it('leaves no request alone in both runs, and gives a step one partner at most', () => {
    const operation = fc.constantFrom(...DESK_RUN, ...crash(0), doubled(1));
    const list = fc.array(operation, { maxLength: 8 });
    const machine: typeof desk = { ...desk, invariants: {} };
    fc.assert(
      fc.property(list, list, (one, another) => {
        const runs = { a: traceOf(one, 'none', machine), b: traceOf(another, 'none', machine) };
        const both = alignTraces(runs.a, runs.b);
        // Two requests may be the same where what completes them is not.
        const requestsAlone = (side: 'a' | 'b') =>
          Array.from({ length: runs[side].length }, (_, at) => at)
            .filter((at) => both.partnerOf(side, at) === undefined)
            .map((at) => runs[side].step(at).operation)
            .filter((request) => !('id' in request))
            .map((request) => JSON.stringify(request));
        const ofB = new Set(requestsAlone('b'));
        expect(requestsAlone('a').filter((meant) => ofB.has(meant))).toEqual([]);
        for (const { a, b } of both.moved()) {
          expect([both.partnerOf('a', a), both.partnerOf('b', b)]).toEqual([b, a]);
        }
      }),
    );
  });
});
