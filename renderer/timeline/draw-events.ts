import { binsIn } from './density.ts';
import { fillBolt, fillTriangle, strokeTurn } from './draw-shapes.ts';
import { crashesIn, findingsIn } from './events.ts';
import type { Strip } from './layout.ts';
import {
  BOX_PX_MIN,
  drawnRange,
  fillCrisp,
  fitText,
  MARK_PX_MIN,
  snap,
  type Scene,
} from './scene.ts';
import { clamp, stepWidthPx, xOf } from './viewport.ts';

/** Rarer than one in so many pixels, events have a mark each; else they are bars. */
const EVENT_PX_MIN = 9;
/** From this width of a step on, the mark of a restore stands clear of that of its crash. */
const RESTORE_PX_MIN = 12;

/** The lane of crashes and restores. */
export function drawCrashes(scene: Scene): void {
  const { ctx, palette, layout, trace, viewport } = scene;
  const lane = layout.lanes.crashes;
  const stepPx = stepWidthPx(viewport);
  const { startAt, endAt } = drawnRange(scene);
  const steps = crashesIn(trace, startAt, endAt);
  if (steps.length * EVENT_PX_MIN > viewport.rightPx - viewport.leftPx) {
    drawEventBars(scene, lane, 'crash', palette.crash);
    return;
  }
  const middlePx = lane.topPx + lane.heightPx / 2;
  let lastBoltPx = Number.NEGATIVE_INFINITY;
  for (const crashStep of steps) {
    if (stepPx >= BOX_PX_MIN) {
      drawCrashBoxes(scene, crashStep);
      continue;
    }
    ctx.fillStyle = palette.crash;
    ctx.strokeStyle = palette.crash;
    const xPx = xOf(viewport, crashStep + 0.5);
    if (xPx - lastBoltPx < EVENT_PX_MIN) {
      // Bolts on one another are a blot; beside the first, the others are ticks.
      fillCrisp(scene, xPx - 0.5, middlePx - 4, 1, 8);
      continue;
    }
    lastBoltPx = xPx;
    fillBolt(ctx, xPx, middlePx, 5);
    if (stepPx >= RESTORE_PX_MIN && isRestore(scene, crashStep + 1)) {
      strokeTurn(ctx, xOf(viewport, crashStep + 1.5), middlePx, 5);
    }
  }
}

/** The time between death and restore, through all lanes: what crosses it did not survive it. */
export function drawCrashGround(scene: Scene): void {
  const { ctx, palette, layout, trace, viewport } = scene;
  if (stepWidthPx(viewport) < MARK_PX_MIN) return;
  const topPx = layout.lanes.inputs.topPx;
  ctx.fillStyle = palette.crashSoft;
  ctx.globalAlpha = 0.6;
  const { startAt, endAt } = drawnRange(scene);
  for (const crashStep of crashesIn(trace, startAt, endAt)) {
    const backAt = isRestore(scene, crashStep + 1) ? crashStep + 2 : crashStep + 1;
    const leftPx = xOf(viewport, crashStep);
    fillCrisp(scene, leftPx, topPx, xOf(viewport, backAt) - leftPx, layout.heightPx - topPx);
  }
  ctx.globalAlpha = 1;
}

function drawCrashBoxes(scene: Scene, crashStep: number): void {
  const { ctx, palette, layout, viewport } = scene;
  const lane = layout.lanes.crashes;
  const middlePx = lane.topPx + lane.heightPx / 2;
  ctx.font = palette.textFont;
  ctx.fillStyle = palette.crash;
  ctx.strokeStyle = palette.crash;
  const draw = (stepIndex: number, label: string, mark: typeof fillBolt) => {
    const leftPx = Math.max(viewport.leftPx, xOf(viewport, stepIndex)) + 8;
    const roomPx = xOf(viewport, stepIndex + 1) - leftPx - 16;
    mark(ctx, leftPx + 4, middlePx, 5);
    ctx.fillText(fitText(ctx, label, roomPx), leftPx + 14, middlePx + 0.5);
  };
  draw(crashStep, 'Crash', fillBolt);
  if (isRestore(scene, crashStep + 1)) draw(crashStep + 1, 'Restore', strokeTurn);
}

