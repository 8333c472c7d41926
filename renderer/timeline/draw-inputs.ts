import type { Step } from '../../core/trace/format.ts';
import { describeOperation, describeOutcome, toneOf } from '../design/describe.ts';
import { binsIn, type Bin } from './density.ts';
import { fillDot, fillTriangle, strokeCross, strokeDiamond, traceCutBox } from './draw-shapes.ts';
import {
  BOX_PX_MIN,
  drawnRange,
  fillCrisp,
  fitText,
  MARK_PX_MIN,
  snap,
  type Scene,
} from './scene.ts';
import { formatId } from './span-text.ts';
import { clamp, stepWidthPx, xOf } from './viewport.ts';

/** Free room above and below what is drawn in the lane. */
const PADDING_PX = 4;
/** The firm end of a bar. */
const CAP_PX = 2;
/** How much of the room the bar of a single step takes: a full one would shout. */
const SINGLE_SHARE = 0.65;

/**
 * The lane of inputs and completions: up from its middle what the machine accepted, down what it
 * rejected, right through what was found wrong. From bars of many steps to boxes of one, the
 * direction stays.
 */
export function drawInputs(scene: Scene): void {
  const stepPx = stepWidthPx(scene.viewport);
  if (stepPx >= BOX_PX_MIN) drawBoxes(scene);
  else if (stepPx >= MARK_PX_MIN) drawMarks(scene, stepPx);
  else drawBars(scene);
}

function drawBars(scene: Scene): void {
  const { topPx, heightPx } = scene.layout.lanes.inputs;
  const middlePx = snap(scene, topPx + heightPx / 2);
  drawMiddle(scene, middlePx);
  for (const bin of binsIn(scene.viewport, drawnRange(scene), scene.trace.length)) {
    drawBar(scene, bin, middlePx);
  }
}

function drawBar(scene: Scene, bin: Bin, middlePx: number): void {
  const { ctx, palette, density, layout } = scene;
  const { topPx, heightPx } = layout.lanes.inputs;
  const { fromStep, toStep, leftPx, rightPx } = bin;
  const steps = toStep - fromStep;
  const halfPx = (heightPx / 2 - PADDING_PX) * (steps === 1 ? SINGLE_SHARE : 1);
  // The root keeps one step among many visible without letting it look like many.
  const lengthPx = (count: number) =>
    count === 0 ? 0 : Math.max(CAP_PX, halfPx * Math.sqrt(count / steps));
  const completions = density.sum('acceptedCompletion', fromStep, toStep);
  const accepted = completions + density.sum('acceptedInput', fromStep, toStep);
  const acceptedPx = lengthPx(accepted);
  const inputsPx = accepted === 0 ? 0 : acceptedPx * (1 - completions / accepted);
  const rejectedPx = lengthPx(density.sum('rejected', fromStep, toStep));
  const place = { leftPx, widthPx: rightPx - leftPx - (steps === 1 ? 1 : 0) };
  drawCapped(scene, place, middlePx, -inputsPx, palette.border, { colour: palette.muted });
  drawCapped(
    scene,
    place,
    middlePx - inputsPx,
    inputsPx - acceptedPx,
    palette.trackedSoft,
    // A double line: completions are told from inputs without colour.
    { colour: palette.tracked, isDouble: true },
  );
  drawCapped(scene, place, middlePx + 1, rejectedPx, palette.rejectedSoft, {
    colour: palette.rejected,
  });
  if (density.sum('finding', fromStep, toStep) > 0) {
    ctx.fillStyle = palette.finding;
    const centrePx = (leftPx + rightPx) / 2;
    fillCrisp(scene, centrePx - 1, topPx + 2, 2, heightPx - 4);
    fillTriangle(ctx, centrePx, topPx + 6, 4);
  }
}

