import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatMinutes, hoursBetween, lanesIn, lanesOf } from './calendar-layout.ts';

it('puts entries that overlap beside each other, and others over the whole width', () => {
  const span = (id: string, from: number, to: number, column = 0) => ({ id, column, from, to });
  const lanes = lanesOf([
    span('a', 540, 600),
    span('b', 570, 630),
    span('c', 600, 660),
    span('d', 700, 710),
    span('e', 540, 600, 1),
  ]);
  expect(Object.fromEntries(lanes)).toEqual({
    a: { lane: 0, lanes: 2 },
    b: { lane: 1, lanes: 2 },
    c: { lane: 0, lanes: 2 },
    d: { lane: 0, lanes: 1 },
    e: { lane: 0, lanes: 1 },
  });
});

it('never draws two entries over each other', () => {
  const span = fc.record({
    column: fc.nat(1),
    from: fc.nat(50),
    long: fc.integer({ min: 1, max: 20 }),
  });
  fc.assert(
    fc.property(fc.array(span, { maxLength: 30 }), (given) => {
      const spans = given.map(({ column, from, long }, at) => ({
        id: String(at),
        column,
        from,
        to: from + long,
      }));
      const lanes = lanesOf(spans);
      for (const one of spans) {
        for (const other of spans) {
          const isApart =
            one === other ||
            one.column !== other.column ||
            one.to <= other.from ||
            other.to <= one.from;
          if (!isApart) expect(lanes.get(one.id)?.lane).not.toBe(lanes.get(other.id)?.lane);
        }
      }
    }),
  );
});

it('knows how many stand beside each other in a column', () => {
  const spans = [0, 0, 1].map((column, at) => ({ id: String(at), column, from: 0, to: 9 }));
  expect([0, 1, 2].map((column) => lanesIn(column, spans, lanesOf(spans)))).toEqual([2, 1, 1]);
});

it('has lines at full hours', () => {
  expect(hoursBetween(550, 660)).toEqual([600, 660]);
  expect([540, 605].map(formatMinutes)).toEqual(['09:00', '10:05']);
});
