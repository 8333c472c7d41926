import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrackedSpan } from '../../core/trace/spans.ts';
import { ROWS_MAX, SpanIndex } from './span-layout.ts';

const LENGTH = 400;

function spanOf(emittedAt: number, endedAt: number | undefined): TrackedSpan {
  const start = { id: emittedAt, action: 'Preauth', emittedAt };
  return endedAt === undefined ? start : { ...start, ended: { at: endedAt, how: 'completed' } };
}

/** Spans in the order of emission; some never end. */
const spanLists = fc
  .array(fc.tuple(fc.nat(LENGTH - 1), fc.option(fc.nat(60), { nil: undefined })), {
    maxLength: 200,
    size: 'max',
  })
  .map((pairs) =>
    pairs
      .toSorted(([a], [b]) => a - b)
      .map(([emittedAt, steps]) => {
        const endedAt = steps === undefined ? LENGTH : emittedAt + steps;
        return spanOf(emittedAt, endedAt < LENGTH ? endedAt : undefined);
      }),
  );

function rowsOf(index: SpanIndex): (readonly number[])[] {
  return Array.from({ length: ROWS_MAX }, (_, row) => index.inRow(row, -1, LENGTH));
}

describe('SpanIndex', () => {
  it('never lets two spans of a row overlap', () => {
    fc.assert(
      fc.property(spanLists, (spans) => {
        const index = new SpanIndex();
        index.extend(spans, LENGTH);
        for (const row of rowsOf(index)) {
          for (const [at, span] of row.entries()) {
            const next = row[at + 1];
            if (next === undefined) continue;
            expect(index.endedAt(span)).toBeLessThanOrEqual(index.emittedAt(next));
          }
        }
      }),
    );
  });

  it('leaves a span without a row only when all rows are taken', () => {
    fc.assert(
      fc.property(spanLists, (spans) => {
        const index = new SpanIndex();
        index.extend(spans, LENGTH);
        const placed = new Set(rowsOf(index).flat());
        for (const [at, { emittedAt }] of spans.entries()) {
          if (placed.has(at)) continue;
          const taken = rowsOf(index).filter((row) =>
            row.some(
              (span) => index.emittedAt(span) <= emittedAt && index.endedAt(span) > emittedAt,
            ),
          );
          expect(taken.length).toBe(ROWS_MAX);
        }
      }),
    );
  });

  it('comes to the same rows and counts when the trace arrives in pieces', () => {
    fc.assert(
      fc.property(spanLists, fc.array(fc.nat(LENGTH), { maxLength: 5 }), (spans, cuts) => {
        const whole = new SpanIndex();
        whole.extend(spans, LENGTH);
        const grown = new SpanIndex();
        for (const cut of cuts.toSorted((a, b) => a - b)) grown.extend(spans, cut);
        grown.extend(spans, LENGTH);
        expect(rowsOf(grown)).toEqual(rowsOf(whole));
        expect(grown.openCount).toBe(whole.openCount);
        for (let from = 0; from < LENGTH; from += 37) {
          expect(grown.countBetween(from, from + 50)).toBe(whole.countBetween(from, from + 50));
        }
      }),
    );
  });

  it('counts and finds the spans between two steps as one would one by one', () => {
    fc.assert(
      fc.property(spanLists, fc.nat(LENGTH), fc.nat(80), (spans, from, steps) => {
        const index = new SpanIndex();
        index.extend(spans, LENGTH);
        const to = from + steps + 1;
        const isBetween = ({ emittedAt, ended }: TrackedSpan) =>
          emittedAt < to && (ended?.at ?? Number.POSITIVE_INFINITY) > from;
        expect(index.countBetween(from, to)).toBe(spans.filter(isBetween).length);
        for (const [row, all] of rowsOf(index).entries()) {
          const expected = all.filter(
            (span) => index.endedAt(span) >= from && index.emittedAt(span) <= to,
          );
          expect(index.inRow(row, from, to)).toEqual(expected);
        }
      }),
    );
  });

  it('knows nothing of what lies beyond the length of the trace', () => {
    const index = new SpanIndex();
    index.extend([spanOf(2, 9), spanOf(7, 8)], 5);
    expect(index.count).toBe(1);
    expect(index.openCount).toBe(1);
    index.extend([spanOf(2, 9), spanOf(7, 8)], 10);
    expect(index.count).toBe(2);
    expect(index.openCount).toBe(0);
  });
});
