import { useLayoutEffect, useState, type RefObject } from 'react';

/** The height of a row (`--row`). */
export const ROW_PX = 24;
/** Above the first row and below the last one. */
const PADDING_PX = 4;
/** Rows beyond the edges, so that none is missing while the scroll is under way. */
const OVERSCAN = 4;

/** The rows that exist as elements. */
export interface VirtualRows {
  readonly indexes: readonly number[];
  /** The height of all rows together. */
  readonly totalPx: number;
}

/** Where a row begins. */
export function rowTop(index: number): number {
  return PADDING_PX + index * ROW_PX;
}

/**
 * The rows in view of a list whose rows have equal heights. This is arithmetic, so it needs no library
 * that measures; it draws again only when another row comes into view.
 *
 * @param kept a row that exists wherever the view is; -1 for none.
 */
export function useVirtualRows(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  kept: number,
): VirtualRows {
  const [range, setRange] = useState({ first: 0, end: 0 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const read = () => {
      const first = Math.floor((element.scrollTop - PADDING_PX) / ROW_PX) - OVERSCAN;
      const rows = Math.ceil(element.clientHeight / ROW_PX) + 1 + 2 * OVERSCAN;
      const next = { first, end: first + rows };
      setRange((last) => (last.first === first && last.end === next.end ? last : next));
    };
    read();
    const observer = new ResizeObserver(read);
    observer.observe(element);
    element.addEventListener('scroll', read, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', read);
    };
  }, [scroller]);
  return {
    indexes: visibleIndexes(range, count, kept),
    totalPx: count * ROW_PX + 2 * PADDING_PX,
  };
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
  const { scrollTop } = element;
  const clientHeight = element.clientHeight - headPx;
  const top = rowTop(index);
  if (align === 'center') element.scrollTop = top - (clientHeight - ROW_PX) / 2;
  else if (top - PADDING_PX < scrollTop) element.scrollTop = top - PADDING_PX;
  else if (top + ROW_PX + PADDING_PX > scrollTop + clientHeight) {
    element.scrollTop = top + ROW_PX + PADDING_PX - clientHeight;
  }
}

/** The indexes of the rows that are completely in view. */
export function rowsInView(element: HTMLElement, count: number): readonly number[] {
  const first = Math.ceil((element.scrollTop - PADDING_PX) / ROW_PX);
  const end = Math.floor((element.scrollTop - PADDING_PX + element.clientHeight) / ROW_PX);
  return visibleIndexes({ first, end }, count, -1);
}
