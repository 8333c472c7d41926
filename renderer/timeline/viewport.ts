/**
 * Where steps stand on the screen. Two spaces, distinguished by the ends of names:
 * - `…At` is a step coordinate, a real number: step k covers [k, k + 1), the initial state [-1, 0);
 * - `…Px` is a distance in CSS pixels from the left or top of the timeline.
 *
 * The state after step k is that at k + 1, the right end of its cell, so the cursor's line stands
 * there. Spans go from the middle of a cell to the middle of another: the line then crosses exactly
 * the tracked actions that are outstanding at the cursor.
 */
export interface StepRange {
  readonly startAt: number;
  readonly endAt: number;
}

/** A range of steps on a stretch of the screen. */
export interface Viewport extends StepRange {
  readonly leftPx: number;
  readonly rightPx: number;
}

/** The narrowest range that can be shown, in steps. */
export const VISIBLE_STEPS_MIN = 1;

/** How much of the range is kept free beyond a step that was revealed. */
const REVEAL_MARGIN = 0.15;

/** All that a trace can show: the initial state and its steps. */
export function extentOf(lengthSteps: number): StepRange {
  return { startAt: -1, endAt: Math.max(0, lengthSteps) };
}

export function widthOf(range: StepRange): number {
  return range.endAt - range.startAt;
}

/** The width of a step on the screen. */
export function stepWidthPx(viewport: Viewport): number {
  return (viewport.rightPx - viewport.leftPx) / widthOf(viewport);
}

export function xOf(viewport: Viewport, stepAt: number): number {
  return viewport.leftPx + (stepAt - viewport.startAt) * stepWidthPx(viewport);
}

export function stepAtX(viewport: Viewport, xPx: number): number {
  return viewport.startAt + (xPx - viewport.leftPx) / stepWidthPx(viewport);
}

/** The step whose cell holds a position, kept inside the viewport and the trace; -1 at the start. */
export function stepIndexAtX(viewport: Viewport, xPx: number, lengthSteps: number): number {
  const insidePx = clamp(xPx, viewport.leftPx, viewport.rightPx);
  return clamp(Math.floor(stepAtX(viewport, insidePx)), -1, lengthSteps - 1);
}

/** The range moved, and narrowed or widened where it must be, to lie within the extent. */
export function clampRange(range: StepRange, extent: StepRange): StepRange {
  const width = clamp(widthOf(range), VISIBLE_STEPS_MIN, widthOf(extent));
  const middleAt = (range.startAt + range.endAt) / 2;
  const wantedAt = width === widthOf(range) ? range.startAt : middleAt - width / 2;
  const startAt = clamp(wantedAt, extent.startAt, extent.endAt - width);
  return { startAt, endAt: startAt + width };
}

/**
 * The range zoomed around a coordinate, which keeps its place on the screen as long as the range
 * stays within the extent.
 *
 * @param factor below 1 to see fewer steps, larger.
 */
export function zoomRange(
  range: StepRange,
  anchorAt: number,
  factor: number,
  extent: StepRange,
): StepRange {
  const width = clamp(widthOf(range) * factor, VISIBLE_STEPS_MIN, widthOf(extent));
  const share = (anchorAt - range.startAt) / widthOf(range);
  const startAt = anchorAt - share * width;
  return clampRange({ startAt, endAt: startAt + width }, extent);
}

export function panRange(range: StepRange, bySteps: number, extent: StepRange): StepRange {
  return clampRange({ startAt: range.startAt + bySteps, endAt: range.endAt + bySteps }, extent);
}

/** Whether the whole cell of a step is in the range. */
export function isVisible(range: StepRange, stepIndex: number): boolean {
  return stepIndex >= range.startAt && stepIndex + 1 <= range.endAt;
}

/**
 * The range panned as far as needed to show the cell of a step: by a little when the step is just
 * outside, so that stepping along keeps what is on the screen; centred when it is far away.
 */
export function revealRange(range: StepRange, stepIndex: number, extent: StepRange): StepRange {
  if (isVisible(range, stepIndex)) return range;
  const width = widthOf(range);
  const marginSteps = Math.max(0, Math.min(width * REVEAL_MARGIN, (width - 1) / 2));
  const isBefore = stepIndex < range.startAt;
  const beyondSteps = isBefore ? range.startAt - stepIndex : stepIndex + 1 - range.endAt;
  const isFar = beyondSteps > width;
  let startAt = stepIndex + 0.5 - width / 2;
  if (!isFar) startAt = isBefore ? stepIndex - marginSteps : stepIndex + 1 + marginSteps - width;
  return clampRange({ startAt, endAt: startAt + width }, extent);
}

/** A range on the way from one to another; `share` runs from 0 to 1. */
export function between(from: StepRange, to: StepRange, share: number): StepRange {
  return {
    startAt: from.startAt + (to.startAt - from.startAt) * share,
    endAt: from.endAt + (to.endAt - from.endAt) * share,
  };
}

export function clamp(value: number, min: number, max: number): number {
  return Math.max(min, Math.min(max, value));
}
