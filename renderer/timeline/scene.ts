import { cutText } from '../../core/text/visible.ts';
import type { Step } from '../../core/trace/format/format.ts';
import type { Note } from '../../core/trace/format/notes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { Need } from '../../core/trace/words/judged.ts';
import type { Filtered } from '../session/step-search.ts';
import type { Watched } from '../session/watch-search.ts';
import type { DensityIndex } from './density.ts';
import type { MarkIndex } from './events.ts';
import type { Layout } from './layout.ts';
import type { Palette } from './palette.ts';
import type { SpanIndex } from './span-layout.ts';
import { stepAtX, type StepRange, type Viewport } from './viewport.ts';

/** An expression, and what is known of it over the run. */
export interface WatchLane {
  readonly expression: string;
  readonly watched: Watched | undefined;
}

/** What a drawing function needs. The context is scaled to CSS pixels. */
export interface Scene {
  readonly ctx: CanvasRenderingContext2D;
  readonly palette: Palette;
  readonly layout: Layout;
  readonly viewport: Viewport;
  /** The whole trace on the overview strip. */
  readonly overviewport: Viewport;
  readonly trace: Trace;
  /** A step in full; absent while its line is not at hand. */
  readonly stepAt: (stepIndex: number) => Step | undefined;
  readonly density: DensityIndex;
  readonly marks: MarkIndex;
  readonly spans: SpanIndex;
  /** Whether the findings are of an earlier source of the machine. */
  readonly isEarlier: boolean;
  /** What the filter of the steps has found; absent without a filter. */
  readonly filtered: Filtered | undefined;
  /** How much steps are needed for the finding that is explained; absent when none is. */
  readonly needs: ReadonlyMap<number, Need> | undefined;
  /** The notes and bookmarks on the run. */
  readonly notes: readonly Note[];
  /** What the lanes of the watches show; a lane has nothing before its search has begun. */
  readonly watches: readonly WatchLane[];
  readonly devicePixelRatio: number;
}

/** Steps at least this wide are boxes with their names. */
export const BOX_PX_MIN = 64;
/** Steps at least this wide have a mark each. */
export const MARK_PX_MIN = 6;
/** Events with at least this many pixels each have marks; denser ones are drawn as bars. */
export const EVENT_PX_MIN = 9;

/** The next position on a boundary of device pixels, where an edge is crisp. */
export function snap(scene: Scene, px: number): number {
  return Math.round(px * scene.devicePixelRatio) / scene.devicePixelRatio;
}

/** A filled rectangle with crisp edges, never thinner than a device pixel. */
export function fillCrisp(
  scene: Scene,
  leftPx: number,
  topPx: number,
  widthPx: number,
  heightPx: number,
): void {
  const left = snap(scene, leftPx);
  const top = snap(scene, topPx);
  const thin = 1 / scene.devicePixelRatio;
  scene.ctx.fillRect(
    left,
    top,
    Math.max(thin, snap(scene, leftPx + widthPx) - left),
    Math.max(thin, snap(scene, topPx + heightPx) - top),
  );
}

/** Draws with the names on the left out of reach. */
export function clipToPlot(scene: Scene, draw: () => void): void {
  const { ctx, layout } = scene;
  ctx.save();
  ctx.beginPath();
  ctx.rect(layout.gutterPx, 0, layout.widthPx - layout.gutterPx, layout.heightPx);
  ctx.clip();
  draw();
  ctx.restore();
}

/** The steps that are drawn: those in view, and what shows of their neighbours beside them. */
export function drawnRange({ layout, viewport }: Pick<Scene, 'layout' | 'viewport'>): StepRange {
  return {
    startAt: stepAtX(viewport, layout.gutterPx),
    endAt: stepAtX(viewport, layout.widthPx),
  };
}

/** Narrower than the letters of the fonts that are drawn with. */
const CHAR_PX_MIN = 1.5;

/** A text cut to a width, with an ellipsis; empty when not even two letters fit. */
export function fitText(ctx: CanvasRenderingContext2D, text: string, roomPx: number): string {
  if (roomPx < 10) return '';
  // Cut before it is measured, which takes long for a long text: no letter is as narrow as this.
  const shown = cutText(text, Math.ceil(roomPx / CHAR_PX_MIN) + 1);
  if (ctx.measureText(shown).width <= roomPx) return shown;
  let low = 0;
  let high = shown.length;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (ctx.measureText(cutText(shown, middle)).width <= roomPx) low = middle;
    else high = middle - 1;
  }
  return low < 3 ? '' : cutText(shown, low);
}

/** Findings with at least this many pixels each have a line through all lanes. */
const LINE_PX_MIN = 24;

/** Whether a range has more findings than can have a line each without hiding everything else. */
export function hasManyFindings({ density }: Pick<Scene, 'density'>, viewport: Viewport): boolean {
  const steps = density.sum('finding', Math.floor(viewport.startAt), Math.ceil(viewport.endAt));
  return steps * LINE_PX_MIN > viewport.rightPx - viewport.leftPx;
}
