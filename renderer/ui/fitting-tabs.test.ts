import { describe, expect, it } from 'vitest';
import { fittingTabs } from './fitting-tabs.ts';

const WIDTHS = [40, 40, 60, 60, 50];
const fitting = (selected: number, roomPx: number) => {
  const fit = fittingTabs(WIDTHS, selected, roomPx);
  return [...WIDTHS.keys()].filter((at) => fit.has(at));
};

describe('tabs', () => {
  it('all stand in a row that has room for them', () => {
    expect(fitting(0, 250 + 4 * 8)).toEqual([0, 1, 2, 3, 4]);
    expect(fitting(0, 250 + 4 * 8 - 1)).not.toContain(4);
  });

  it('leave room for the menu of the others', () => {
    expect(fitting(0, 40 + 8 + 40 + 8 + 76)).toEqual([0, 1]);
    expect(fitting(0, 40 + 8 + 40 + 8 + 75)).toEqual([0]);
  });

  it('always have the selected one among them', () => {
    expect(fitting(4, 40 + 8 + 50 + 8 + 76)).toEqual([0, 4]);
    expect(fitting(3, 10)).toEqual([3]);
  });
});
