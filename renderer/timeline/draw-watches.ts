import { KIND, type Summary, type WatchHistory } from '../session/watch-history.ts';
import { binsIn, type Bin } from './density.ts';
import type { Strip } from './layout.ts';
import { drawnRange, fillCrisp, fitText, type Scene } from './scene.ts';
import { xOf } from './viewport.ts';

/** Free room above and below what is drawn in a lane. */
const PADDING_PX = 5;
/** The thickness of a curve. */
const LINE_PX = 1.5;
/** Stretches with less room each are drawn as columns, which stand for several. */
const STRETCH_PX_MIN = 2;
/** The least width of a column. */
const COLUMN_PX_MIN = 1;
/** Between a text and the ends of its stretch. */
const TEXT_MARGIN_PX = 5;
/** A text has at least this much room. */
const TEXT_PX_MIN = 6;

/** How a value stands in a lane: the room of the lane, and where numbers lie in it. */
interface Scale {
  readonly topPx: number;
  readonly bottomPx: number;
  readonly yOf: (number: number) => number;
}

/**
 * The lanes of the watches: numbers as a curve, true as a block over the line of false, anything else as
 * bands with their texts. Where there is no value, there is nothing.
 */
export function drawWatches(scene: Scene): void {
  for (const [at, lane] of scene.layout.watches.entries()) {
    const watched = scene.watches[at]?.watched;
    const history = watched?.history;
    if (history && history.length > 0) drawHistory(scene, lane, history);
    drawUnsearched(scene, lane, history?.searched ?? -1);
  }
}

function drawHistory(scene: Scene, lane: Strip, history: WatchHistory): void {
  const { startAt, endAt } = drawnRange(scene);
  const first = Math.max(0, history.countUpTo(Math.floor(startAt)) - 1);
  const end = history.countUpTo(Math.ceil(endAt));
  const scale = scaleOf(lane, history.all);
  const roomPx = scene.layout.widthPx - scene.layout.gutterPx;
  if ((end - first) * STRETCH_PX_MIN <= roomPx) drawStretches(scene, scale, history, first, end);
  else drawColumns(scene, scale, history);
}

function scaleOf({ topPx, heightPx }: Strip, { min, max }: Summary): Scale {
  const [top, bottom] = [topPx + PADDING_PX, topPx + heightPx - PADDING_PX];
  return {
    topPx: top,
    bottomPx: bottom,
    // A number that never changes stands in the middle.
    yOf: (number) =>
      max > min ? bottom - ((number - min) / (max - min)) * (bottom - top) : (top + bottom) / 2,
  };
}

function drawStretches(
  scene: Scene,
  scale: Scale,
  history: WatchHistory,
  first: number,
  end: number,
): void {
  const { viewport, layout } = scene;
  let lastPx: number | undefined;
  for (let at = first; at < end; at += 1) {
    const endStep = at + 1 < history.length ? history.stepAt(at + 1) : history.searched;
    const leftPx = Math.max(layout.gutterPx, xOf(viewport, history.stepAt(at)));
    const rightPx = Math.min(layout.widthPx, xOf(viewport, endStep));
    const place = { leftPx, rightPx };
    const kind = history.kindAt(at);
    if (kind === KIND.number) {
      lastPx = drawLevel(scene, scale, place, history, at, lastPx);
      continue;
    }
    lastPx = undefined;
    if (kind === KIND.true || kind === KIND.false) drawFlag(scene, scale, place, kind);
    else if (kind === KIND.text) drawBand(scene, scale, place, history.textAt(at));
  }
}

interface Place {
  readonly leftPx: number;
  readonly rightPx: number;
}

/** A number: a line at its height, joined to that of the number before, with an area below. */
function drawLevel(
  scene: Scene,
  { topPx, bottomPx, yOf }: Scale,
  { leftPx, rightPx }: Place,
  history: WatchHistory,
  at: number,
  beforePx: number | undefined,
): number {
  const { ctx, palette } = scene;
  const yPx = yOf(history.numberAt(at));
  ctx.fillStyle = palette.border;
  fillCrisp(scene, leftPx, yPx, rightPx - leftPx, bottomPx - yPx);
  ctx.fillStyle = palette.muted;
  fillCrisp(scene, leftPx, yPx - LINE_PX / 2, rightPx - leftPx, LINE_PX);
  if (beforePx !== undefined) {
    const upperPx = Math.min(beforePx, yPx);
    fillCrisp(scene, leftPx - LINE_PX / 2, upperPx, LINE_PX, Math.abs(beforePx - yPx));
  }
  const roomPx = rightPx - leftPx - 2 * TEXT_MARGIN_PX;
  if (roomPx < TEXT_PX_MIN) return yPx;
  const text = history.textAt(at);
  ctx.font = palette.dataFont;
  // Half a number would be another number.
  if (ctx.measureText(text).width > roomPx) return yPx;
  const isHigh = yPx < (topPx + bottomPx) / 2;
  ctx.fillStyle = palette.text;
  ctx.fillText(text, leftPx + TEXT_MARGIN_PX, isHigh ? yPx + 8 : yPx - 7);
  return yPx;
}

