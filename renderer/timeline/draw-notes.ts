import { isBookmark, type Note } from '../../core/trace/format/notes.ts';
import { drawnRange, fillCrisp, type Scene } from './scene.ts';
import { stepWidthPx, xOf, type Viewport } from './viewport.ts';

/** An outline, from the middle of the step and the foot of the axis, in pixels. */
type Outline = readonly (readonly [number, number])[];

/** A ribbon with a notch. */
const BOOKMARK: Outline = [
  [-3, -9],
  [3, -9],
  [3, 0],
  [0, -3],
  [-3, 0],
];
/** A sheet with its corner turned down. */
const SHEET: Outline = [
  [-4, -9],
  [1, -9],
  [4, -6],
  [4, 0],
  [-4, 0],
];

/** How far a mark is from the number of its step, and the width of a step from which on it is. */
const BESIDE_PX = 26;
const BESIDE_PX_MIN = 72;

/** The notes: a sheet or a ribbon each at the foot of the axis, a bar under several steps, a tick in the overview. */
export function drawNotes(scene: Scene): void {
  const { ctx, palette, layout, viewport, overviewport, notes } = scene;
  const { startAt, endAt } = drawnRange(scene);
  const bottomPx = layout.axis.topPx + layout.axis.heightPx;
  ctx.fillStyle = palette.text;
  for (const note of notes) {
    const { step, to = step } = note;
    const tickPx = xOf(overviewport, step + 0.5);
    fillCrisp(scene, tickPx - 1, layout.overview.heightPx - 7, 2, 6);
    if (to + 1 < startAt || step > endAt) continue;
    if (to > step) {
      const leftPx = xOf(viewport, step);
      fillCrisp(scene, leftPx, bottomPx - 2, xOf(viewport, to + 1) - leftPx, 2);
    }
    drawOutline(scene, isBookmark(note) ? BOOKMARK : SHEET, markX(viewport, step), bottomPx);
  }
}

/** Beside the number of the step, where there is room for both. */
function markX(viewport: Viewport, step: number): number {
  const besidePx = stepWidthPx(viewport) >= BESIDE_PX_MIN ? BESIDE_PX : 0;
  return xOf(viewport, step + 0.5) - besidePx;
}

function drawOutline({ ctx }: Scene, outline: Outline, xPx: number, bottomPx: number): void {
  ctx.beginPath();
  for (const [byX, byY] of outline) ctx.lineTo(xPx + byX, bottomPx + byY);
  ctx.closePath();
  ctx.fill();
}

/** A note whose mark is this near is meant. */
const REACH_PX = 6;

/** The notes whose marks, or whose bars, are under the pointer. */
export function notesNear(
  notes: readonly Note[],
  viewport: Viewport,
  xPx: number,
): readonly Note[] {
  return notes.filter(({ step, to = step }) => {
    const fromPx = markX(viewport, step) - REACH_PX;
    const toPx = to > step ? xOf(viewport, to + 1) : fromPx + 2 * REACH_PX;
    return xPx >= fromPx && xPx <= toPx;
  });
}
