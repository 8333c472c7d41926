import { assertNever } from '../../core/assert.ts';
import type { Step } from '../../core/trace/format/format.ts';
import type { StepGlance } from '../../core/trace/glance.ts';
import {
  describeAnswer,
  describeOperation,
  toneOf,
  type StepTone,
} from '../../core/trace/words/step-words.ts';
import { markOf } from '../theme/marks.ts';
import { shownName } from '../words/shown.ts';
import { binsIn, type Bin } from './density.ts';
import {
  drawMark,
  fillDot,
  fillTriangle,
  strokeCross,
  strokeDiamond,
  traceCutBox,
} from './draw-shapes.ts';
import {
  BOX_PX_MIN,
  drawnRange,
  fillCrisp,
  fitText,
  hasManyFindings,
  MARK_PX_MIN,
  snap,
  type Scene,
} from './scene.ts';
import { formatId } from './timeline-text.ts';
import { clamp, stepWidthPx, xOf } from './viewport.ts';

/** Free room above and below what is drawn in the lane. */
const PADDING_PX = 4;
/** The firm end of a bar. */
const CAP_PX = 2;
/** How much of the room the bar of a single step takes: a full one would shout. */
const SINGLE_SHARE = 0.65;

/**
 * The lane of inputs and completions: up from its middle what the machine accepted, down what it
 * rejected or what a fault kept from being handled, right through what was found wrong. From bars
 * of many steps to boxes of one, the direction stays.
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
  const bins = binsIn(scene.viewport, drawnRange(scene), scene.trace.length);
  const hasMany = hasManyFindings(scene, scene.viewport);
  for (const bin of bins) {
    drawBar(scene, bin, middlePx);
    drawFindingsOf(scene, bin, hasMany);
  }
}

/** A finding is a line through the lane; of many, only the heads, or there would be nothing else. */
function drawFindingsOf(scene: Scene, bin: Bin, hasMany: boolean): void {
  const { ctx, palette, density, layout } = scene;
  if (density.sum('finding', bin.fromStep, bin.toStep) === 0) return;
  const { topPx, heightPx } = layout.lanes.inputs;
  const centrePx = (bin.leftPx + bin.rightPx) / 2;
  ctx.fillStyle = palette.finding;
  if (hasMany) {
    fillCrisp(scene, bin.leftPx, topPx + 1, bin.rightPx - bin.leftPx, 2);
    return;
  }
  fillCrisp(scene, centrePx - 1, topPx + 2, 2, heightPx - 4);
  fillTriangle(ctx, centrePx, topPx + 6, 4);
}

function drawBar(scene: Scene, bin: Bin, middlePx: number): void {
  const { palette, density, layout } = scene;
  const { heightPx } = layout.lanes.inputs;
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
  const failed = density.sum('failed', fromStep, toStep);
  const refused = failed + density.sum('rejected', fromStep, toStep);
  const refusedPx = lengthPx(refused);
  const rejectedPx = refused === 0 ? 0 : refusedPx * (1 - failed / refused);
  const place = { leftPx, widthPx: rightPx - leftPx - (steps === 1 ? 1 : 0) };
  drawCapped(scene, place, middlePx, -inputsPx, palette.border, { colour: palette.muted });
  drawCapped(
    scene,
    place,
    middlePx - inputsPx,
    inputsPx - acceptedPx,
    palette.trackedSoft,
    // A double line: completions differ from inputs without colour.
    { colour: palette.tracked, isDouble: true },
  );
  drawCapped(scene, place, middlePx + 1, rejectedPx, palette.rejectedSoft, {
    colour: palette.rejected,
  });
  drawCapped(
    scene,
    place,
    middlePx + 1 + rejectedPx,
    refusedPx - rejectedPx,
    palette.rejectedSoft,
    // A double line here as well: these were rolled back because of a fault.
    { colour: palette.rejected, isDouble: true },
  );
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
  if (!cap.isDouble) return;
  fillCrisp(scene, leftPx, lengthPx < 0 ? endPx + CAP_PX + 1 : endPx - CAP_PX - 2, widthPx, 1);
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
    if (glance.operation !== 'normal' && glance.operation !== 'trackedActionCompleted') continue;
    const xPx = xOf(viewport, stepIndex + 0.5);
    const isCompletion = glance.operation === 'trackedActionCompleted';
    const mark = markOf(glance);
    const tone = toneOf(glance);
    if (tone === 'finding') {
      ctx.fillStyle = palette.finding;
      fillCrisp(scene, xPx - 1, topPx + PADDING_PX, 2, heightPx - 2 * PADDING_PX);
      fillTriangle(ctx, xPx, middlePx, radiusPx + 2);
      continue;
    }
    const isAccepted = tone === 'ok';
    const yPx = isAccepted ? middlePx - armPx : middlePx + armPx;
    if (isAccepted) {
      ctx.fillStyle = isCompletion ? palette.tracked : palette.muted;
      fillCrisp(scene, xPx - 0.5, yPx + radiusPx, 1, armPx - radiusPx);
    }
    if (mark) drawMark(ctx, palette, mark, { xPx, yPx, radiusPx });
    else drawAnswer(scene, xPx, yPx, radiusPx, { isAccepted, isCompletion });
  }
}

