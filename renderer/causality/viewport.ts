import type { Rect } from './layout.ts';

/** The zoom at which the texts of a part of a graph are read at ease. */
export const READABLE_ZOOM_MIN = 0.75;
/** Below this zoom the texts cannot be read at all: then a part says more than the whole. */
export const WHOLE_ZOOM_MIN = 0.55;
export const ZOOM_MIN = 0.2;
export const ZOOM_MAX = 2;
/** The margin around the graph, in pixels: above for the tools, below for the attribution. */
const MARGIN = { left: 12, right: 12, top: 40, bottom: 24 } as const;

/** React Flow's: a point of the graph is at `point * zoom + (x, y)` of the panel. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** The panel around the graph, in pixels. */
export interface PanelSize {
  readonly width: number;
  readonly height: number;
}

/**
 * The viewport that shows the whole graph if its texts can be read then, and otherwise a part that is
 * read at ease, with the lit node in the middle. The graph is never enlarged beyond its natural size.
 */
export function readableViewport(bounds: Rect, lit: Rect, panel: PanelSize): Viewport {
  const whole = fitZoom(bounds, panel);
  const zoom = whole >= WHOLE_ZOOM_MIN ? whole : READABLE_ZOOM_MIN;
  return placed(bounds, lit, panel, zoom);
}

/** The viewport that shows the whole graph, however small. */
export function wholeViewport(bounds: Rect, panel: PanelSize): Viewport {
  return placed(bounds, bounds, panel, Math.max(ZOOM_MIN, fitZoom(bounds, panel)));
}

/** Moves as little as needed to show a node; not at all if it is in view. */
export function revealing(viewport: Viewport, node: Rect, panel: PanelSize): Viewport | undefined {
  const { zoom } = viewport;
  const [across, down] = freeSpans(panel);
  const x = reveal(viewport.x, node.x * zoom, node.width * zoom, across);
  const y = reveal(viewport.y, node.y * zoom, node.height * zoom, down);
  return x === viewport.x && y === viewport.y ? undefined : { x, y, zoom };
}

/** Zooms about the middle of the panel. */
export function zoomed({ x, y, zoom }: Viewport, panel: PanelSize, factor: number): Viewport {
  const next = Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, zoom * factor));
  const about = (offset: number, length: number): number =>
    length / 2 - ((length / 2 - offset) * next) / zoom;
  return { x: about(x, panel.width), y: about(y, panel.height), zoom: next };
}

/** A stretch along one axis of the panel. */
interface Span {
  readonly from: number;
  readonly to: number;
}

function freeSpans({ width, height }: PanelSize): readonly [Span, Span] {
  return [
    { from: MARGIN.left, to: width - MARGIN.right },
    { from: MARGIN.top, to: height - MARGIN.bottom },
  ];
}

function fitZoom({ width, height }: Rect, panel: PanelSize): number {
  const [across, down] = freeSpans(panel);
  return Math.min(1, (across.to - across.from) / width, (down.to - down.from) / height);
}

function placed(bounds: Rect, lit: Rect, panel: PanelSize, zoom: number): Viewport {
  const [across, down] = freeSpans(panel);
  return {
    zoom,
    x: place(bounds.x * zoom, bounds.width * zoom, (lit.x + lit.width / 2) * zoom, across),
    y: place(bounds.y * zoom, bounds.height * zoom, (lit.y + lit.height / 2) * zoom, down),
  };
}

/** The offset along one axis: the graph in the middle, or else the lit node. */
function place(start: number, length: number, lit: number, { from, to }: Span): number {
  const middle = (from + to) / 2;
  if (length <= to - from) return middle - length / 2 - start;
  const first = from - start;
  const last = to - start - length;
  return Math.min(first, Math.max(last, middle - lit));
}

function reveal(offset: number, start: number, length: number, { from, to }: Span): number {
  return Math.max(from - start, Math.min(to - start - length, offset));
}
