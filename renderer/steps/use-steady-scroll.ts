import { useEffect, useEffectEvent, useLayoutEffect, useRef, type RefObject } from 'react';
import type { StepRows } from '../session/step-set.ts';
import { ROW_PX, rowTop, scrolledTo, scrollTo, scrollToRow } from '../ui/use-virtual-rows.ts';

/** A step that keeps its place on the screen. */
interface Anchor {
  readonly stepIndex: number;
  readonly belowTopPx: number;
}

/**
 * Follows the cursor, and keeps what is looked at in its place when other rows are shown: the row of
 * the cursor while that is in view, else the first row in view.
 */
export function useSteadyScroll(
  scroller: RefObject<HTMLElement | null>,
  rows: StepRows,
  cursor: number,
  headPx: number,
): void {
  const anchor = useRef<Anchor>(undefined);
  /** Where the list was scrolled to by itself, or by the browser because it is shorter now. */
  const expectedPx = useRef(0);

  const readAnchor = useEffectEvent(() => {
    const element = scroller.current;
    if (element) anchor.current = anchorIn(element, rows, cursor, headPx);
  });
  const settle = useEffectEvent((shown: StepRows) => {
    const element = scroller.current;
    if (element && anchor.current && shown.length > 0) {
      const { stepIndex, belowTopPx } = anchor.current;
      const index = Math.min(shown.countBefore(stepIndex), shown.length - 1);
      scrollTo(element, rowTop(index) - belowTopPx);
    }
    expectedPx.current = element ? scrolledTo(element) : 0;
  });
  const follow = useEffectEvent((stepIndex: number) => {
    const element = scroller.current;
    const index = rows.indexOf(stepIndex);
    if (!element || index === -1) return;
    const belowTopPx = rowTop(index) - scrolledTo(element);
    const isFar = belowTopPx < -2 * ROW_PX || belowTopPx > element.clientHeight + ROW_PX;
    scrollToRow(element, index, isFar ? 'center' : 'nearest', headPx);
    expectedPx.current = scrolledTo(element);
    readAnchor();
  });

  useLayoutEffect(() => settle(rows), [rows]);
  useLayoutEffect(() => follow(cursor), [cursor]);
  useEffect(() => {
    const element = scroller.current;
    const onScroll = () => {
      // A scroll that nobody made says nothing about what is looked at.
      if (element && Math.abs(scrolledTo(element) - expectedPx.current) >= 1) readAnchor();
    };
    element?.addEventListener('scroll', onScroll, { passive: true });
    return () => element?.removeEventListener('scroll', onScroll);
  }, [scroller]);
}

function anchorIn(
  element: HTMLElement,
  rows: StepRows,
  cursor: number,
  headPx: number,
): Anchor | undefined {
  const viewTop = scrolledTo(element);
  const clientHeight = element.clientHeight - headPx;
  const placeOf = (index: number) => rowTop(index) - viewTop;
  const current = rows.indexOf(cursor);
  const isInView =
    current !== -1 && placeOf(current) >= 0 && placeOf(current) + ROW_PX <= clientHeight;
  const first = Math.min(rows.length - 1, Math.max(0, Math.ceil((viewTop - rowTop(0)) / ROW_PX)));
  const index = isInView ? current : first;
  if (index < 0) return undefined;
  return { stepIndex: rows.at(index), belowTopPx: placeOf(index) };
}
