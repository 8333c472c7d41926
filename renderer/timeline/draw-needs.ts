import { NEEDS, type Need } from '../../core/trace/words/judged.ts';
import { binsIn } from './density.ts';
import { drawnRange, fillCrisp, type Scene } from './scene.ts';
import type { StepRange, Viewport } from './viewport.ts';

/** The heights of the marks: what is needed more stands higher, so that it can be seen without its colour. */
const HEIGHTS_PX: Readonly<Record<Need, number>> = { needed: 6, otherwise: 4, notNeeded: 2 };
/** In the overview, as a share of that. */
const OVERVIEW_SHARE = 1 / 2;

/** A stretch of the screen, and the need of the step in it that is needed most. */
export interface NeedStretch {
  readonly leftPx: number;
  readonly rightPx: number;
  readonly need: Need;
}

/** The stretches of a range that hold steps which were judged, from left to right. */
export function needsIn(
  viewport: Viewport,
  range: StepRange,
  needs: ReadonlyMap<number, Need>,
  steps: number,
): readonly NeedStretch[] {
  if (needs.size === 0) return [];
  const judged = [...needs.keys()].toSorted((one, other) => one - other);
  const stretches: NeedStretch[] = [];
  let at = 0;
  for (const { fromStep, toStep, leftPx, rightPx } of binsIn(viewport, range, steps)) {
    while ((judged[at] ?? Number.POSITIVE_INFINITY) < fromStep) at += 1;
    let strongest: number = NEEDS.length;
    for (; (judged[at] ?? Number.POSITIVE_INFINITY) < toStep; at += 1) {
      const need = needs.get(judged[at] as number) as Need;
      strongest = Math.min(strongest, NEEDS.indexOf(need));
    }
    const need: Need | undefined = NEEDS[strongest];
    if (need) stretches.push({ leftPx, rightPx, need });
  }
  return stretches;
}

/** Marks how much steps are needed for the finding that is explained, over the inputs and in the overview. */
export function drawNeeds(scene: Scene): void {
  const { needs, layout, overviewport, viewport, trace } = scene;
  if (!needs) return;
  const { overview, lanes } = layout;
  const inOverview = needsIn(overviewport, overviewport, needs, trace.length);
  const bottomPx = overview.topPx + overview.heightPx - 1;
  drawStretches(scene, inOverview, bottomPx, OVERVIEW_SHARE);
  const inView = needsIn(viewport, drawnRange(scene), needs, trace.length);
  drawStretches(scene, inView, lanes.inputs.topPx + HEIGHTS_PX.needed, 1);
}

function drawStretches(
  scene: Scene,
  stretches: readonly NeedStretch[],
  bottomPx: number,
  share: number,
): void {
  const { ctx, palette } = scene;
  const inks = { needed: palette.finding, otherwise: palette.rejected, notNeeded: palette.muted };
  for (const { leftPx, rightPx, need } of stretches) {
    const heightPx = HEIGHTS_PX[need] * share;
    ctx.fillStyle = inks[need];
    const widthPx = Math.max(1, rightPx - leftPx - (rightPx - leftPx > 3 ? 1 : 0));
    fillCrisp(scene, leftPx, bottomPx - heightPx, widthPx, heightPx);
  }
}
