import type { Filtered } from '../session/step-search.ts';
import { binsIn } from './density.ts';
import { drawnRange, fillCrisp, type Scene } from './scene.ts';
import type { StepRange, Viewport } from './viewport.ts';

/** How much of what the filter hides is covered. */
const VEIL = 0.72;
/** The height of the strip that marks the steps that the filter shows. */
const STRIP_PX = 2;

/** A stretch of the screen whose steps the filter all hides, or some of which it shows. */
export interface Stretch {
  readonly leftPx: number;
  readonly rightPx: number;
  readonly isShown: boolean;
}

/**
 * The stretches of a range, from left to right. Steps that are not searched yet are in none. A bar
 * that stands for several steps is shown when one of them is.
 */
export function stretchesIn(
  viewport: Viewport,
  range: StepRange,
  { steps, searched }: Pick<Filtered, 'steps' | 'searched'>,
): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const { fromStep, toStep, leftPx, rightPx } of binsIn(viewport, range, searched)) {
    const isShown = steps.countBefore(toStep) > steps.countBefore(fromStep);
    const last = stretches.at(-1);
    if (last?.isShown === isShown) {
      stretches[stretches.length - 1] = { leftPx: last.leftPx, rightPx, isShown };
    } else stretches.push({ leftPx, rightPx, isShown });
  }
  return stretches;
}

/**
 * Covers the steps that the filter hides, and marks those that it shows. The watches stay as they are: what a
 * value was at a step does not depend on which steps are shown.
 */
export function drawMatches(scene: Scene): void {
  const { filtered, layout, overviewport, viewport, palette } = scene;
  if (!filtered) return;
  const inOverview = stretchesIn(overviewport, overviewport, filtered);
  const { overview, lanes } = layout;
  drawStretches(scene, inOverview, palette.sunken, 0, overview.heightPx - 1);
  const inView = stretchesIn(viewport, drawnRange(scene), filtered);
  const { topPx } = lanes.inputs;
  drawStretches(scene, inView, palette.surface, topPx, layout.watchesHead.topPx - topPx);
}

function drawStretches(
  scene: Scene,
  stretches: readonly Stretch[],
  ground: string,
  topPx: number,
  heightPx: number,
): void {
  const { ctx, palette } = scene;
  for (const { leftPx, rightPx, isShown } of stretches) {
    ctx.globalAlpha = isShown ? 1 : VEIL;
    ctx.fillStyle = isShown ? palette.accent : ground;
    fillCrisp(scene, leftPx, topPx, rightPx - leftPx, isShown ? STRIP_PX : heightPx);
  }
  ctx.globalAlpha = 1;
}
