import fc from 'fast-check';
import { expect, it } from 'vitest';
import { areaOf } from './picture-area.ts';

const ROOM = { width: 1100, height: 700 };

it('is the element, if that has whole pixels', () => {
  expect(areaOf({ left: 248, top: 88, right: 760, bottom: 456 }, ROOM)).toEqual({
    x: 248,
    y: 88,
    width: 512,
    height: 368,
  });
});

it('has none of the neighbours', () => {
  expect(areaOf({ left: 248.4, top: 88.5, right: 760.6, bottom: 456.2 }, ROOM)).toEqual({
    x: 249,
    y: 89,
    width: 511,
    height: 367,
  });
});

it('is nothing of what is not seen', () => {
  expect(areaOf({ left: 0, top: 700, right: 300, bottom: 900 }, ROOM)).toBeUndefined();
  expect(areaOf({ left: 10.2, top: 0, right: 10.9, bottom: 90 }, ROOM)).toBeUndefined();
});

it('lies within the element and the window, whatever their sizes', () => {
  const edge = fc.double({ min: -2_000, max: 4_000, noNaN: true });
  fc.assert(
    fc.property(edge, edge, edge, edge, (left, top, right, bottom) => {
      const area = areaOf({ left, top, right, bottom }, ROOM);
      if (!area) return;
      const { x, y, width, height } = area;
      expect(x).toBeGreaterThanOrEqual(Math.max(0, left));
      expect(y).toBeGreaterThanOrEqual(Math.max(0, top));
      expect(x + width).toBeLessThanOrEqual(Math.min(ROOM.width, right));
      expect(y + height).toBeLessThanOrEqual(Math.min(ROOM.height, bottom));
      expect(width).toBeGreaterThan(0);
      expect(height).toBeGreaterThan(0);
    }),
  );
});