/** A soft bar with a firm end: many of them side by side make a calm area with a clear contour. */
function drawCapped(
  scene: Scene,
  { leftPx, widthPx }: { readonly leftPx: number; readonly widthPx: number },
  fromPx: number,
  lengthPx: number,
  body: string,
  cap: { readonly colour: string; readonly isDouble?: true },
): void {
  if (lengthPx === 0) return;
  const { ctx } = scene;
  const endPx = fromPx + lengthPx;
  ctx.fillStyle = body;
  fillCrisp(scene, leftPx, Math.min(fromPx, endPx), widthPx, Math.abs(lengthPx));
  ctx.fillStyle = cap.colour;
  fillCrisp(scene, leftPx, lengthPx < 0 ? endPx : endPx - CAP_PX, widthPx, CAP_PX);
  if (cap.isDouble) fillCrisp(scene, leftPx, endPx + CAP_PX + 1, widthPx, 1);
}

function drawMiddle(scene: Scene, middlePx: number): void {
  scene.ctx.fillStyle = scene.palette.border;
  fillCrisp(scene, scene.layout.gutterPx, middlePx, scene.layout.widthPx, 1);
}

function drawMarks(scene: Scene, stepPx: number): void {
  const { ctx, palette, layout, trace, viewport } = scene;
  const { topPx, heightPx } = layout.lanes.inputs;
  const middlePx = snap(scene, topPx + heightPx / 2);
  drawMiddle(scene, middlePx);
  const radiusPx = clamp(stepPx * 0.3, 2.2, 4.5);
  const armPx = heightPx / 4;
  for (const stepIndex of drawnSteps(scene)) {
    const glance = trace.glance(stepIndex);
    const xPx = xOf(viewport, stepIndex + 0.5);
    const isCompletion = glance.operation === 'completion';
    const tone = toneOf(glance);
    switch (tone) {
      case 'ok':
        ctx.fillStyle = isCompletion ? palette.tracked : palette.muted;
        ctx.strokeStyle = palette.tracked;
        fillCrisp(scene, xPx - 0.5, middlePx - armPx + radiusPx, 1, armPx - radiusPx);
        if (isCompletion) strokeDiamond(ctx, xPx, middlePx - armPx, radiusPx);
        else fillDot(ctx, xPx, middlePx - armPx, radiusPx * 0.8);
        break;
      case 'rejected':
        ctx.fillStyle = palette.rejected;
        ctx.strokeStyle = palette.rejected;
        if (isCompletion) strokeDiamond(ctx, xPx, middlePx + armPx, radiusPx);
        else strokeCross(ctx, xPx, middlePx + armPx, radiusPx);
        break;
      case 'finding':
        ctx.fillStyle = palette.finding;
        fillCrisp(scene, xPx - 1, topPx + PADDING_PX, 2, heightPx - 2 * PADDING_PX);
        fillTriangle(ctx, xPx, middlePx, radiusPx + 2);
        break;
      case 'crash':
      case 'restore':
        break;
    }
  }
}

function drawBoxes(scene: Scene): void {
  for (const stepIndex of drawnSteps(scene)) {
    const { operation } = scene.trace.glance(stepIndex);
    if (operation === 'input' || operation === 'completion') drawBox(scene, stepIndex);
  }
}

