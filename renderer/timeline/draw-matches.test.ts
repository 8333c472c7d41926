import { describe, expect, it } from 'vitest';
import { StepSet } from '../session/step-set.ts';
import { stretchesIn } from './draw-matches.ts';

const wide = { startAt: 0, endAt: 10, leftPx: 0, rightPx: 100 };

describe('the stretches of a filtered timeline', () => {
  it('tell shown steps from hidden ones', () => {
    const filtered = { steps: StepSet.EMPTY.with([2, 3, 7]), searched: 10 };
    expect(stretchesIn(wide, wide, filtered)).toEqual([
      { leftPx: 0, rightPx: 20, isShown: false },
      { leftPx: 20, rightPx: 40, isShown: true },
      { leftPx: 40, rightPx: 70, isShown: false },
      { leftPx: 70, rightPx: 80, isShown: true },
      { leftPx: 80, rightPx: 100, isShown: false },
    ]);
  });

  it('leave out what is not searched yet', () => {
    const filtered = { steps: StepSet.EMPTY, searched: 4 };
    expect(stretchesIn(wide, wide, filtered)).toEqual([{ leftPx: 0, rightPx: 40, isShown: false }]);
  });

  it('show a bar of many steps when one of them is shown', () => {
    const narrow = { startAt: 0, endAt: 1_000_000, leftPx: 0, rightPx: 1000 };
    const filtered = { steps: StepSet.EMPTY.with([500_000]), searched: 1_000_000 };
    const shown = stretchesIn(narrow, narrow, filtered).filter(({ isShown }) => isShown);
    expect(shown).toHaveLength(1);
    expect((shown[0]?.rightPx ?? 0) - (shown[0]?.leftPx ?? 0)).toBeGreaterThanOrEqual(3);
  });
});
