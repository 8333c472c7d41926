import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMPACT_PX_MIN, LANES, layoutFor, rowLayoutFor } from './layout.ts';
import { windowEdges, windowPartAt } from './overview-window.ts';
import { ticksFor } from './ticks.ts';

const sizes = fc.tuple(
  fc.integer({ min: 700, max: 2500 }),
  fc.integer({ min: COMPACT_PX_MIN, max: 400 }),
);

describe('layout', () => {
  it('divides the whole height, without gap or overlap', () => {
    fc.assert(
      fc.property(sizes, ([widthPx, heightPx]) => {
        const { overview, axis, lanes } = layoutFor(widthPx, heightPx);
        let nextPx = 0;
        const isShown = overview.heightPx > 0;
        for (const strip of [
          ...(isShown ? [overview] : []),
          axis,
          ...LANES.map((lane) => lanes[lane]),
        ]) {
          expect(strip.topPx).toBe(nextPx);
          expect(strip.heightPx).toBeGreaterThanOrEqual(16);
          nextPx += strip.heightPx;
        }
        expect(nextPx).toBe(heightPx);
      }),
    );
  });

  it('keeps all rows in their lane, and a strip for those without room', () => {
    fc.assert(
      fc.property(sizes, fc.nat(40), ([widthPx, heightPx], rowsNeeded) => {
        const lane = layoutFor(widthPx, heightPx).lanes.tracked;
        const { rowPx, rowsShown, topPx, overflow } = rowLayoutFor(lane, rowsNeeded);
        const rowsEndPx = topPx + rowPx * rowsShown;
        const endPx = overflow ? overflow.topPx + overflow.heightPx : rowsEndPx;
        expect(endPx).toBeLessThanOrEqual(lane.topPx + lane.heightPx);
        expect(rowsShown < rowsNeeded).toBe(overflow !== undefined);
      }),
    );
  });
});

describe('ticks', () => {
  it('are round numbers with room for their labels', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 2000, noNaN: true }), (stepPx) => {
        const { majorSteps, minorSteps } = ticksFor(stepPx);
        expect(String(majorSteps)).toMatch(/^[125]0*$/);
        expect(majorSteps * stepPx).toBeGreaterThanOrEqual(83);
        expect(majorSteps % minorSteps).toBe(0);
      }),
    );
  });
});

describe('the window over the overview', () => {
  const overviewport = { startAt: -1, endAt: 999, leftPx: 100, rightPx: 1100 };

  it('is taken by its edges, its inside, or not at all', () => {
    const visible = { startAt: 199, endAt: 399 };
    expect(windowPartAt(overviewport, visible, 300)).toBe('start');
    expect(windowPartAt(overviewport, visible, 400)).toBe('inside');
    expect(windowPartAt(overviewport, visible, 500)).toBe('end');
    expect(windowPartAt(overviewport, visible, 600)).toBe('outside');
  });

  it('can be seen and moved however little it shows', () => {
    const visible = { startAt: 199, endAt: 200 };
    const { leftPx, rightPx } = windowEdges(overviewport, visible);
    expect(rightPx - leftPx).toBeGreaterThanOrEqual(6);
    expect(windowPartAt(overviewport, visible, 300.5)).toBe('inside');
  });
});
