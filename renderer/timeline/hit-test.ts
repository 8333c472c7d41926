import { coversStep, type Note } from '../../core/trace/format/notes.ts';
import { MARKS, markOf } from '../theme/marks.ts';
import { notesNear } from './draw-notes.ts';
import { spanEdges, type SpanLanePlan } from './draw-spans.ts';
import { findingsIn, type MarkIndex } from './events.ts';
import { LANES, type Lane } from './layout.ts';
import { windowPartAt, type WindowPart } from './overview-window.ts';
import type { Scene, WatchLane } from './scene.ts';
import { stepAtX, stepIndexAtX, stepWidthPx, xOf } from './viewport.ts';

/** A mark this near to the pointer is meant by it: one step of many may be narrower than a pixel. */
const REACH_PX = 6;

/** What is under the pointer. */
export type Hit =
  | { readonly kind: 'nothing' }
  /** The name of the lane of faults, whose tooltip explains its marks. */
  | { readonly kind: 'legend'; readonly marks: MarkIndex }
  | { readonly kind: 'overview'; readonly part: WindowPart; readonly stepIndex: number }
  | {
      readonly kind: 'step';
      readonly lane: Lane | 'axis' | 'watch';
      readonly stepIndex: number;
      /** The notes whose marks are there, on the axis. */
      readonly notes?: readonly Note[];
      /** The lane of a watch. */
      readonly watch?: WatchLane;
      /** An index into the trace's list of spans. */
      readonly spanIndex?: number;
      /** How many visible spans have no row, over their strip. */
      readonly hiddenSpans?: number;
    };

export function hitTest(
  scene: Omit<Scene, 'ctx'>,
  plan: SpanLanePlan,
  xPx: number,
  yPx: number,
): Hit {
  const { layout, overviewport, trace, viewport } = scene;
  if (yPx < 0 || yPx >= layout.heightPx) return { kind: 'nothing' };
  const lane = LANES.find((name) => {
    const { topPx, heightPx } = layout.lanes[name];
    return yPx >= topPx && yPx < topPx + heightPx;
  });
  if (xPx < layout.gutterPx) {
    return lane === 'faults' ? { kind: 'legend', marks: scene.marks } : { kind: 'nothing' };
  }
  if (yPx < layout.overview.heightPx) {
    const part = windowPartAt(overviewport, viewport, xPx);
    return { kind: 'overview', part, stepIndex: stepIndexAtX(overviewport, xPx, trace.length) };
  }
  const stepIndex = stepIndexAtX(viewport, xPx, trace.length);
  switch (lane) {
    case undefined: {
      const at = watchAt(scene, yPx);
      return at.lane === 'axis'
        ? axisAt(scene, xPx, stepIndex)
        : { kind: 'step', ...at, stepIndex };
    }
    case 'inputs':
      return { kind: 'step', lane, stepIndex };
    case 'tracked':
      return { kind: 'step', lane, stepIndex, ...spanAt(scene, plan, xPx, yPx) };
    case 'faults': {
      const near = nearest(viewport, xPx, (from, to) => meantSteps(scene, from, to));
      return { kind: 'step', lane, stepIndex: near ?? stepIndex };
    }
    case 'findings': {
      const near = nearest(viewport, xPx, (from, to) => findingStepsIn(trace, from, to));
      return { kind: 'step', lane, stepIndex: near ?? stepIndex };
    }
  }
}

/** The axis: a mark of a note on it means its step. */
function axisAt({ notes: all, viewport }: Omit<Scene, 'ctx'>, xPx: number, stepIndex: number): Hit {
  const notes = notesNear(all, viewport, xPx);
  const [first] = notes;
  if (!first) return { kind: 'step', lane: 'axis', stepIndex };
  const at = coversStep(first, stepIndex) ? stepIndex : first.step;
  return { kind: 'step', lane: 'axis', stepIndex: at, notes };
}

/** The lane of a watch at a height; what is no lane at all is the axis. */
function watchAt(
  { layout, watches }: Omit<Scene, 'ctx'>,
  yPx: number,
): { readonly lane: 'axis' | 'watch'; readonly watch?: WatchLane } {
  const at = layout.watches.findIndex(
    ({ topPx, heightPx }) => yPx >= topPx && yPx < topPx + heightPx,
  );
  const watch = watches[at];
  return watch ? { lane: 'watch', watch } : { lane: 'axis' };
}

function findingStepsIn(trace: Scene['trace'], fromAt: number, toAt: number): readonly number[] {
  return findingsIn(trace, fromAt, toAt).map(({ stepIndex }) => stepIndex);
}

/** Of the marks that lie on one another, those that are drawn: the most important ones. */
function meantSteps(scene: Omit<Scene, 'ctx'>, fromAt: number, toAt: number): readonly number[] {
  const ranked = scene.marks.stepsIn(fromAt, toAt).map((stepIndex) => {
    const mark = markOf(scene.trace.glance(stepIndex));
    return { stepIndex, rank: mark === undefined ? MARKS.length : MARKS.indexOf(mark) };
  });
  if (stepWidthPx(scene.viewport) >= REACH_PX) return ranked.map(({ stepIndex }) => stepIndex);
  const best = Math.min(...ranked.map(({ rank }) => rank));
  return ranked.filter(({ rank }) => rank === best).map(({ stepIndex }) => stepIndex);
}

/** The step of the nearest mark that is in reach. */
function nearest(
  viewport: Scene['viewport'],
  xPx: number,
  stepsIn: (fromAt: number, toAt: number) => readonly number[],
): number | undefined {
  const fromAt = stepAtX(viewport, xPx - REACH_PX) - 1;
  const toAt = stepAtX(viewport, xPx + REACH_PX);
  let found: number | undefined;
  let foundPx = REACH_PX;
  for (const stepIndex of stepsIn(fromAt, toAt)) {
    const distancePx = Math.abs(xOf(viewport, stepIndex + 0.5) - xPx);
    if (distancePx > foundPx) continue;
    foundPx = distancePx;
    found = stepIndex;
  }
  return found;
}

function spanAt(
  scene: Omit<Scene, 'ctx'>,
  plan: SpanLanePlan,
  xPx: number,
  yPx: number,
): { readonly spanIndex?: number; readonly hiddenSpans?: number } {
  if (plan.kind === 'density') return {};
  const { rows, shown, hidden } = plan;
  const row = Math.floor((yPx - rows.topPx) / rows.rowPx);
  if (row >= rows.rowsShown) return rows.overflow && hidden > 0 ? { hiddenSpans: hidden } : {};
  let spanIndex: number | undefined;
  let foundPx = 3;
  for (const index of shown[row] ?? []) {
    const { leftPx, rightPx } = spanEdges(scene, index);
    const distancePx = Math.max(leftPx - xPx, xPx - rightPx, 0);
    if (distancePx >= foundPx) continue;
    foundPx = distancePx;
    spanIndex = index;
  }
  return spanIndex === undefined ? {} : { spanIndex };
}
