import type { Finding } from '../../core/machine/finding.ts';
import { formatPlural } from '../words/format.ts';
import { shownName } from '../words/shown.ts';
import { binsIn } from './density.ts';
import { fillTriangle } from './draw-shapes.ts';
import { findingsIn } from './events.ts';
import type { Strip } from './layout.ts';
import { drawnRange, EVENT_PX_MIN, fillCrisp, snap, type Scene } from './scene.ts';
import { clamp, stepWidthPx, xOf } from './viewport.ts';

/** A name beside the marks of findings, and the steps of those, from the first to the last. */
export interface FindingName {
  readonly text: string;
  readonly leftPx: number;
  readonly middlePx: number;
  readonly fromStep: number;
  readonly toStep: number;
}

/**
 * Draws the lane of findings. Returns a name for each, or for several that are close, where there is room up to
 * the next.
 */
export function drawFindings(scene: Scene): readonly FindingName[] {
  const { ctx, density, palette, layout, trace, viewport } = scene;
  const lane = layout.lanes.findings;
  const { startAt, endAt } = drawnRange(scene);
  const steps = density.sum('finding', Math.floor(startAt), Math.ceil(endAt));
  if (steps * EVENT_PX_MIN > viewport.rightPx - viewport.leftPx) {
    drawFindingBars(scene, lane);
    return [];
  }
  const middlePx = lane.topPx + lane.heightPx / 2;
  ctx.font = palette.textFont;
  ctx.fillStyle = palette.finding;
  const findings = findingsIn(trace, startAt, endAt);
  let lastMarkPx = Number.NEGATIVE_INFINITY;
  const names: FindingName[] = [];
  let firstUnnamed = 0;
  for (const [at, { stepIndex }] of findings.entries()) {
    const next = findings[at + 1];
    if (next?.stepIndex === stepIndex) continue;
    const label = labelOf(findings.slice(firstUnnamed, at + 1));
    const widthPx = ctx.measureText(label).width;
    const { markPx, labelPx } = findingPlace(scene, stepIndex, widthPx);
    // Triangles on one another are a blot; beside the first, the others are ticks.
    if (markPx - lastMarkPx < EVENT_PX_MIN) {
      fillCrisp(scene, markPx - 0.5, middlePx - 4, 1, 8);
    } else {
      lastMarkPx = markPx;
      fillTriangle(ctx, markPx, middlePx, 5);
    }
    // Half a name helps nobody here: the tooltip has the whole. Behind the last of several marks that are
    // close to each other, there is room.
    const endPx = next ? findingPlace(scene, next.stepIndex, widthPx).markPx - 8 : layout.widthPx;
    if (labelPx + widthPx > endPx) continue;
    const fromStep = findings[firstUnnamed]?.stepIndex ?? stepIndex;
    names.push({ text: label, leftPx: labelPx, middlePx, fromStep, toStep: stepIndex });
    firstUnnamed = at + 1;
  }
  return names;
}

/** How much is seen of a name whose findings the filter hides. */
const HIDDEN_NAME_ALPHA = 0.28;

/** Writes the names whole over what the filter dims: a name has the room of many steps. */
export function drawFindingNames(scene: Scene, names: readonly FindingName[]): void {
  const { ctx, palette, filtered } = scene;
  ctx.font = palette.textFont;
  ctx.fillStyle = palette.finding;
  for (const { text, leftPx, middlePx, fromStep, toStep } of names) {
    const isHidden =
      filtered !== undefined &&
      toStep < filtered.searched &&
      filtered.steps.countBefore(toStep + 1) === filtered.steps.countBefore(fromStep);
    ctx.globalAlpha = isHidden ? HIDDEN_NAME_ALPHA : 1;
    ctx.fillText(text, leftPx, middlePx + 0.5);
  }
  ctx.globalAlpha = 1;
}

/** A name for findings that stand close together: that of the first one. */
function labelOf(close: readonly Finding[]): string {
  const name = shownName(close[0]?.name ?? '');
  return close.length > 1 ? `${name}, ${formatPlural(close.length - 1, 'other')}` : name;
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
