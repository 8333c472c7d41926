import { MARK_INKS, MARK_LINE, MARK_SHAPES, MARKS, type Mark } from '../theme/marks.ts';
import type { Palette } from './palette.ts';

/**
 * The shapes of the timeline. Each meaning has its own, so that it can be distinguished without colour: a
 * dot for an accepted input, a diamond for a completion, a cross for a rejection, a triangle for a
 * finding. What the simulation does has the marks that stand beside words as well.
 */
type Context = CanvasRenderingContext2D;

export function fillDot(ctx: Context, xPx: number, yPx: number, radiusPx: number): void {
  ctx.beginPath();
  ctx.arc(xPx, yPx, radiusPx, 0, 2 * Math.PI);
  ctx.fill();
}

export function traceDiamond(ctx: Context, xPx: number, yPx: number, radiusPx: number): void {
  tracePolygon(ctx, xPx, yPx, radiusPx, DIAMOND);
}

export function strokeDiamond(ctx: Context, xPx: number, yPx: number, radiusPx: number): void {
  traceDiamond(ctx, xPx, yPx, radiusPx);
  ctx.lineWidth = 1.5;
  ctx.stroke();
}

export function fillDiamond(ctx: Context, xPx: number, yPx: number, radiusPx: number): void {
  traceDiamond(ctx, xPx, yPx, radiusPx);
  ctx.fill();
}

export function strokeCross(ctx: Context, xPx: number, yPx: number, radiusPx: number): void {
  const armPx = radiusPx * 0.8;
  ctx.beginPath();
  ctx.moveTo(xPx - armPx, yPx - armPx);
  ctx.lineTo(xPx + armPx, yPx + armPx);
  ctx.moveTo(xPx - armPx, yPx + armPx);
  ctx.lineTo(xPx + armPx, yPx - armPx);
  ctx.lineWidth = 1.5;
  ctx.stroke();
}

export function fillTriangle(ctx: Context, xPx: number, yPx: number, radiusPx: number): void {
  tracePolygon(ctx, xPx, yPx, radiusPx, TRIANGLE);
  ctx.fill();
}

/** The paths of the marks, made when the first is drawn. */
let markPaths: ReadonlyMap<Mark, { readonly filled?: Path2D; readonly stroked?: Path2D }>;

function pathsOf(mark: Mark) {
  markPaths ??= new Map(
    MARKS.map((name) => {
      const { filled, stroked } = MARK_SHAPES[name];
      return [
        name,
        {
          ...(filled === undefined ? {} : { filled: new Path2D(filled) }),
          ...(stroked === undefined ? {} : { stroked: new Path2D(stroked) }),
        },
      ];
    }),
  );
  return markPaths.get(mark);
}

/** The colour that a mark is drawn in. */
export function markColour(palette: Palette, mark: Mark): string {
  return palette[MARK_INKS[mark]];
}

/** A mark in its colour, around a centre. */
export function drawMark(
  ctx: Context,
  palette: Palette,
  mark: Mark,
  place: { readonly xPx: number; readonly yPx: number; readonly radiusPx: number },
): void {
  const paths = pathsOf(mark);
  const colour = markColour(palette, mark);
  ctx.save();
  ctx.translate(place.xPx, place.yPx);
  ctx.scale(place.radiusPx, place.radiusPx);
  if (paths?.filled) {
    ctx.fillStyle = colour;
    ctx.fill(paths.filled, 'evenodd');
  }
  if (paths?.stroked) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = MARK_LINE;
    ctx.lineJoin = 'round';
    ctx.stroke(paths.stroked);
  }
  ctx.restore();
}

/** A ring with a bar across: never sent. */
export function strokeVoid(ctx: Context, xPx: number, yPx: number, radiusPx: number): void {
  const ringPx = radiusPx * 0.8;
  ctx.beginPath();
  ctx.arc(xPx, yPx, ringPx, 0, 2 * Math.PI);
  ctx.moveTo(xPx - ringPx * 0.7, yPx + ringPx * 0.7);
  ctx.lineTo(xPx + ringPx * 0.7, yPx - ringPx * 0.7);
  ctx.lineWidth = 1.25;
  ctx.stroke();
}

/** A rectangle whose corners are cut off: the box of a completion, as a diamond is its mark. */
export function traceCutBox(
  ctx: Context,
  leftPx: number,
  topPx: number,
  widthPx: number,
  heightPx: number,
  cutPx: number,
): void {
  const rightPx = leftPx + widthPx;
  const bottomPx = topPx + heightPx;
  ctx.beginPath();
  ctx.moveTo(leftPx + cutPx, topPx);
  ctx.lineTo(rightPx - cutPx, topPx);
  ctx.lineTo(rightPx, topPx + cutPx);
  ctx.lineTo(rightPx, bottomPx - cutPx);
  ctx.lineTo(rightPx - cutPx, bottomPx);
  ctx.lineTo(leftPx + cutPx, bottomPx);
  ctx.lineTo(leftPx, bottomPx - cutPx);
  ctx.lineTo(leftPx, topPx + cutPx);
  ctx.closePath();
}

/** Corners around a centre, in units of the radius. */
type Polygon = readonly (readonly [number, number])[];

const DIAMOND: Polygon = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
];
const TRIANGLE: Polygon = [
  [0, -1],
  [1.05, 0.85],
  [-1.05, 0.85],
];

function tracePolygon(
  ctx: Context,
  xPx: number,
  yPx: number,
  radiusPx: number,
  corners: Polygon,
): void {
  ctx.beginPath();
  for (const [cornerX, cornerY] of corners) {
    ctx.lineTo(xPx + cornerX * radiusPx, yPx + cornerY * radiusPx);
  }
  ctx.closePath();
}
