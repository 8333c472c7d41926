import type { CrashVerdictInBrief } from '../../core/trace/words/judged.ts';
import { firstFrom } from '../session/crash-points.ts';
import { binsIn } from './density.ts';
import { clipToSteps, type Surface } from './drawing.ts';
import { stepAtX, stepIndexAtX, stepWidthPx, xOf, type Viewport } from './viewport.ts';

/** What the strip of crash points is drawn from. */
export interface CrashScene extends Surface {
  readonly viewport: Viewport;
  /** In the order of the run. */
  readonly verdicts: readonly CrashVerdictInBrief[];
  /** The number of steps of the run. */
  readonly steps: number;
}

/** Steps at least this wide have a cell for each of their crash points. */
const CELL_PX_MIN = 7;
/** The most rows of cells: the points after that share the last one. */
const ROWS_MAX = 4;
const PADDING_PX = 3;

/**
 * The crash points of the steps in view: a cell for each, and bars by their share where steps are too narrow.
 * What fails has another shape than what does not.
 */
export function drawCrashes(scene: CrashScene): void {
  const { viewport } = scene;
  clipToSteps(scene, viewport, () => {
    if (stepWidthPx(viewport) >= CELL_PX_MIN) drawCells(scene);
    else drawBars(scene);
  });
}

function drawCells(scene: CrashScene): void {
  const { viewport, verdicts, heightPx } = scene;
  const first = firstFrom(verdicts, Math.max(0, Math.floor(viewport.startAt)));
  const rowPx = (heightPx - 2 * PADDING_PX) / ROWS_MAX;
  for (let at = first; at < verdicts.length; at += 1) {
    const each = verdicts[at] as CrashVerdictInBrief;
    if (each.stepIndex > viewport.endAt) return;
    const xPx = xOf(viewport, each.stepIndex + 0.5);
    drawCell(scene, each.verdict, xPx, PADDING_PX + (rowOf(each) + 0.5) * rowPx);
  }
}

/** The row of a point: before the commit first, then by the number of actions that are out. */
function rowOf({ dispatched }: CrashVerdictInBrief): number {
  return dispatched === undefined ? 0 : Math.min(dispatched + 1, ROWS_MAX - 1);
}

/** A dot recovers, a triangle fails because of the crash, a ring fails without it, too. */
function drawCell(
  { ctx, palette }: CrashScene,
  verdict: CrashVerdictInBrief['verdict'],
  xPx: number,
  yPx: number,
): void {
  ctx.beginPath();
  if (verdict === 'fails') {
    ctx.fillStyle = palette.finding;
    ctx.moveTo(xPx, yPx - 4);
    ctx.lineTo(xPx + 4, yPx + 3.5);
    ctx.lineTo(xPx - 4, yPx + 3.5);
    ctx.closePath();
    ctx.fill();
    return;
  }
  ctx.arc(xPx, yPx, 2.5, 0, 2 * Math.PI);
  if (verdict === 'fine') {
    ctx.fillStyle = palette.ok;
    ctx.fill();
  } else {
    ctx.strokeStyle = palette.muted;
    ctx.lineWidth = 1;
    ctx.stroke();
  }
}

function drawBars(scene: CrashScene): void {
  const { ctx, palette, viewport, verdicts, heightPx, steps } = scene;
  const roomPx = heightPx - 2 * PADDING_PX;
  const bottomPx = heightPx - PADDING_PX;
  for (const { fromStep, toStep, leftPx, rightPx } of binsIn(viewport, viewport, steps)) {
    const from = firstFrom(verdicts, fromStep);
    const to = firstFrom(verdicts, toStep);
    if (from === to) continue;
    let fails = 0;
    for (let at = from; at < to; at += 1) if (verdicts[at]?.verdict === 'fails') fails += 1;
    const widthPx = Math.max(1, rightPx - leftPx - 1);
    ctx.fillStyle = palette.ok;
    ctx.fillRect(leftPx, bottomPx - 4, widthPx, 4);
    if (fails === 0) continue;
    // Any failure rises above the line of what recovers.
    const failsPx = Math.max(8, (fails / (to - from)) * roomPx);
    ctx.fillStyle = palette.finding;
    ctx.fillRect(leftPx, bottomPx - failsPx, widthPx, failsPx);
  }
}

/** The point that is meant by a place on the strip: where points share it, the one that fails. */
export function crashAt(
  { viewport, verdicts, heightPx, steps }: Omit<CrashScene, 'ctx' | 'palette'>,
  xPx: number,
  yPx: number,
): CrashVerdictInBrief | undefined {
  if (xPx < viewport.leftPx || xPx > viewport.rightPx) return undefined;
  if (stepWidthPx(viewport) >= CELL_PX_MIN) {
    const stepIndex = stepIndexAtX(viewport, xPx, steps);
    const own = verdicts.slice(firstFrom(verdicts, stepIndex), firstFrom(verdicts, stepIndex + 1));
    const row = Math.floor((yPx - PADDING_PX) / ((heightPx - 2 * PADDING_PX) / ROWS_MAX));
    return own.find((each) => rowOf(each) === row) ?? preferred(own);
  }
  const from = firstFrom(verdicts, Math.floor(stepAtX(viewport, xPx - 2)));
  const to = firstFrom(verdicts, Math.ceil(stepAtX(viewport, xPx + 2)));
  return preferred(verdicts.slice(from, to));
}

function preferred(points: readonly CrashVerdictInBrief[]): CrashVerdictInBrief | undefined {
  return points.find(({ verdict }) => verdict === 'fails') ?? points[0];
}
