import { useLayoutEffect, useState, type RefObject } from 'react';
import { ELEMENT_PX_MAX, ScrollScale } from './scroll-scale.ts';

/** The height of a row (`--row`). */
export const ROW_PX = 24;
/** Above the first row and below the last one. */
const PADDING_PX = 4;
/** Rows beyond the edges, so that none is missing while the scroll is under way. */
const OVERSCAN = 4;

/** The rows that exist as elements. */
export interface VirtualRows {
  readonly indexes: readonly number[];
  /** The height of the element that has the rows. */
  readonly totalPx: number;
  /** Where a row of {@link indexes} begins in that element. */
  readonly topOf: (index: number) => number;
}

/** Where a row begins among all rows. */
export function rowTop(index: number): number {
  return PADDING_PX + index * ROW_PX;
}

/** The scales of the lists on the screen. */
const scales = new WeakMap<HTMLElement, ScrollScale>();

function scaleOf(element: HTMLElement): ScrollScale {
  const known = scales.get(element) ?? new ScrollScale();
  scales.set(element, known);
  return known;
}

/** Where the view of a list begins among all rows, in pixels. */
export function scrolledTo(element: HTMLElement): number {
  return scaleOf(element).topAt(element.scrollTop, maxScroll(element));
}

/** Scrolls a list so that its view begins at a place among all rows, in pixels. */
export function scrollTo(element: HTMLElement, topPx: number): void {
  const scale = scaleOf(element);
  // The height of the rows may have changed since the list was last drawn.
  scrolledTo(element);
  element.scrollTop = scale.scrollFor(topPx, maxScroll(element));
  scale.noteScrolled(element.scrollTop, topPx);
}

function maxScroll(element: HTMLElement): number {
  return element.scrollHeight - element.clientHeight;
}

/**
 * The rows in view of a list whose rows have equal heights. This is arithmetic, so it needs no library
 * that measures; it draws again only when another row comes into view. There may be millions of rows: see
 * {@link ScrollScale}.
 *
 * @param kept a row that exists wherever the view is; -1 for none.
 */
export function useVirtualRows(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  kept: number,
): VirtualRows {
  const [range, setRange] = useState<Range>(NOT_READ);
  const rowsPx = count * ROW_PX + 2 * PADDING_PX;
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const isMoved = scaleOf(element).resize(rowsPx);
    const read = () => {
      // At once: by the time that React asks for it, the layout may have to be made anew.
      const now = rangeOf(element);
      setRange((last) => (isSameRange(last, now) ? last : now));
    };
    const settle = () => {
      if (scaleOf(element).isScaled) scrollTo(element, scrolledTo(element));
      read();
    };
    // Reading makes the browser lay out at once what it would lay out for the next frame anyway.
    const readIfMoved = () =>
      setRange((last) => (!isMoved || isWithin(last, element, rowsPx) ? last : rangeOf(element)));
    readIfMoved();
    const observer = new ResizeObserver(read);
    observer.observe(element);
    element.addEventListener('scroll', read, { passive: true });
    element.addEventListener('scrollend', settle);
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', read);
      element.removeEventListener('scrollend', settle);
    };
  }, [scroller, rowsPx]);
  const totalPx = Math.min(rowsPx, ELEMENT_PX_MAX);
  return {
    indexes: visibleIndexes(range, count, kept),
    totalPx,
    // A kept row far out of view must not make the element higher.
    topOf: (index) => Math.max(0, Math.min(rowTop(index) - range.shiftPx, totalPx - ROW_PX)),
  };
}

/** The rows around the view, and how much further down they lie among all rows than in the element. */
interface Range {
  readonly first: number;
  readonly end: number;
  readonly shiftPx: number;
}

const NOT_READ: Range = { first: 0, end: 0, shiftPx: 0 };

/** Whether a range holds the rows in view however high the rows are now: it has the first, or others below it. */
function isWithin({ first, end }: Range, element: HTMLElement, rowsPx: number): boolean {
  if (end === 0 || scaleOf(element).isScaled) return false;
  return first <= 0 || end * ROW_PX <= rowsPx;
}

/** The range of a list now. */
function rangeOf(element: HTMLElement): Range {
  const first = Math.floor((scrolledTo(element) - PADDING_PX) / ROW_PX) - OVERSCAN;
  const end = first + Math.ceil(element.clientHeight / ROW_PX) + 1 + 2 * OVERSCAN;
  return { first, end, shiftPx: scaleOf(element).shiftPx };
}

function isSameRange(one: Range, other: Range): boolean {
  return one.first === other.first && one.end === other.end && one.shiftPx === other.shiftPx;
}

/** The existing indexes from `first` to before `end`, and the kept one in its place. */
export function visibleIndexes(
  { first, end }: { readonly first: number; readonly end: number },
  count: number,
  kept: number,
): readonly number[] {
  const from = Math.max(0, first);
  const to = Math.max(from, Math.min(end, count));
  const indexes = Array.from({ length: to - from }, (_, offset) => from + offset);
  if (kept < 0 || kept >= count) return indexes;
  if (kept < from) return [kept, ...indexes];
  return kept >= to ? [...indexes, kept] : indexes;
}

/**
 * Scrolls a row into view: as little as needed, or to the middle.
 *
 * @param headPx the height of what stands over the rows inside the element, and covers them.
 */
export function scrollToRow(
  element: HTMLElement | null,
  index: number,
  align: 'nearest' | 'center',
  headPx = 0,
): void {
  if (!element) return;
  const viewTop = scrolledTo(element);
  const viewPx = element.clientHeight - headPx;
  const top = rowTop(index);
  if (align === 'center') scrollTo(element, top - (viewPx - ROW_PX) / 2);
  else if (top - PADDING_PX < viewTop) scrollTo(element, top - PADDING_PX);
  else if (top + ROW_PX + PADDING_PX > viewTop + viewPx) {
    scrollTo(element, top + ROW_PX + PADDING_PX - viewPx);
  }
}

/** The indexes of the rows that are completely in view. */
export function rowsInView(element: HTMLElement, count: number): readonly number[] {
  const topPx = scrolledTo(element) - PADDING_PX;
  const first = Math.ceil(topPx / ROW_PX);
  const end = Math.floor((topPx + element.clientHeight) / ROW_PX);
  return visibleIndexes({ first, end }, count, -1);
}
