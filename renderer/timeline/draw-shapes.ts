/**
 * The marks of the timeline. Each meaning has its shape, so that it is told apart without colour:
 * a dot for an accepted input, a diamond for a completion, a cross for a rejection, a triangle for
 * a finding, a bolt for a crash, a turning arrow for a restore.
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

export function fillBolt(ctx: Context, xPx: number, yPx: number, radiusPx: number): void {
  tracePolygon(ctx, xPx, yPx, radiusPx, BOLT);
  ctx.fill();
}

/** An open circle with an arrow head: back to where it was. */
export function strokeTurn(ctx: Context, xPx: number, yPx: number, radiusPx: number): void {
  const ringPx = radiusPx * 0.72;
  ctx.beginPath();
  ctx.arc(xPx, yPx, ringPx, -0.1 * Math.PI, 1.45 * Math.PI);
  ctx.lineWidth = 1.5;
  ctx.stroke();
  const tipXPx = xPx + ringPx * 0.62;
  const tipYPx = yPx - ringPx;
  ctx.beginPath();
  ctx.moveTo(tipXPx, tipYPx);
  ctx.lineTo(tipXPx - radiusPx * 0.75, tipYPx - radiusPx * 0.5);
  ctx.lineTo(tipXPx - radiusPx * 0.75, tipYPx + radiusPx * 0.5);
  ctx.closePath();
  ctx.fill();
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
const BOLT: Polygon = [
  [0.3, -1.1],
  [-0.75, 0.2],
  [-0.1, 0.2],
  [-0.3, 1.1],
  [0.75, -0.2],
  [0.1, -0.2],
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
