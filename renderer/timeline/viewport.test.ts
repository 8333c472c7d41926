import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clampRange,
  extentOf,
  isVisible,
  panRange,
  revealRange,
  stepAtX,
  stepIndexAtX,
  widthOf,
  xOf,
  zoomRange,
  type StepRange,
  type Viewport,
} from './viewport.ts';

/** A trace's length and a range within it. */
const ranges = fc
  .tuple(
    fc.integer({ min: 1, max: 1_000_000 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map(([length, width, place]) => {
    const extent = extentOf(length);
    const steps = 1 + width * (widthOf(extent) - 1);
    const startAt = extent.startAt + place * (widthOf(extent) - steps);
    return { length, extent, range: { startAt, endAt: startAt + steps } };
  });
const shares = fc.double({ min: 0, max: 1, noNaN: true });

function onScreen(range: StepRange): Viewport {
  return { ...range, leftPx: 136, rightPx: 1428 };
}

describe('step and screen coordinates', () => {
  it('convert to one another and back', () => {
    fc.assert(
      fc.property(ranges, shares, ({ range }, share) => {
        const viewport = onScreen(range);
        const stepAt = range.startAt + share * widthOf(range);
        expect(stepAtX(viewport, xOf(viewport, stepAt))).toBeCloseTo(stepAt, 5);
      }),
    );
  });

  it('put the ends of the range at the ends of the plot', () => {
    const viewport = onScreen({ startAt: -1, endAt: 10 });
    expect(xOf(viewport, -1)).toBe(136);
    expect(xOf(viewport, 10)).toBe(1428);
  });

  it('find the step whose cell is under the pointer', () => {
    fc.assert(
      fc.property(ranges, shares, ({ range, length }, share) => {
        const viewport = onScreen(range);
        const stepIndex = Math.floor(range.startAt + share * (widthOf(range) - 1e-6));
        const middlePx = xOf(viewport, stepIndex + 0.5);
        fc.pre(middlePx > viewport.leftPx && middlePx < viewport.rightPx);
        expect(stepIndexAtX(viewport, middlePx, length)).toBe(stepIndex);
      }),
    );
  });

  it('stay inside the trace for a pointer beyond its ends', () => {
    const viewport = onScreen({ startAt: -1, endAt: 10 });
    expect(stepIndexAtX(viewport, -500, 10)).toBe(-1);
    expect(stepIndexAtX(viewport, 5000, 10)).toBe(9);
  });
});

describe('ranges', () => {
  it('keep the step under the pointer in place when zooming in', () => {
    fc.assert(
      fc.property(
        ranges,
        shares,
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        ({ range, extent }, share, factor) => {
          const anchorAt = range.startAt + share * widthOf(range);
          const xPx = xOf(onScreen(range), anchorAt);
          const zoomed = zoomRange(range, anchorAt, factor, extent);
          expect(xOf(onScreen(zoomed), anchorAt)).toBeCloseTo(xPx, 2);
        },
      ),
    );
  });

  it('stay within the extent, however they are zoomed and panned', () => {
    fc.assert(
      fc.property(
        ranges,
        shares,
        fc.double({ min: 0.001, max: 1000, noNaN: true }),
        fc.double({ min: -2e6, max: 2e6, noNaN: true }),
        ({ range, extent }, share, factor, bySteps) => {
          const anchorAt = range.startAt + share * widthOf(range);
          const zoomed = zoomRange(range, anchorAt, factor, extent);
          for (const result of [zoomed, panRange(zoomed, bySteps, extent)]) {
            expect(result.startAt).toBeGreaterThanOrEqual(extent.startAt);
            expect(result.endAt).toBeLessThanOrEqual(extent.endAt + 1e-6);
            expect(widthOf(result)).toBeGreaterThanOrEqual(1 - 1e-6);
          }
        },
      ),
    );
  });

  it('keep their scale when a step is revealed, and then show its whole cell', () => {
    fc.assert(
      fc.property(ranges, shares, ({ range, extent, length }, share) => {
        const stepIndex = Math.floor(share * length) - 1;
        const revealed = revealRange(range, stepIndex, extent);
        const slack = { startAt: revealed.startAt - 1e-6, endAt: revealed.endAt + 1e-6 };
        expect(widthOf(revealed)).toBeCloseTo(widthOf(range), 5);
        expect(isVisible(slack, stepIndex)).toBe(true);
      }),
    );
  });

  it('pan only a little to a step just outside, and centre one far away', () => {
    const extent = extentOf(1000);
    const range = { startAt: 100, endAt: 200 };
    expect(revealRange(range, 200, extent)).toEqual({ startAt: 116, endAt: 216 });
    expect(revealRange(range, 99, extent)).toEqual({ startAt: 84, endAt: 184 });
    expect(revealRange(range, 700, extent)).toEqual({ startAt: 650.5, endAt: 750.5 });
  });

  it('show the initial state of a trace without steps', () => {
    expect(clampRange({ startAt: -5, endAt: 90 }, extentOf(0))).toEqual({ startAt: -1, endAt: 0 });
  });
});
