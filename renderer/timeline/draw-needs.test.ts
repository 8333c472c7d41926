import { expect, it } from 'vitest';
import type { Need } from '../../core/trace/words/judged.ts';
import { needsIn } from './draw-needs.ts';

const viewportOf = (steps: number, widthPx: number) => ({
  startAt: 0,
  endAt: steps,
  leftPx: 0,
  rightPx: widthPx,
});
const NEEDS = new Map<number, Need>([
  [3, 'needed'],
  [1, 'notNeeded'],
  [2, 'otherwise'],
]);

it('has a stretch for each judged step where there is room', () => {
  const viewport = viewportOf(5, 500);
  expect(needsIn(viewport, viewport, NEEDS, 5)).toEqual([
    { leftPx: 100, rightPx: 200, need: 'notNeeded' },
    { leftPx: 200, rightPx: 300, need: 'otherwise' },
    { leftPx: 300, rightPx: 400, need: 'needed' },
  ]);
});

it('shows of many steps the one that is needed most', () => {
  const viewport = viewportOf(100_000, 100);
  expect(needsIn(viewport, viewport, NEEDS, 100_000).map(({ need }) => need)).toEqual(['needed']);
});

it('begins in the middle of a run', () => {
  const viewport = viewportOf(5, 500);
  const range = { startAt: 2.5, endAt: 5 };
  expect(needsIn(viewport, range, NEEDS, 5).map(({ need }) => need)).toEqual([
    'otherwise',
    'needed',
  ]);
});
