import { binsIn } from './density.ts';
import { fillTriangle } from './draw-shapes.ts';
import { windowEdges } from './overview-window.ts';
import { fillCrisp, hasManyFindings, type Scene } from './scene.ts';

/**
 * The whole trace at a glance: accepted steps as bars from below, rejections as a band at the
 * bottom, crashes as ticks at the top, findings as lines through all of it, or as a band at the top
 * where there are many. Over it the window: the part that the lanes show.
 */
export function drawOverview(scene: Scene): void {
  const { ctx, palette, layout } = scene;
  const { heightPx } = layout.overview;
  if (heightPx === 0) return;
  ctx.fillStyle = palette.sunken;
  ctx.fillRect(layout.gutterPx, 0, layout.widthPx - layout.gutterPx, heightPx);
  drawBars(scene);
  drawWindow(scene);
  ctx.fillStyle = palette.border;
  fillCrisp(scene, 0, heightPx - 1, layout.widthPx, 1);
}

/** A smaller window has no room for visible grips, but can be taken by its edges all the same. */
const GRIPS_PX_MIN = 20;
/** In a short trace a step is wide on the strip; its bar is not. */
const BAR_PX_MAX = 4;

function drawBars(scene: Scene): void {
  const { ctx, palette, density, layout, overviewport, trace } = scene;
  const { heightPx } = layout.overview;
  const basePx = heightPx - 8;
  const roomPx = basePx - 8;
  const hasMany = hasManyFindings(scene, overviewport);
  for (const { fromStep, toStep, leftPx, rightPx } of binsIn(
    overviewport,
    overviewport,
    trace.length,
  )) {
    const steps = toStep - fromStep;
    const centrePx = (leftPx + rightPx) / 2;
    const barPx = Math.min(rightPx - leftPx - 1, BAR_PX_MAX);
    const accepted =
      density.sum('acceptedInput', fromStep, toStep) +
      density.sum('acceptedCompletion', fromStep, toStep);
    const rejected = density.sum('rejected', fromStep, toStep);
    if (accepted > 0) {
      const highPx = Math.max(2, roomPx * Math.sqrt(accepted / steps));
      ctx.fillStyle = palette.muted;
      fillCrisp(scene, centrePx - barPx / 2, basePx - highPx, barPx, highPx);
    }
    if (rejected > 0) {
      ctx.globalAlpha = 0.25 + 0.75 * (rejected / steps);
      ctx.fillStyle = palette.rejected;
      fillCrisp(scene, leftPx, basePx + 2, rightPx - leftPx, 2);
      ctx.globalAlpha = 1;
    }
    if (density.sum('crash', fromStep, toStep) > 0) {
      ctx.fillStyle = palette.crash;
      fillCrisp(scene, centrePx - 1, hasMany ? 4 : 2, 2, 5);
    }
    if (density.sum('finding', fromStep, toStep) > 0) {
      ctx.fillStyle = palette.finding;
      if (hasMany) {
        fillCrisp(scene, leftPx, 1, rightPx - leftPx, 2);
        continue;
      }
      fillCrisp(scene, centrePx - 0.5, 2, 1, heightPx - 5);
      fillTriangle(ctx, centrePx, 5, 3.5);
    }
  }
}

function drawWindow(scene: Scene): void {
  const { ctx, palette, layout, overviewport, viewport } = scene;
  const { heightPx } = layout.overview;
  const { leftPx, rightPx } = windowEdges(overviewport, viewport);
  ctx.globalAlpha = 0.66;
  ctx.fillStyle = palette.canvas;
  ctx.fillRect(layout.gutterPx, 0, leftPx - layout.gutterPx, heightPx);
  ctx.fillRect(rightPx, 0, layout.widthPx - rightPx, heightPx);
  ctx.globalAlpha = 1;
  ctx.fillStyle = palette.muted;
  fillCrisp(scene, leftPx - 1, 0, 1, heightPx);
  fillCrisp(scene, rightPx, 0, 1, heightPx);
  if (rightPx - leftPx < GRIPS_PX_MIN) return;
  for (const xPx of [leftPx - 0.5, rightPx + 0.5]) {
    ctx.beginPath();
    ctx.roundRect(xPx - 2.5, heightPx / 2 - 7, 5, 14, 2.5);
    ctx.fill();
  }
}
