import { MARK_NAMES, markOf, type Mark } from '../theme/marks.ts';
import { binsIn, type Channel } from './density.ts';
import { drawMark, markColour } from './draw-shapes.ts';
import { backAt, crashesIn } from './events.ts';
import type { Strip } from './layout.ts';
import { placeMarks } from './mark-places.ts';
import {
  BOX_PX_MIN,
  drawnRange,
  EVENT_PX_MIN,
  fillCrisp,
  fitText,
  MARK_PX_MIN,
  type Scene,
} from './scene.ts';
import { stepWidthPx, xOf } from './viewport.ts';

/** The channels of what stands in the lane. */
const FAULT_CHANNELS = ['crash', 'storage', 'delivery'] as const satisfies readonly Channel[];

const RADIUS_PX = 5;
/** Whole marks are at least this far apart. */
const MARK_DISTANCE_PX = 12;
const TICK_PX = 8;

/** The lane of what the simulation does to the machine: crashes, restores and all other faults. */
export function drawFaults(scene: Scene): void {
  const { density, viewport } = scene;
  const { startAt, endAt } = drawnRange(scene);
  const [from, to] = [Math.floor(startAt), Math.ceil(endAt)];
  const count = FAULT_CHANNELS.reduce((sum, channel) => sum + density.sum(channel, from, to), 0);
  if (count * EVENT_PX_MIN > viewport.rightPx - viewport.leftPx) drawBars(scene);
  else if (stepWidthPx(viewport) >= BOX_PX_MIN) drawNamed(scene);
  else drawMarks(scene);
}

function drawMarks(scene: Scene): void {
  const { ctx, palette, layout } = scene;
  const middlePx = middleOf(layout.lanes.faults);
  for (const { mark, xPx, size } of placeMarks(marksInView(scene), MARK_DISTANCE_PX)) {
    if (size === 'whole') {
      drawMark(ctx, palette, mark, { xPx, yPx: middlePx, radiusPx: RADIUS_PX });
      continue;
    }
    ctx.fillStyle = markColour(palette, mark);
    fillCrisp(scene, xPx - 0.5, middlePx - TICK_PX / 2, 1, TICK_PX);
  }
}

/** Every mark with its name, in the cell of its step. */
function drawNamed(scene: Scene): void {
  const { ctx, palette, layout, viewport } = scene;
  const middlePx = middleOf(layout.lanes.faults);
  ctx.font = palette.textFont;
  for (const { stepIndex, mark } of marksInView(scene)) {
    const leftPx = Math.max(viewport.leftPx, xOf(viewport, stepIndex)) + 8;
    const roomPx = xOf(viewport, stepIndex + 1) - leftPx - 16;
    drawMark(ctx, palette, mark, { xPx: leftPx + 4, yPx: middlePx, radiusPx: RADIUS_PX });
    ctx.fillStyle = markColour(palette, mark);
    ctx.fillText(fitText(ctx, MARK_NAMES[mark], roomPx), leftPx + 15, middlePx + 0.5);
  }
}

interface MarkInView {
  readonly stepIndex: number;
  readonly mark: Mark;
  readonly xPx: number;
}

function marksInView(scene: Scene): readonly MarkInView[] {
  const { marks, trace, viewport } = scene;
  const { startAt, endAt } = drawnRange(scene);
  return marks.stepsIn(startAt, endAt).flatMap((stepIndex) => {
    const mark = markOf(trace.glance(stepIndex));
    return mark === undefined ? [] : [{ stepIndex, mark, xPx: xOf(viewport, stepIndex + 0.5) }];
  });
}

/** In the bars: the rows of faults of the storage and of delivery, and what crashes have at least. */
const ROW_PX = 3;
const STORAGE_TOP_PX = 2;
const DELIVERY_TOP_PX = STORAGE_TOP_PX + ROW_PX + 1;
const CRASH_PX_MIN = 4;

/**
 * Too many for marks: crashes stand up from the bottom, the more the higher; everything else has a
 * row at the top, a solid one for the storage and a double line for delivery.
 */
function drawBars(scene: Scene): void {
  const { ctx, palette, density, layout, viewport, trace } = scene;
  const { topPx, heightPx } = layout.lanes.faults;
  const bottomPx = topPx + heightPx - 1;
  const crashPxMax = Math.max(CRASH_PX_MIN, heightPx - DELIVERY_TOP_PX - ROW_PX - 2);
  for (const bin of binsIn(viewport, drawnRange(scene), trace.length)) {
    const { fromStep, toStep, leftPx } = bin;
    const widthPx = bin.rightPx - leftPx;
    const crashes = density.sum('crash', fromStep, toStep);
    if (crashes > 0) {
      const share = crashes / (toStep - fromStep);
      const crashPx = Math.max(CRASH_PX_MIN, Math.sqrt(share) * crashPxMax);
      ctx.fillStyle = palette.crash;
      fillCrisp(scene, leftPx, bottomPx - crashPx, widthPx, crashPx);
    }
    if (density.sum('storage', fromStep, toStep) > 0) {
      ctx.fillStyle = palette.rejected;
      fillCrisp(scene, leftPx, topPx + STORAGE_TOP_PX, widthPx, ROW_PX);
    }
    if (density.sum('delivery', fromStep, toStep) > 0) {
      ctx.fillStyle = palette.tracked;
      fillCrisp(scene, leftPx, topPx + DELIVERY_TOP_PX, widthPx, 1);
      fillCrisp(scene, leftPx, topPx + DELIVERY_TOP_PX + ROW_PX - 1, widthPx, 1);
    }
  }
}

function middleOf({ topPx, heightPx }: Strip): number {
  return topPx + heightPx / 2;
}

/** The time between death and restore, through all lanes: what crosses it did not survive it. */
export function drawCrashGround(scene: Scene): void {
  const { ctx, palette, layout, trace, viewport } = scene;
  if (stepWidthPx(viewport) < MARK_PX_MIN) return;
  const { topPx } = layout.lanes.inputs;
  ctx.fillStyle = palette.crashSoft;
  ctx.globalAlpha = 0.6;
  const { startAt, endAt } = drawnRange(scene);
  for (const crashStep of crashesIn(trace, startAt, endAt)) {
    const leftPx = xOf(viewport, crashStep);
    const rightPx = xOf(viewport, backAt(trace, crashStep));
    fillCrisp(scene, leftPx, topPx, rightPx - leftPx, layout.heightPx - topPx);
  }
  ctx.globalAlpha = 1;
}
