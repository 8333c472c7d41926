import { formatCount } from '../words/format.ts';
import { drawTickLabels } from './draw-axis.ts';
import { BOX_PX_MIN, fillCrisp, snap, type Scene } from './scene.ts';
import { stepWidthPx, xOf } from './viewport.ts';

/** The cell of the cursor's step is lit when it is at least this wide. */
const CELL_PX_MIN = 4;

/** The cursor through everything, with the number of its step on a flag. */
export function drawCursor(scene: Scene, cursor: number): void {
  const { ctx, palette, layout, overviewport, viewport } = scene;
  ctx.fillStyle = palette.accent;
  fillCrisp(scene, xOf(overviewport, cursor + 1) - 0.75, 0, 1.5, layout.overview.heightPx - 1);
  const xPx = xOf(viewport, cursor + 1);
  const isVisible = xPx >= viewport.leftPx - 0.5 && xPx <= viewport.rightPx + 0.5;
  if (isVisible) {
    drawCell(scene, cursor);
    ctx.fillStyle = palette.accent;
    const topPx = layout.axis.topPx + layout.axis.heightPx - 2;
    fillCrisp(scene, xPx - 0.75, topPx, 1.5, layout.heightPx - topPx);
  }
  drawFlag(scene, cursor, xPx);
}

function drawCell(scene: Scene, cursor: number): void {
  const { ctx, palette, layout, viewport } = scene;
  const stepPx = stepWidthPx(viewport);
  if (stepPx < CELL_PX_MIN) return;
  const leftPx = Math.max(viewport.leftPx, xOf(viewport, cursor));
  // A box of an input keeps its colour, which means something: green over red or amber is brown.
  const { topPx } = stepPx >= BOX_PX_MIN ? layout.lanes.tracked : layout.lanes.inputs;
  ctx.globalAlpha = 0.1;
  ctx.fillStyle = palette.accent;
  fillCrisp(scene, leftPx, topPx, xOf(viewport, cursor + 1) - leftPx, layout.heightPx - topPx);
  ctx.globalAlpha = 1;
}

/**
 * The flag at the head of the line; at the edge, with an arrow, when the cursor is out of view. The
 * axis's numbers are drawn with it, since they make room for it.
 */
function drawFlag(scene: Scene, cursor: number, xPx: number): void {
  const { ctx, palette, layout, viewport } = scene;
  const number = cursor < 0 ? 'start' : formatCount(cursor);
  let text = number;
  if (xPx < viewport.leftPx - 0.5) text = `‹ ${number}`;
  else if (xPx > viewport.rightPx + 0.5) text = `${number} ›`;
  ctx.font = palette.dataFont;
  const widthPx = Math.ceil(ctx.measureText(text).width) + 12;
  const minPx = layout.gutterPx + 2;
  const maxPx = layout.widthPx - 2 - widthPx;
  const leftPx = snap(scene, Math.max(minPx, Math.min(maxPx, xPx - widthPx / 2)));
  const topPx = layout.axis.topPx + 2;
  drawTickLabels(scene, { leftPx, rightPx: leftPx + widthPx });
  ctx.font = palette.dataFont;
  ctx.fillStyle = palette.accent;
  ctx.beginPath();
  ctx.roundRect(leftPx, topPx, widthPx, layout.axis.heightPx - 4, 3);
  ctx.fill();
  ctx.fillStyle = palette.onAccent;
  ctx.fillText(text, leftPx + 6, topPx + (layout.axis.heightPx - 4) / 2 + 0.5);
}

/** A quiet line under the pointer. */
export function drawPointer(scene: Scene, xPx: number): void {
  const { ctx, palette, layout } = scene;
  if (xPx < layout.plotLeftPx || xPx > layout.plotRightPx) return;
  ctx.fillStyle = palette.borderStrong;
  const { topPx } = layout.lanes.inputs;
  fillCrisp(scene, xPx - 0.5, topPx, 1, layout.heightPx - topPx);
}
