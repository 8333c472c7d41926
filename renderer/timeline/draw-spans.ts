import type { SpanEnd, TrackedSpan } from '../../core/trace/spans.ts';
import { binsIn } from './density.ts';
import { drawMark, fillDiamond, strokeVoid } from './draw-shapes.ts';
import { rowLayoutFor, type RowLayout, type Strip } from './layout.ts';
import { drawnRange, fillCrisp, snap, type Scene } from './scene.ts';
import { describeSpan, formatId } from './timeline-text.ts';
import { xOf } from './viewport.ts';

/** Spans narrower than this are solid bars without detail. */
const DETAIL_PX_MIN = 8;
/** Fewer pixels for each span than this, and they are drawn as a density. */
const SPAN_PX_MIN = 1.5;
/** How far an open span fades out. */
const FADE_PX = 56;

/** How the lane of tracked actions is drawn for a view; hit tests ask the same. */
export function spanLanePlan(scene: Pick<Scene, 'viewport' | 'layout' | 'spans'>): SpanLanePlan {
  const { viewport, layout, spans } = scene;
  const fromStep = Math.floor(viewport.startAt);
  const toStep = Math.ceil(viewport.endAt);
  const count = spans.countBetween(fromStep, toStep);
  if (count * SPAN_PX_MIN > viewport.rightPx - viewport.leftPx) return { kind: 'density', count };
  const drawn = drawnRange(scene);
  const rows = rowLayoutFor(layout.lanes.tracked, spans.rowCount);
  const shown = Array.from({ length: rows.rowsShown }, (_, row) =>
    spans.inRow(row, drawn.startAt, drawn.endAt),
  );
  let hidden = 0;
  if (rows.overflow) {
    const inShown = (index: number) =>
      spans.emittedAt(index) < toStep && spans.endedAt(index) > fromStep;
    hidden = count - shown.reduce((total, row) => total + row.filter(inShown).length, 0);
  }
  return { kind: 'rows', rows, shown, hidden };
}

export type SpanLanePlan =
  | { readonly kind: 'density'; readonly count: number }
  | {
      readonly kind: 'rows';
      readonly rows: RowLayout;
      /** For each row the visible spans, as indices into the trace's list. */
      readonly shown: readonly (readonly number[])[];
      /** How many visible spans have no row. */
      readonly hidden: number;
    };

/** The lane of tracked actions, from emission to completion. */
export function drawSpans(scene: Scene, plan: SpanLanePlan): void {
  if (plan.kind === 'density') {
    drawDensity(scene, scene.layout.lanes.tracked, (from, to) =>
      scene.spans.countBetween(from, to),
    );
    return;
  }
  const { rows, shown } = plan;
  for (const [row, indices] of shown.entries()) {
    const topPx = rows.topPx + row * rows.rowPx;
    for (const index of indices) drawSpan(scene, index, topPx + 1, rows.rowPx - 3);
  }
  if (rows.overflow && plan.hidden > 0) {
    const placed = shown.flat();
    drawDensity(scene, rows.overflow, (from, to) => {
      const isBetween = (index: number) =>
        scene.spans.emittedAt(index) < to && scene.spans.endedAt(index) > from;
      return scene.spans.countBetween(from, to) - countWhere(placed, isBetween);
    });
  }
}

function countWhere(items: readonly number[], isCounted: (item: number) => boolean): number {
  let count = 0;
  for (const item of items) if (isCounted(item)) count += 1;
  return count;
}

/** How many are outstanding at a time, against the most that are in view. */
function drawDensity(
  scene: Scene,
  { topPx, heightPx }: Strip,
  countBetween: (fromStep: number, toStep: number) => number,
): void {
  const { ctx, palette, viewport, trace } = scene;
  const bins = binsIn(viewport, drawnRange(scene), trace.length);
  const counts = bins.map(({ fromStep, toStep }) => countBetween(fromStep, toStep));
  const most = counts.reduce((max, count) => Math.max(max, count), 1);
  const bottomPx = topPx + heightPx - 2;
  const roomPx = heightPx - 5;
  for (const [at, { leftPx, rightPx }] of bins.entries()) {
    const count = counts[at] as number;
    if (count === 0) continue;
    const barPx = Math.max(2, roomPx * Math.sqrt(count / most));
    ctx.fillStyle = palette.trackedSoft;
    fillCrisp(scene, leftPx, bottomPx - barPx, rightPx - leftPx, barPx);
    ctx.fillStyle = palette.tracked;
    fillCrisp(scene, leftPx, bottomPx - barPx, rightPx - leftPx, 2);
  }
}

/** Where a span begins and ends on the screen: from the middle of a step to the middle of another. */
export function spanEdges(
  scene: Pick<Scene, 'viewport' | 'spans' | 'trace'>,
  index: number,
): { readonly leftPx: number; readonly rightPx: number; readonly isOpen: boolean } {
  const { viewport, spans, trace } = scene;
  const endedAt = spans.endedAt(index);
  const isOpen = endedAt === Number.POSITIVE_INFINITY;
  return {
    leftPx: xOf(viewport, spans.emittedAt(index) + 0.5),
    rightPx: xOf(viewport, isOpen ? trace.length : endedAt + 0.5),
    isOpen,
  };
}

