/** The height of the highest element: beyond some 33 million pixels, browsers cut it off. */
export const ELEMENT_PX_MAX = 12_000_000;
/** So much at either end is scrolled through pixel by pixel, so that both ends are reached as usual. */
const END_PX = 240_000;
/** Whoever scrolls further at once than this, and than two views, drags the scroll bar. */
const JUMP_PX = 2_000;

/**
 * Scrolls through rows that are together higher than an element can be. Wheel and keys move the rows pixel
 * by pixel, as everywhere. Dragging the scroll bar goes to a place in proportion; afterwards, and when the
 * scrolling has ended, the bar stands where that place is. Rows that an element can hold are not scaled.
 */
export class ScrollScale {
  #rowsPx = 0;
  /** Where the view begins in the rows, less where the element is scrolled to. */
  #shiftPx = 0;
  /** Where the element was scrolled to when that was looked at last. */
  #knownPx = 0;

  /**
   * Sets the height of all rows, which may change at any time.
   *
   * @returns whether the view may begin elsewhere in the rows than before.
   */
  resize(rowsPx: number): boolean {
    const before = this.#rowsPx;
    const wasScaled = this.isScaled;
    this.#rowsPx = rowsPx;
    return before === 0 || rowsPx < before || wasScaled || this.isScaled;
  }

  /** The height of the element that has the rows. */
  get elementPx(): number {
    return Math.min(this.#rowsPx, ELEMENT_PX_MAX);
  }

  /** How much further down a row lies in the rows than in the element. */
  get shiftPx(): number {
    return this.#shiftPx;
  }

  /**
   * Where the view begins in the rows.
   *
   * @param scrolledPx where the element is scrolled to, of `maxPx`.
   */
  topAt(scrolledPx: number, maxPx: number): number {
    const movedPx = scrolledPx - this.#knownPx;
    this.#knownPx = scrolledPx;
    const isAtEnd = scrolledPx <= 0 || scrolledPx >= maxPx - 1;
    const jumpPx = Math.max(JUMP_PX, 2 * (this.elementPx - maxPx));
    if (this.#hiddenPx === 0 || isAtEnd || Math.abs(movedPx) > jumpPx) {
      this.#shiftPx = this.#topFor(scrolledPx, maxPx) - scrolledPx;
    }
    const topPx = Math.max(0, Math.min(scrolledPx + this.#shiftPx, maxPx + this.#hiddenPx));
    this.#shiftPx = topPx - scrolledPx;
    return topPx;
  }

  /** Whether the rows are higher than the element. */
  get isScaled(): boolean {
    return this.#hiddenPx > 0;
  }

  /** Where the element is to be scrolled to, so that the view begins at a place of the rows. */
  scrollFor(topPx: number, maxPx: number): number {
    const hiddenPx = this.#hiddenPx;
    const endPx = Math.min(END_PX, maxPx / 2);
    if (topPx <= endPx) return topPx;
    if (topPx >= maxPx + hiddenPx - endPx) return topPx - hiddenPx;
    return endPx + (topPx - endPx) / this.#factor(maxPx, endPx);
  }

  /** Notes where the element was scrolled to, so that the view begins at a place of the rows. */
  noteScrolled(scrolledPx: number, topPx: number): void {
    this.#knownPx = scrolledPx;
    this.#shiftPx = topPx - scrolledPx;
  }

  /** How much higher the rows are than the element. */
  get #hiddenPx(): number {
    return this.#rowsPx - this.elementPx;
  }

  #topFor(scrolledPx: number, maxPx: number): number {
    const endPx = Math.min(END_PX, maxPx / 2);
    if (scrolledPx <= endPx) return scrolledPx;
    if (scrolledPx >= maxPx - endPx) return scrolledPx + this.#hiddenPx;
    return endPx + (scrolledPx - endPx) * this.#factor(maxPx, endPx);
  }

  /** How many pixels of the rows there are for one of the element, between the ends. */
  #factor(maxPx: number, endPx: number): number {
    return (maxPx + this.#hiddenPx - 2 * endPx) / (maxPx - 2 * endPx);
  }
}