function isRestore({ trace }: Scene, stepIndex: number): boolean {
  return stepIndex < trace.length && trace.glance(stepIndex).operation === 'restore';
}

/** The lane of findings; each with its name where there is room up to the next. */
export function drawFindings(scene: Scene): void {
  const { ctx, palette, layout, trace, viewport } = scene;
  const lane = layout.lanes.findings;
  const { startAt, endAt } = drawnRange(scene);
  const findings = findingsIn(trace, startAt, endAt);
  if (findings.length * EVENT_PX_MIN > viewport.rightPx - viewport.leftPx) {
    drawEventBars(scene, lane, 'finding', palette.finding);
    return;
  }
  const middlePx = lane.topPx + lane.heightPx / 2;
  ctx.font = palette.textFont;
  ctx.fillStyle = palette.finding;
  for (const [at, { name, stepIndex }] of findings.entries()) {
    if (findings[at - 1]?.stepIndex === stepIndex) continue;
    const same = countFrom(findings, at);
    const next = findings[at + same];
    const label = same > 1 ? `${name} +${same - 1}` : name;
    const widthPx = ctx.measureText(label).width;
    const { markPx, labelPx } = findingPlace(scene, stepIndex, widthPx);
    fillTriangle(ctx, markPx, middlePx, 5);
    // Half a name helps nobody here: the tooltip has the whole.
    const endPx = next ? findingPlace(scene, next.stepIndex, widthPx).markPx - 8 : layout.widthPx;
    if (labelPx + widthPx <= endPx) ctx.fillText(label, labelPx, middlePx + 0.5);
  }
}

/**
 * Where a finding's mark and name stand: both in the cell of its step if that is wide enough, else
 * the name beyond the cell, so that the line of the cursor, at the cell's right end, crosses neither.
 */
function findingPlace(
  { viewport }: Scene,
  stepIndex: number,
  labelWidthPx: number,
): { readonly markPx: number; readonly labelPx: number } {
  const stepPx = stepWidthPx(viewport);
  const cellPx = xOf(viewport, stepIndex);
  const insidePx = Math.max(cellPx, viewport.leftPx) + 12;
  if (insidePx + labelWidthPx + 16 <= cellPx + stepPx) {
    return { markPx: insidePx, labelPx: insidePx + 10 };
  }
  const markPx = cellPx + stepPx / 2;
  return { markPx, labelPx: Math.max(markPx + 10, cellPx + stepPx + 6) };
}

function countFrom(findings: readonly { readonly stepIndex: number }[], at: number): number {
  let same = 1;
  while (findings[at + same]?.stepIndex === findings[at]?.stepIndex) same += 1;
  return same;
}

function drawEventBars(
  scene: Scene,
  { topPx, heightPx }: Strip,
  channel: 'crash' | 'finding',
  colour: string,
): void {
  const { ctx, density, viewport, trace } = scene;
  ctx.fillStyle = colour;
  for (const { fromStep, toStep, leftPx, rightPx } of binsIn(
    viewport,
    drawnRange(scene),
    trace.length,
  )) {
    const count = density.sum(channel, fromStep, toStep);
    if (count === 0) continue;
    const share = Math.sqrt(count / (toStep - fromStep));
    const barPx = clamp(share * (heightPx - 4), 3, heightPx - 4);
    fillCrisp(scene, leftPx, topPx + heightPx - 2 - barPx, rightPx - leftPx, barPx);
  }
}

/** A hairline above each lane. */
export function drawLaneLines(scene: Scene): void {
  const { ctx, palette, layout } = scene;
  ctx.fillStyle = palette.border;
  for (const { topPx } of Object.values(layout.lanes)) {
    fillCrisp(scene, 0, snap(scene, topPx), layout.widthPx, 1 / scene.devicePixelRatio);
  }
}
