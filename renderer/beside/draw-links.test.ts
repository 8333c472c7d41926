import { expect, it } from 'vitest';
import { book, desk, traceOf } from '../../core/test-helpers/test-desk.ts';
import { alignTraces } from '../../core/trace/compare/alignment.ts';
import { movesIn } from './draw-links.ts';

const STEPS = 600;
const machine: typeof desk = { ...desk, invariants: {} };
const rooms = Array.from({ length: STEPS }, (_, at) => book(`Room ${at}`));
const a = traceOf(rooms, 'none', machine);

const viewportOf = (startAt: number, endAt: number, widthPx: number) => ({
  startAt,
  endAt,
  leftPx: 0,
  rightPx: widthPx,
});

it('has a link for each step that has moved, at whichever of its places the view is', () => {
  // The first two steps come last.
  const later = traceOf([...rooms.slice(2), ...rooms.slice(0, 2)], 'none', machine);
  const alignment = alignTraces(a, later);
  const linked = (startAt: number, endAt: number) => {
    const viewport = viewportOf(startAt, endAt, 500);
    return [...movesIn({ a: viewport, b: viewport, alignment })].map((pair) => [pair.a, pair.b]);
  };
  const both = [
    [0, STEPS - 2],
    [1, STEPS - 1],
  ];
  expect(linked(0, 10)).toEqual(both);
  expect(linked(STEPS - 10, STEPS)).toEqual(both);
  // Both cross what lies between, at hardly another place.
  expect(linked(200, 210)).toEqual(both.slice(0, 1));
});

it('has no more links than there are places on the screen, although all steps have moved', () => {
  const alignment = alignTraces(a, traceOf(rooms.toReversed(), 'none', machine));
  const whole = viewportOf(0, STEPS, 90);
  const linked = [...movesIn({ a: whole, b: whole, alignment })];
  expect(alignment.movedCount).toBe(STEPS - 1);
  expect(linked.length).toBeGreaterThan(25);
  expect(linked.length).toBeLessThanOrEqual(62);
});
