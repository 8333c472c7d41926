import { xOf, type StepRange, type Viewport } from './viewport.ts';

/** The window is at least this wide, so that it can be seen and dragged. */
const WINDOW_PX_MIN = 6;
/** Within this distance of an edge the pointer drags the edge. */
const GRIP_PX = 5;

export type WindowPart = 'start' | 'end' | 'inside' | 'outside';

/** The window over the overview strip that shows the visible range. */
export function windowEdges(
  overviewport: Viewport,
  visible: StepRange,
): { readonly leftPx: number; readonly rightPx: number } {
  const leftPx = xOf(overviewport, visible.startAt);
  const rightPx = xOf(overviewport, visible.endAt);
  const lackPx = Math.max(0, WINDOW_PX_MIN - (rightPx - leftPx)) / 2;
  return { leftPx: leftPx - lackPx, rightPx: rightPx + lackPx };
}

/** Which part of the window is at a position. In a small window the grips lie outside. */
export function windowPartAt(overviewport: Viewport, visible: StepRange, xPx: number): WindowPart {
  const { leftPx, rightPx } = windowEdges(overviewport, visible);
  const insidePx = Math.min(GRIP_PX, (rightPx - leftPx) / 4);
  if (xPx >= leftPx - GRIP_PX && xPx <= leftPx + insidePx) return 'start';
  if (xPx <= rightPx + GRIP_PX && xPx >= rightPx - insidePx) return 'end';
  return xPx > leftPx && xPx < rightPx ? 'inside' : 'outside';
}
