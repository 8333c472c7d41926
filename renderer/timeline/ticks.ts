/** Labels on the axis are at least this far apart. */
const TICK_PX_MIN = 84;
const MINOR_TICK_PX_MIN = 6;

export interface Ticks {
  /** Steps between labelled ticks: 1, 2 or 5 times a power of ten. */
  readonly majorSteps: number;
  /** Steps between the small ticks; the same as `majorSteps` when there are none. */
  readonly minorSteps: number;
}

/** Distances of ticks that are round numbers and leave room for their labels. */
export function ticksFor(stepPx: number): Ticks {
  const wantedSteps = Math.max(1, TICK_PX_MIN / stepPx);
  const power = 10 ** Math.floor(Math.log10(wantedSteps));
  // A label may come a little closer than wanted rather than be off by rounding: 1.0000000002.
  const multiple = [1, 2, 5, 10].find((factor) => factor * power >= wantedSteps * 0.999) ?? 10;
  const majorSteps = Math.max(1, Math.round(multiple * power));
  const minorSteps =
    [majorSteps / 10, majorSteps / 5, majorSteps / 2].find(
      (steps) => Number.isInteger(steps) && steps * stepPx >= MINOR_TICK_PX_MIN,
    ) ?? majorSteps;
  return { majorSteps, minorSteps };
}
