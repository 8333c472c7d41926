import type { Mark } from '../theme/marks.ts';
import { formatCount } from '../words/format.ts';
import type { SpanLanePlan } from './draw-spans.ts';
import type { Strip } from './layout.ts';
import { fillCrisp, type Scene } from './scene.ts';

const NAME_LEFT_PX = 12;
const NAME_RIGHT_PX = 12;

/** Marks of steps that give the machine nothing to handle. */
const OUTSIDE_MARKS: readonly Mark[] = [
  'crash',
  'crashWithLoss',
  'restore',
  'restoreFailed',
  'restoreRefused',
  'loss',
  'settled',
];

/** Marks of faults. A process that dies inside a step is counted with the crash that follows. */
const FAULT_MARKS: readonly Mark[] = [
  'crash',
  'crashWithLoss',
  'restoreFailed',
  'restoreRefused',
  'storage',
  'refused',
  'loss',
  'duplicate',
];

/** The height of a line of the gutter. */
const NAME_LINE_PX = 14;

/** The names of the strips, with the count of each in the whole trace. */
export function drawGutter(scene: Scene, plan: SpanLanePlan): void {
  const { ctx, palette, layout, marks, trace, spans } = scene;
  const countAll = (names: readonly Mark[]) =>
    names.reduce((sum, mark) => sum + marks.count(mark), 0);
  ctx.fillStyle = palette.surface;
  ctx.fillRect(0, 0, layout.gutterPx, layout.heightPx);
  if (layout.overview.heightPx > 0) drawName(scene, layout.overview, 'Overview');
  drawName(scene, layout.axis, 'Step');
  drawName(scene, layout.lanes.inputs, 'Inputs', trace.length - countAll(OUTSIDE_MARKS));
  drawName(scene, layout.lanes.tracked, 'Tracked', spans.count);
  drawName(scene, layout.lanes.faults, 'Faults', countAll(FAULT_MARKS));
  const findings = scene.isEarlier ? 'Earlier findings' : 'Findings';
  drawName(scene, layout.lanes.findings, findings, trace.findings.length);
  const overflow = plan.kind === 'rows' && plan.hidden > 0 ? plan.rows.overflow : undefined;
  const hiddenPx = overflow ? overflow.topPx + overflow.heightPx / 2 : 0;
  // In a low lane there is room for its name only.
  if (plan.kind === 'rows' && hiddenPx >= nameYOf(layout.lanes.tracked) + NAME_LINE_PX) {
    ctx.font = palette.dataFont;
    ctx.textAlign = 'right';
    ctx.fillStyle = palette.tracked;
    const text = `+${formatCount(plan.hidden)} more`;
    ctx.fillText(text, layout.gutterPx - NAME_RIGHT_PX, hiddenPx);
    ctx.textAlign = 'left';
  }
  ctx.fillStyle = palette.border;
  fillCrisp(scene, layout.gutterPx - 1, 0, 1, layout.heightPx);
}

/** In a high lane the name stands at its top, as a heading does. */
function nameYOf({ topPx, heightPx }: Strip): number {
  return topPx + Math.min(heightPx / 2, 14);
}

function drawName(scene: Scene, strip: Strip, name: string, count?: number): void {
  const { ctx, palette, layout } = scene;
  const yPx = nameYOf(strip);
  ctx.font = palette.textFont;
  ctx.fillStyle = palette.muted;
  ctx.fillText(name, NAME_LEFT_PX, yPx);
  if (count === undefined) return;
  const nameEndPx = NAME_LEFT_PX + ctx.measureText(name).width;
  ctx.font = palette.dataFont;
  const text = formatCount(count);
  const rightPx = layout.gutterPx - NAME_RIGHT_PX;
  if (rightPx - ctx.measureText(text).width < nameEndPx + 4) return;
  ctx.textAlign = 'right';
  ctx.fillStyle = count === 0 ? palette.muted : palette.text;
  ctx.fillText(text, rightPx, yPx);
  ctx.textAlign = 'left';
}
