import { binsIn } from './density.ts';
import { fillTriangle } from './draw-shapes.ts';
import { findingsIn } from './events.ts';
import type { Strip } from './layout.ts';
import { drawnRange, EVENT_PX_MIN, fillCrisp, snap, type Scene } from './scene.ts';
import { clamp, stepWidthPx, xOf } from './viewport.ts';

/** The lane of findings; each with its name where there is room up to the next. */
export function drawFindings(scene: Scene): void {
  const { ctx, density, palette, layout, trace, viewport } = scene;
  const lane = layout.lanes.findings;
  const { startAt, endAt } = drawnRange(scene);
  const steps = density.sum('finding', Math.floor(startAt), Math.ceil(endAt));
  if (steps * EVENT_PX_MIN > viewport.rightPx - viewport.leftPx) {
    drawFindingBars(scene, lane);
    return;
  }
  const middlePx = lane.topPx + lane.heightPx / 2;
  ctx.font = palette.textFont;
  ctx.fillStyle = palette.finding;
  const findings = findingsIn(trace, startAt, endAt);
  let lastMarkPx = Number.NEGATIVE_INFINITY;
  for (const [at, { name, stepIndex }] of findings.entries()) {
    if (findings[at - 1]?.stepIndex === stepIndex) continue;
    const same = countFrom(findings, at);
    const next = findings[at + same];
    const label = same > 1 ? `${name} +${same - 1}` : name;
    const widthPx = ctx.measureText(label).width;
    const { markPx, labelPx } = findingPlace(scene, stepIndex, widthPx);
    // Triangles on one another are a blot; beside the first, the others are ticks.
    if (markPx - lastMarkPx < EVENT_PX_MIN) {
      fillCrisp(scene, markPx - 0.5, middlePx - 4, 1, 8);
    } else {
      lastMarkPx = markPx;
      fillTriangle(ctx, markPx, middlePx, 5);
    }
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

function drawFindingBars(scene: Scene, { topPx, heightPx }: Strip): void {
  const { ctx, density, palette, viewport, trace } = scene;
  ctx.fillStyle = palette.finding;
  for (const { fromStep, toStep, leftPx, rightPx } of binsIn(
    viewport,
    drawnRange(scene),
    trace.length,
  )) {
    const count = density.sum('finding', fromStep, toStep);
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
  for (const { topPx } of [...Object.values(layout.lanes), layout.watchesHead, ...layout.watches]) {
    fillCrisp(scene, 0, snap(scene, topPx), layout.widthPx, 1 / scene.devicePixelRatio);
  }
}
