import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ELEMENT_PX_MAX, ScrollScale } from './scroll-scale.ts';

const VIEW_PX = 600;

/** An element with rows, as a browser has it. */
class Element {
  readonly scale = new ScrollScale();
  readonly maxPx: number;
  scrolledPx = 0;

  constructor(rowsPx: number) {
    this.scale.resize(rowsPx);
    this.maxPx = this.scale.elementPx - VIEW_PX;
  }

  scrollBy(px: number): number {
    this.scrolledPx = Math.max(0, Math.min(this.scrolledPx + px, this.maxPx));
    return this.top;
  }

  /** As a list does itself; browsers scroll by whole pixels. */
  show(topPx: number): number {
    this.scrolledPx = Math.round(this.scale.scrollFor(topPx, this.maxPx));
    this.scale.noteScrolled(this.scrolledPx, topPx);
    return this.top;
  }

  get top(): number {
    return this.scale.topAt(this.scrolledPx, this.maxPx);
  }
}

/** Five million rows. */
const ROWS_PX = 120_000_000;
const LAST_PX = ROWS_PX - VIEW_PX;

describe('rows that are higher than an element', () => {
  it('have an element that a browser can show', () => {
    expect(new Element(ROWS_PX).scale.elementPx).toBe(ELEMENT_PX_MAX);
  });

  it('are scrolled through pixel by pixel, wherever that begins', () => {
    const start = fc.integer({ min: 0, max: LAST_PX });
    const steps = fc.array(fc.integer({ min: -900, max: 900 }), { maxLength: 40 });
    fc.assert(
      fc.property(start, steps, (startPx, moves) => {
        const element = new Element(ROWS_PX);
        let expected = element.show(startPx);
        expect(expected).toBe(startPx);
        for (const move of moves) {
          expected = Math.max(0, Math.min(expected + move, LAST_PX));
          expect(element.scrollBy(move)).toBe(expected);
          // When the scrolling has ended, the bar is put where the place is, and the rows stay.
          if (move % 3 === 0) expect(element.show(expected)).toBe(expected);
        }
      }),
    );
  });

  it('are all reached by the scroll bar, in their order', () => {
    const element = new Element(ROWS_PX);
    const tops = Array.from({ length: 100 }, () => element.scrollBy(element.maxPx / 99));
    expect(tops.at(-1)).toBe(LAST_PX);
    expect(tops.every((top, at) => at === 0 || top >= (tops[at - 1] ?? 0))).toBe(true);
    expect(tops[49]).toBeGreaterThan(0.45 * LAST_PX);
    expect(tops[49]).toBeLessThan(0.55 * LAST_PX);
    expect(element.scrollBy(-ELEMENT_PX_MAX)).toBe(0);
  });

  it('stay where they are while more are added', () => {
    const element = new Element(ROWS_PX);
    const top = element.show(50_000_000);
    element.scale.resize(ROWS_PX + 24_000);
    expect(element.top).toBe(top);
  });
});

it('leaves rows alone that an element can hold', () => {
  const element = new Element(1_000_000);
  expect(element.scale.elementPx).toBe(1_000_000);
  expect([element.scrollBy(500_000), element.scale.shiftPx]).toEqual([500_000, 0]);
  expect(element.show(123_456)).toBe(123_456);
});

it.each([
  ['a new list', 0, 1_000, true],
  ['more rows', 1_000, 2_000, false],
  ['fewer rows', 2_000, 1_000, true],
  ['more rows than an element can hold', 1_000, ELEMENT_PX_MAX + 1, true],
  ['fewer rows again', ELEMENT_PX_MAX + 1, 1_000, true],
])('says whether the view may have moved: %s', (_, before, after, isMoved) => {
  const scale = new ScrollScale();
  scale.resize(before);
  expect(scale.resize(after)).toBe(isMoved);
});
