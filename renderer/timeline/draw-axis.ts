import { formatCount } from '../words/format.ts';
import { drawnRange, fillCrisp, type Scene } from './scene.ts';
import { ticksFor } from './ticks.ts';
import { stepWidthPx, xOf } from './viewport.ts';

/** The initial state has a label when steps are at least this wide. */
const START_PX_MIN = 40;

/** The ticks of the axis, over the middle of their steps. */
export function drawTicks(scene: Scene): void {
  const { ctx, palette, layout, viewport } = scene;
  const bottomPx = layout.axis.topPx + layout.axis.heightPx;
  const { majorSteps, minorSteps } = ticksFor(stepWidthPx(viewport));
  ctx.fillStyle = palette.borderStrong;
  for (const step of stepsOnAxis(scene, minorSteps)) {
    const highPx = step % majorSteps === 0 ? 5 : 3;
    fillCrisp(scene, xOf(viewport, step + 0.5) - 0.5, bottomPx - highPx, 1, highPx);
  }
}

/** A part of the axis that is taken. */
export interface Taken {
  readonly leftPx: number;
  readonly rightPx: number;
}

/** The numbers on the axis, except where the cursor's flag covers them. */
export function drawTickLabels(scene: Scene, flag: Taken): void {
  const { ctx, palette, layout, viewport } = scene;
  const stepPx = stepWidthPx(viewport);
  ctx.font = palette.dataFont;
  ctx.fillStyle = palette.muted;
  ctx.textAlign = 'center';
  const draw = (label: string, stepIndex: number) => {
    const xPx = xOf(viewport, stepIndex + 0.5);
    const halfPx = ctx.measureText(label).width / 2;
    if (xPx - halfPx < layout.gutterPx + 4 || xPx + halfPx > layout.widthPx - 4) return;
    if (xPx + halfPx > flag.leftPx - 4 && xPx - halfPx < flag.rightPx + 4) return;
    ctx.fillText(label, xPx, layout.axis.topPx + layout.axis.heightPx / 2 - 1);
  };
  for (const step of stepsOnAxis(scene, ticksFor(stepPx).majorSteps)) draw(formatCount(step), step);
  if (stepPx >= START_PX_MIN) draw('start', -1);
  ctx.textAlign = 'left';
}

function stepsOnAxis(scene: Scene, everySteps: number): number[] {
  const { startAt, endAt } = drawnRange(scene);
  const lastStep = Math.min(scene.trace.length - 1, Math.ceil(endAt));
  const steps: number[] = [];
  const firstStep = Math.max(0, Math.floor(startAt / everySteps) * everySteps);
  for (let step = firstStep; step <= lastStep; step += everySteps) steps.push(step);
  return steps;
}