/** True is a block, false the line below it. */
function drawFlag(scene: Scene, scale: Scale, { leftPx, rightPx }: Place, kind: number): void {
  const { ctx, palette } = scene;
  const { topPx, bottomPx } = scale;
  const isTrue = kind === KIND.true;
  if (isTrue) {
    ctx.fillStyle = palette.border;
    fillCrisp(scene, leftPx, topPx, rightPx - leftPx, bottomPx - topPx);
  }
  ctx.fillStyle = palette.muted;
  const edgePx = isTrue ? topPx : bottomPx - LINE_PX;
  fillCrisp(scene, leftPx, edgePx, rightPx - leftPx, LINE_PX);
  if (isTrue) {
    fillCrisp(scene, leftPx, topPx, 1, bottomPx - topPx);
    fillCrisp(scene, rightPx - 1, topPx, 1, bottomPx - topPx);
  }
  drawText(scene, { leftPx, rightPx }, (topPx + bottomPx) / 2, isTrue ? 'true' : 'false', isTrue);
}

/** Anything else: a band with its text. */
function drawBand(scene: Scene, { topPx, bottomPx }: Scale, place: Place, text: string): void {
  const { ctx, palette } = scene;
  const { leftPx, rightPx } = place;
  const widthPx = Math.max(1, rightPx - leftPx - 1);
  ctx.fillStyle = palette.border;
  fillCrisp(scene, leftPx, topPx, widthPx, bottomPx - topPx);
  ctx.fillStyle = palette.muted;
  fillCrisp(scene, leftPx, topPx, Math.min(2, widthPx), bottomPx - topPx);
  drawText(scene, place, (topPx + bottomPx) / 2, text, true);
}

function drawText(
  { ctx, palette }: Scene,
  { leftPx, rightPx }: Place,
  yPx: number,
  text: string,
  isStrong: boolean,
): void {
  const roomPx = rightPx - leftPx - 2 * TEXT_MARGIN_PX;
  if (roomPx < TEXT_PX_MIN) return;
  ctx.font = palette.dataFont;
  ctx.fillStyle = isStrong ? palette.text : palette.muted;
  ctx.fillText(fitText(ctx, text, roomPx), leftPx + TEXT_MARGIN_PX, yPx + 0.5);
}

/** Many stretches side by side: what each column of pixels goes through. */
function drawColumns(scene: Scene, scale: Scale, history: WatchHistory): void {
  const { viewport } = scene;
  const bins = binsIn(viewport, drawnRange(scene), history.searched, COLUMN_PX_MIN);
  for (const bin of bins) {
    const first = Math.max(0, history.countUpTo(bin.fromStep) - 1);
    const end = history.countUpTo(bin.toStep - 1);
    drawColumn(scene, scale, bin, history.summaryOf(first, end), end - first > 1);
  }
}

function drawColumn(
  scene: Scene,
  { topPx, bottomPx, yOf }: Scale,
  { leftPx, rightPx }: Bin,
  { kinds, min, max }: Summary,
  isChanging: boolean,
): void {
  const { ctx, palette } = scene;
  const widthPx = rightPx - leftPx;
  const heightPx = bottomPx - topPx;
  if (kinds & KIND.text) {
    ctx.fillStyle = isChanging ? palette.borderStrong : palette.border;
    fillCrisp(scene, leftPx, topPx, widthPx, heightPx);
  }
  if (kinds & KIND.true) {
    ctx.fillStyle = palette.border;
    fillCrisp(scene, leftPx, topPx, widthPx, heightPx);
  }
  ctx.fillStyle = palette.muted;
  if (kinds & KIND.true) fillCrisp(scene, leftPx, topPx, widthPx, LINE_PX);
  if (kinds & KIND.false) fillCrisp(scene, leftPx, bottomPx - LINE_PX, widthPx, LINE_PX);
  if (!(kinds & KIND.number)) return;
  const [highPx, lowPx] = [yOf(max), yOf(min)];
  ctx.fillStyle = palette.border;
  fillCrisp(scene, leftPx, lowPx, widthPx, bottomPx - lowPx);
  ctx.fillStyle = palette.muted;
  fillCrisp(scene, leftPx, highPx - LINE_PX / 2, widthPx, lowPx - highPx + LINE_PX);
}

/** The steps that are not searched yet. */
function drawUnsearched(scene: Scene, lane: Strip, searched: number): void {
  const { ctx, palette, layout, viewport, trace } = scene;
  if (searched >= trace.length) return;
  const leftPx = Math.max(layout.gutterPx, xOf(viewport, searched));
  const rightPx = Math.min(layout.widthPx, xOf(viewport, trace.length));
  if (rightPx <= leftPx) return;
  ctx.fillStyle = palette.sunken;
  fillCrisp(scene, leftPx, lane.topPx + 1, rightPx - leftPx, lane.heightPx - 1);
}
