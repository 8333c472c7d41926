import { expect, it } from 'vitest';
import { tellDoom } from './doom-words.ts';
import { formatSentence } from './sentences.ts';

const point = (from: number, share: number, half = 0.1) => ({
  from,
  runs: 40,
  failed: Math.round(40 * share),
  share,
  low: Math.max(0, share - half),
  high: Math.min(1, share + half),
});

it.each([
  [
    'a step that decided it',
    { points: [point(0, 0.1), point(4, 0.2), point(5, 0.9)], decidedAt: 4, runs: 120 },
    'Decided at step 4: 20 % of the runs with other draws fail before it, and 90 % after it.',
  ],
  [
    'a flat curve',
    { points: [point(0, 0.86), point(4, 0.9), point(5, 0.92)], runs: 120 },
    'No single step decided it: wherever the run goes on from, 86 to 92 % of the runs with other draws fail.',
  ],
  [
    'a curve that is the same everywhere',
    { points: [point(0, 1, 0), point(4, 1, 0)], runs: 80 },
    'No single step decided it: wherever the run goes on from, 100 % of the runs with other draws fail.',
  ],
  [
    'a slope without a jump',
    { points: [point(0, 0.2), point(4, 0.35), point(8, 0.5)], runs: 120 },
    'No single step decided it, as far as 120 runs can tell: the share of runs that fail is between 20 % and 50 %, and jumps nowhere.',
  ],
  [
    'a curve that ends early',
    { points: [point(0, 1, 0), point(40, 1, 0)], runs: 16, failure: { stepIndex: 62 } },
    'No single step decided it: wherever the run goes on from, 100 % of the runs with other draws fail. How it went after step 40 is not known: that takes more runs.',
  ],
  [
    'a curve to its end',
    { points: [point(0, 1, 0), point(62, 1, 0)], runs: 16, failure: { stepIndex: 62 } },
    'No single step decided it: wherever the run goes on from, 100 % of the runs with other draws fail.',
  ],
])('tells of %s', (_, found, told) => {
  expect(formatSentence(tellDoom(found))).toBe(told);
});
