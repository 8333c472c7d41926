import { expect, it } from 'vitest';
import { chooseLines, firstOfStep, lineAt } from './console-lines.ts';
import type { OutputLine } from './use-output.ts';

const line = (stepIndex: number, text: string, level: OutputLine['level'] = 'log'): OutputLine => ({
  stepIndex,
  level,
  text,
  isFirst: true,
});
const LINES = [
  line(1, 'Selling seat 4'),
  line(3, 'row is full', 'warn'),
  line(3, 'of seat 4'),
  line(7, 'lost', 'stderr'),
];

it('chooses lines that hold all words, of a level', () => {
  expect(chooseLines(LINES, '', 'all')).toBe(LINES);
  expect(chooseLines(LINES, ' SEAT 4 ', 'all')).toEqual([LINES[0], LINES[2]]);
  expect(chooseLines(LINES, '', 'warnings')).toEqual([LINES[1], LINES[3]]);
  expect(chooseLines(LINES, 'seat', 'warnings')).toEqual([]);
});

it.each([
  [0, -1, 0],
  [1, 0, 0],
  [2, 0, 0],
  [3, 2, 1],
  [6, 2, 1],
  [9, 3, 3],
])('finds the lines of step %i, or those before it', (stepIndex, last, first) => {
  expect(lineAt(LINES, stepIndex)).toBe(last);
  if (last >= 0) expect(firstOfStep(LINES, last)).toBe(first);
});