function drawBox(scene: Scene, stepIndex: number): void {
  const { ctx, palette, layout, trace, viewport } = scene;
  const step = trace.step(stepIndex);
  const glance = trace.glance(stepIndex);
  const { topPx, heightPx } = layout.lanes.inputs;
  const leftPx = snap(scene, xOf(viewport, stepIndex)) + 1.5;
  const rightPx = snap(scene, xOf(viewport, stepIndex + 1)) - 1.5;
  const boxTopPx = snap(scene, topPx + PADDING_PX) + 0.5;
  const boxHeightPx = heightPx - 2 * PADDING_PX - 1;
  const isCompletion = glance.operation === 'completion';
  const look = boxLook(scene, toneOf(glance), isCompletion);
  if (isCompletion) traceCutBox(ctx, leftPx, boxTopPx, rightPx - leftPx, boxHeightPx, 6);
  else {
    ctx.beginPath();
    ctx.roundRect(leftPx, boxTopPx, rightPx - leftPx, boxHeightPx, 3);
  }
  ctx.fillStyle = look.fill;
  ctx.fill();
  ctx.strokeStyle = look.edge;
  ctx.lineWidth = 1;
  ctx.stroke();

  const contentLeftPx = Math.max(leftPx, viewport.leftPx) + 7;
  const isTall = boxHeightPx >= 32;
  const firstLinePx = topPx + heightPx / 2 - (isTall ? 7 : 0);
  ctx.fillStyle = look.mark;
  ctx.strokeStyle = look.mark;
  drawBoxMark(ctx, toneOf(glance), isCompletion, contentLeftPx + 4, firstLinePx);
  const roomPx = rightPx - 6 - contentLeftPx;
  ctx.font = palette.textFont;
  ctx.fillStyle = palette.text;
  ctx.fillText(
    fitText(ctx, describeOperation(step.operation), roomPx - 14),
    contentLeftPx + 14,
    firstLinePx,
  );
  if (isTall) drawSecondLine(scene, step, contentLeftPx, roomPx, firstLinePx + 15, look.mark);
}

/** The outcome, and to the right the id of the action that a completion belongs to. */
function drawSecondLine(
  scene: Scene,
  step: Step,
  leftPx: number,
  roomPx: number,
  yPx: number,
  markColour: string,
): void {
  const { ctx, palette } = scene;
  const { operation, outcome, findings } = step;
  // Of an accepted step with a finding, the finding is what matters.
  const text = outcome.kind === 'ok' && findings[0] ? findings[0].name : describeOutcome(step);
  const id = operation.kind === 'completion' ? formatId(operation.id) : '';
  ctx.fillStyle = palette.muted;
  ctx.font = palette.dataFont;
  const idPx = ctx.measureText(id).width;
  const hasRoom = idPx > 0 && idPx < roomPx / 2;
  if (hasRoom) ctx.fillText(id, leftPx + roomPx - idPx, yPx);
  ctx.font = palette.textFont;
  if (outcome.kind !== 'ok' || findings.length > 0) ctx.fillStyle = markColour;
  const outcomeRoomPx = hasRoom ? roomPx - idPx - 6 : roomPx;
  ctx.fillText(fitText(ctx, text, outcomeRoomPx), leftPx, yPx);
}

function drawBoxMark(
  ctx: CanvasRenderingContext2D,
  tone: ReturnType<typeof toneOf>,
  isCompletion: boolean,
  xPx: number,
  yPx: number,
): void {
  if (tone === 'finding') fillTriangle(ctx, xPx, yPx, 4.5);
  else if (isCompletion) strokeDiamond(ctx, xPx, yPx, 4);
  else if (tone === 'rejected') strokeCross(ctx, xPx, yPx, 4);
  else fillDot(ctx, xPx, yPx, 3);
}

function boxLook({ palette }: Scene, tone: ReturnType<typeof toneOf>, isCompletion: boolean) {
  switch (tone) {
    case 'finding':
      return { fill: palette.findingSoft, edge: palette.finding, mark: palette.finding };
    case 'rejected':
      return { fill: palette.rejectedSoft, edge: palette.rejectedSoft, mark: palette.rejected };
    case 'ok':
    case 'crash':
    case 'restore':
      return isCompletion
        ? { fill: palette.trackedSoft, edge: palette.trackedSoft, mark: palette.tracked }
        : { fill: palette.hover, edge: palette.border, mark: palette.muted };
  }
}

function drawnSteps(scene: Scene): number[] {
  const { startAt, endAt } = drawnRange(scene);
  const endStep = Math.min(scene.trace.length, Math.ceil(endAt));
  const steps: number[] = [];
  for (let at = Math.max(0, Math.floor(startAt)); at < endStep; at += 1) steps.push(at);
  return steps;
}
