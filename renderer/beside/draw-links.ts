import type { Alignment } from '../../core/trace/compare/alignment.ts';
import type { MovedStep } from '../../core/trace/compare/stretches.ts';
import { clipToSteps, type Surface } from '../timeline/drawing.ts';
import { clamp, stepAtX, stepWidthPx, xOf, type Viewport } from '../timeline/viewport.ts';

/** What the links between two timelines are drawn from: A lies above, B below. */
export interface LinksScene extends Surface {
  readonly a: Viewport;
  readonly b: Viewport;
  readonly alignment: Alignment;
  readonly cursors: { readonly a: number; readonly b: number };
}

/** Steps at least this wide have a link each; narrower ones are a band. */
const LINK_PX_MIN = 7;
/** Links of differences are at least this far from each other. */
const APART_PX = 3;

/** Links between the steps that stand beside each other: quiet where they are the same. */
export function drawLinks(scene: LinksScene): void {
  clipToSteps(scene, scene.b, () => {
    drawBands(scene);
    drawDifferences(scene);
    drawCursors(scene);
  });
}

/** The stretches that both runs have; where the steps are wide enough, each of their steps. */
function drawBands(scene: LinksScene): void {
  const { ctx, palette, heightPx, a, b, alignment } = scene;
  const isWide = Math.min(stepWidthPx(a), stepWidthPx(b)) >= LINK_PX_MIN;
  for (const stretch of alignment.stretches) {
    if (stretch.kind !== 'both') continue;
    const [top, bottom] = [
      edges(a, stretch.a, stretch.length),
      edges(b, stretch.b, stretch.length),
    ];
    if (Math.max(top[1], bottom[1]) < b.leftPx || Math.min(top[0], bottom[0]) > b.rightPx) continue;
    ctx.fillStyle = palette.sunken;
    ctx.beginPath();
    ctx.moveTo(top[0], 0);
    ctx.lineTo(top[1], 0);
    ctx.lineTo(bottom[1], heightPx);
    ctx.lineTo(bottom[0], heightPx);
    ctx.closePath();
    ctx.fill();
    if (!isWide) continue;
    const first = Math.max(0, Math.floor(Math.min(a.startAt - stretch.a, b.startAt - stretch.b)));
    const end = Math.min(
      stretch.length,
      Math.ceil(Math.max(a.endAt - stretch.a, b.endAt - stretch.b)),
    );
    ctx.strokeStyle = palette.borderStrong;
    for (let at = first; at < end; at += 1) drawLink(scene, stretch.a + at, stretch.b + at, 1);
  }
}

function edges(viewport: Viewport, from: number, length: number): readonly [number, number] {
  return [xOf(viewport, from), xOf(viewport, from + length)];
}

/** Pairs that went differently or have moved, and the steps that only one of the runs has, which end halfway. */
function drawDifferences(scene: LinksScene): void {
  const { ctx, palette, a, b, alignment } = scene;
  ctx.strokeStyle = palette.rejected;
  ctx.fillStyle = palette.rejected;
  drawMoves(scene);
  let row = Math.max(-1, firstRowIn(scene) - 1);
  for (;;) {
    const next = alignment.differenceBeside(row, 'next');
    if (next === undefined) break;
    const { a: stepA, b: stepB } = alignment.row(next);
    const xPx = stepB === undefined ? xOf(a, (stepA ?? 0) + 0.5) : xOf(b, stepB + 0.5);
    if (xPx > b.rightPx) break;
    if (stepA !== undefined && stepB !== undefined) drawLink(scene, stepA, stepB, 1.5);
    else if (!isMoved(alignment, stepA, stepB)) drawStub(scene, xPx, stepA === undefined);
    // What lies on the same pixels is drawn once.
    const beyond =
      stepB === undefined
        ? alignment.rowOf('a', Math.floor(stepAtX(a, xPx + APART_PX)))
        : alignment.rowOf('b', Math.floor(stepAtX(b, xPx + APART_PX)));
    row = Math.max(next, beyond - 1);
  }
}

function isMoved(alignment: Alignment, a: number | undefined, b: number | undefined): boolean {
  const pair = a === undefined ? alignment.movedAt('b', b ?? -1) : alignment.movedAt('a', a);
  return pair !== undefined;
}

/** Links across the others, between the two places of a step that has moved. */
function drawMoves(scene: LinksScene): void {
  for (const { a, b } of movesIn(scene)) drawLink(scene, a, b, 1.5);
}

/**
 * The moved steps in view whose links are drawn. A step is left out where others on its pixels have links at both of its
 * places: runs in which every step has moved are drawn as fast as others.
 */
export function* movesIn({
  a,
  b,
  alignment,
}: Pick<LinksScene, 'a' | 'b' | 'alignment'>): Generator<MovedStep, void, undefined> {
  const placeOf = (xPx: number) => Math.round(clamp(xPx, b.leftPx, b.rightPx) / APART_PX);
  const [above, below] = [new Set<number>(), new Set<number>()];
  for (const pair of alignment.moved()) {
    const [aPx, bPx] = [xOf(a, pair.a + 0.5), xOf(b, pair.b + 0.5)];
    if (Math.max(aPx, bPx) < b.leftPx || Math.min(aPx, bPx) > b.rightPx) continue;
    const [top, bottom] = [placeOf(aPx), placeOf(bPx)];
    if (above.has(top) && below.has(bottom)) continue;
    above.add(top);
    below.add(bottom);
    yield pair;
  }
}

function firstRowIn({ a, b, alignment }: LinksScene): number {
  return Math.min(
    alignment.rowOf('a', Math.max(0, Math.floor(a.startAt))),
    alignment.rowOf('b', Math.max(0, Math.floor(b.startAt))),
  );
}

/** A step without a partner: a triangle at its own edge, so that it is told apart without colour. */
function drawStub({ ctx, heightPx }: LinksScene, xPx: number, isBelow: boolean): void {
  const [edgePx, tipPx] = isBelow ? [heightPx, heightPx - 7] : [0, 7];
  ctx.beginPath();
  ctx.moveTo(xPx - 4, edgePx);
  ctx.lineTo(xPx + 4, edgePx);
  ctx.lineTo(xPx, tipPx);
  ctx.closePath();
  ctx.fill();
}

function drawCursors(scene: LinksScene): void {
  const { ctx, palette, heightPx, a, b, cursors } = scene;
  ctx.strokeStyle = palette.accent;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  // The cursor stands at the right end of its step.
  ctx.moveTo(xOf(a, cursors.a + 1), 0);
  ctx.lineTo(xOf(b, cursors.b + 1), heightPx);
  ctx.stroke();
}

function drawLink(
  { ctx, heightPx, a, b }: LinksScene,
  stepA: number,
  stepB: number,
  widthPx: number,
): void {
  ctx.lineWidth = widthPx;
  ctx.beginPath();
  ctx.moveTo(xOf(a, stepA + 0.5), 0);
  ctx.lineTo(xOf(b, stepB + 0.5), heightPx);
  ctx.stroke();
}