function drawSpan(scene: Scene, index: number, topPx: number, heightPx: number): void {
  const { ctx, palette, trace } = scene;
  const span = trace.spans[index];
  if (!span) return;
  const { leftPx, rightPx, isOpen } = spanEdges(scene, index);
  const how = isOpen ? 'open' : (span.ended?.how ?? 'open');
  if (rightPx - leftPx < DETAIL_PX_MIN) {
    drawSliver(scene, leftPx, rightPx, topPx, heightPx, how);
    return;
  }
  const shownLeftPx = snap(scene, Math.max(leftPx, scene.layout.gutterPx - 8));
  const shownRightPx = snap(scene, Math.min(rightPx, scene.layout.widthPx + 20)) - 1;
  const body = { leftPx: shownLeftPx, topPx, widthPx: shownRightPx - shownLeftPx, heightPx };
  drawBody(scene, body, how);
  ctx.fillStyle = palette.tracked;
  if (leftPx >= scene.layout.gutterPx - 8) fillCrisp(scene, leftPx, topPx, 2, heightPx);
  const endPx = how === 'open' ? 0 : drawEnd(scene, shownRightPx, topPx, heightPx, how);
  drawLabel(scene, span, body, endPx);
}

/** The name with the id where it fits, else the id alone: half a name says less. */
function drawLabel(scene: Scene, span: TrackedSpan, body: Body, endPx: number): void {
  const { ctx, palette, viewport } = scene;
  const leftPx = Math.max(body.leftPx, viewport.leftPx) + 6;
  const roomPx = Math.min(body.leftPx + body.widthPx, viewport.rightPx) - endPx - 3 - leftPx;
  ctx.font = palette.textFont;
  ctx.fillStyle = palette.text;
  const label = [describeSpan(span), formatId(span.id)].find(
    (text) => ctx.measureText(text).width <= roomPx,
  );
  if (label) ctx.fillText(label, leftPx, body.topPx + body.heightPx / 2 + 0.5);
}

type SpanState = SpanEnd | 'open';

/** A span too narrow for detail. One that did not complete has a violet end, taller than the bar. */
function drawSliver(
  scene: Scene,
  leftPx: number,
  rightPx: number,
  topPx: number,
  heightPx: number,
  how: SpanState,
): void {
  const { ctx, palette } = scene;
  const widthPx = Math.max(2, rightPx - leftPx - 1);
  ctx.fillStyle = palette.tracked;
  fillCrisp(scene, leftPx, topPx + 1, widthPx, heightPx - 2);
  if (how !== 'crashed' && how !== 'lost') return;
  ctx.fillStyle = palette.crash;
  fillCrisp(scene, leftPx + widthPx - 2, topPx - 1, 2, heightPx + 2);
}

interface Body {
  readonly leftPx: number;
  readonly topPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** The bar: fading where it is open, a dashed outline where its action was never sent. */
function drawBody({ ctx, palette }: Scene, body: Body, how: SpanState): void {
  const { leftPx, topPx, widthPx, heightPx } = body;
  const rightPx = leftPx + widthPx;
  if (how === 'lost') {
    ctx.beginPath();
    ctx.rect(leftPx + 0.5, topPx + 0.5, widthPx - 1, heightPx - 1);
    ctx.setLineDash([3, 2]);
    ctx.strokeStyle = palette.tracked;
    ctx.lineWidth = 1;
    ctx.stroke();
    ctx.setLineDash([]);
    return;
  }
  if (how === 'open') {
    const fade = ctx.createLinearGradient(Math.max(leftPx, rightPx - FADE_PX), 0, rightPx, 0);
    fade.addColorStop(0, palette.trackedSoft);
    fade.addColorStop(1, transparent(palette.trackedSoft));
    ctx.fillStyle = fade;
  } else ctx.fillStyle = palette.trackedSoft;
  ctx.fillRect(leftPx, topPx, widthPx, heightPx);
}

/** Draws the mark at the end of a span; returns its width. */
function drawEnd(
  scene: Scene,
  rightPx: number,
  topPx: number,
  heightPx: number,
  how: SpanEnd,
): number {
  const { ctx, palette } = scene;
  const middlePx = topPx + heightPx / 2;
  switch (how) {
    case 'completed':
      ctx.fillStyle = palette.tracked;
      fillDiamond(ctx, rightPx - 4, middlePx, 3.5);
      return 9;
    case 'replaced':
      ctx.fillStyle = palette.tracked;
      fillCrisp(scene, rightPx - 2, topPx, 2, heightPx);
      fillCrisp(scene, rightPx - 5, topPx, 2, heightPx);
      return 7;
    case 'crashed':
      drawMark(ctx, palette, 'crash', { xPx: rightPx - 5, yPx: middlePx, radiusPx: 5 });
      return 11;
    case 'lost':
      ctx.strokeStyle = palette.crash;
      strokeVoid(ctx, rightPx - 6, middlePx, 4.5);
      return 12;
  }
}

/** The same colour with no opacity: fading to `transparent` would pass through grey. */
function transparent(colour: string): string {
  return `rgb(from ${colour} r g b / 0)`;
}
