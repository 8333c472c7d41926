import { describe, expect, it } from 'vitest';
import type { Operation } from '../../core/machine/operation.ts';
import { book, extend, nothing, paid, traceOf } from '../../core/test-helpers/test-desk.ts';
import { alignTraces, type Alignment } from '../../core/trace/compare/alignment.ts';
import { missingSide, movedAt, noteOf, type CursorsAt } from './pair-places.ts';

const RUN = [book('Room 1'), paid(1), book('Room 2'), nothing, extend('Room 2'), paid(2)];
/** Step 3 of A is step 1 of B; step 4 is in A alone. */
const OTHER = [0, 3, 1, 2, 5].map((step) => RUN[step] as Operation);
const alignment = alignTraces(traceOf(RUN), traceOf(OTHER));

const at = (a: number, b: number, isTogether: boolean) => placesIn(alignment, { a, b, isTogether });

function placesIn(runs: Alignment, cursors: CursorsAt) {
  const moved = movedAt(runs, cursors);
  return {
    moved: moved && [moved.a, moved.b],
    missing: missingSide(runs, cursors),
    notes: [noteOf(runs, cursors, 'a'), noteOf(runs, cursors, 'b')],
  };
}

describe('two cursors', () => {
  it('that move together are at both places of a step that has moved, although one of them waits', () => {
    const moved = { moved: [3, 1], notes: ['moved', 'moved'] };
    expect(at(3, 3, true)).toMatchObject(moved);
    expect(at(0, 1, true)).toMatchObject(moved);
    expect(at(4, 3, true)).toEqual({
      moved: undefined,
      missing: 'b',
      notes: ['only in A', 'before the gap'],
    });
  });

  it('that move together wait at the start for a first step that has moved', () => {
    const late = alignTraces(
      traceOf([nothing, ...RUN.slice(0, 2)]),
      traceOf([...RUN.slice(0, 2), nothing]),
    );
    expect(placesIn(late, { a: 0, b: -1, isTogether: true })).toMatchObject({
      moved: [0, 2],
      notes: ['moved', 'moved'],
    });
  });

  it('that are apart wait for nothing, and are compared where they are', () => {
    const apart = { moved: undefined, missing: undefined };
    expect(at(3, 3, false)).toEqual({ ...apart, notes: ['moved', 'not aligned'] });
    expect(at(4, 3, false)).toEqual({ ...apart, notes: ['only in A', 'not aligned'] });
    expect(at(2, 3, false)).toEqual({ ...apart, notes: [undefined, undefined] });
    // Nobody waits, but both are at the step that has moved.
    expect(at(3, 1, false)).toMatchObject({ moved: [3, 1], notes: ['moved', 'moved'] });
  });
});