function drawAnswer(
  { ctx, palette }: Scene,
  xPx: number,
  yPx: number,
  radiusPx: number,
  { isAccepted, isCompletion }: { readonly isAccepted: boolean; readonly isCompletion: boolean },
): void {
  if (isCompletion) {
    ctx.strokeStyle = isAccepted ? palette.tracked : palette.rejected;
    strokeDiamond(ctx, xPx, yPx, radiusPx);
  } else if (isAccepted) {
    ctx.fillStyle = palette.muted;
    fillDot(ctx, xPx, yPx, radiusPx * 0.8);
  } else {
    ctx.strokeStyle = palette.rejected;
    strokeCross(ctx, xPx, yPx, radiusPx);
  }
}

function drawBoxes(scene: Scene): void {
  for (const stepIndex of drawnSteps(scene)) {
    const { operation } = scene.trace.glance(stepIndex);
    if (operation === 'normal' || operation === 'trackedActionCompleted') drawBox(scene, stepIndex);
  }
}

function drawBox(scene: Scene, stepIndex: number): void {
  const { ctx, palette, layout, trace, viewport } = scene;
  const step = scene.stepAt(stepIndex);
  const glance = trace.glance(stepIndex);
  const { topPx, heightPx } = layout.lanes.inputs;
  const leftPx = snap(scene, xOf(viewport, stepIndex)) + 1.5;
  const rightPx = snap(scene, xOf(viewport, stepIndex + 1)) - 1.5;
  const boxTopPx = snap(scene, topPx + PADDING_PX) + 0.5;
  const boxHeightPx = heightPx - 2 * PADDING_PX - 1;
  const isCompletion = glance.operation === 'trackedActionCompleted';
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
  drawBoxMark(scene, glance, look.mark, contentLeftPx + 4, firstLinePx);
  if (!step) return;
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
  const [finding] = findings;
  const text = outcome.kind === 'ok' && finding ? shownName(finding.name) : describeAnswer(step);
  const id = operation.kind === 'trackedActionCompleted' ? formatId(operation.id) : '';
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
  { ctx, palette }: Scene,
  glance: StepGlance,
  colour: string,
  xPx: number,
  yPx: number,
): void {
  const tone = toneOf(glance);
  const mark = markOf(glance);
  ctx.fillStyle = colour;
  ctx.strokeStyle = colour;
  if (tone === 'finding') fillTriangle(ctx, xPx, yPx, 4.5);
  else if (mark) drawMark(ctx, palette, mark, { xPx, yPx, radiusPx: 4.5 });
  else if (glance.operation === 'trackedActionCompleted') strokeDiamond(ctx, xPx, yPx, 4);
  else if (tone === 'rejected') strokeCross(ctx, xPx, yPx, 4);
  else fillDot(ctx, xPx, yPx, 3);
}

function boxLook({ palette }: Scene, tone: StepTone, isCompletion: boolean) {
  switch (tone) {
    case 'finding':
      return { fill: palette.findingSoft, edge: palette.finding, mark: palette.finding };
    case 'rejected':
    case 'failed':
      return { fill: palette.rejectedSoft, edge: palette.rejectedSoft, mark: palette.rejected };
    case 'died':
      return { fill: palette.crashSoft, edge: palette.crashSoft, mark: palette.crash };
    case 'ok':
    case 'crash':
    case 'restore':
    case 'loss':
    case 'settled':
      return isCompletion
        ? { fill: palette.trackedSoft, edge: palette.trackedSoft, mark: palette.tracked }
        : { fill: palette.hover, edge: palette.border, mark: palette.muted };
    default:
      return assertNever(tone, 'tone');
  }
}

function drawnSteps(scene: Scene): number[] {
  const { startAt, endAt } = drawnRange(scene);
  const endStep = Math.min(scene.trace.length, Math.ceil(endAt));
  const steps: number[] = [];
  for (let at = Math.max(0, Math.floor(startAt)); at < endStep; at += 1) steps.push(at);
  return steps;
}
