import { MARKS, type Mark } from '../theme/marks.ts';

/** A mark of the lane, and how much of it is drawn where there is little room. */
export interface PlacedMark {
  readonly stepIndex: number;
  readonly mark: Mark;
  readonly xPx: number;
  readonly size: 'whole' | 'tick';
}

/**
 * Decides which marks are drawn whole: the more important ones first, and of equal ones the earlier.
 * Overlapping marks would be a blot, so a mark that is too near to a whole one is drawn as a tick; a
 * restore is then left out, since it comes with every crash.
 *
 * @param marks in the order of their steps.
 */
export function placeMarks(
  marks: readonly Omit<PlacedMark, 'size'>[],
  distancePx: number,
): readonly PlacedMark[] {
  const byImportance = marks.toSorted((a, b) => MARKS.indexOf(a.mark) - MARKS.indexOf(b.mark));
  const whole: number[] = [];
  return byImportance.flatMap((placed): PlacedMark[] => {
    if (whole.every((xPx) => Math.abs(xPx - placed.xPx) >= distancePx)) {
      whole.push(placed.xPx);
      return [{ ...placed, size: 'whole' }];
    }
    return placed.mark === 'restore' ? [] : [{ ...placed, size: 'tick' }];
  });
}
