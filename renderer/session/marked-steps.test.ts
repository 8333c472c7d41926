import { beforeEach, expect, it } from 'vitest';
import { filters, setFilter } from './filters.ts';
import { markedBeside, markedPart, markedSteps, toggleMarked } from './marked-steps.ts';

beforeEach(() => {
  markedPart.recall({});
  filters.setState(filters.getInitialState(), true);
});

it('marks steps in their order, and goes from one to the next', () => {
  for (const step of [7, 2, 40]) expect(toggleMarked('run', step)).toBe(true);
  expect(markedSteps('run')).toEqual([2, 7, 40]);
  expect(markedSteps('other')).toEqual([]);
  expect(markedBeside('run', 7, 'next')).toBe(40);
  expect(markedBeside('run', 7, 'previous')).toBe(2);
  expect(markedBeside('run', 40, 'next')).toBeUndefined();
  expect(toggleMarked('run', 7)).toBe(false);
  expect(markedSteps('run')).toEqual([2, 40]);
});

it('keeps a filter by the marked steps up to date', () => {
  toggleMarked('run', 3);
  setFilter('run', { marked: markedSteps('run') });
  toggleMarked('run', 1);
  expect(filters.getState().filters).toEqual({ run: { marked: [1, 3] } });
  toggleMarked('run', 1);
  toggleMarked('run', 3);
  expect(filters.getState().filters).toEqual({});
});
