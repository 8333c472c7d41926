import { expect, it } from 'vitest';
import { byCount, formatAll, formatCount, formatMore, formatPlural } from './counts.ts';

it('groups digits', () => {
  expect([0, 999, 1000, 1_234_567, 12_345.5].map(formatCount)).toEqual([
    '0',
    '999',
    '1 000',
    '1 234 567',
    '12 345.5',
  ]);
});

it.each([
  [0, '0 steps', 'All 0 steps', '0 more steps', 'fail'],
  [1, '1 step', 'The only step', '1 more step', 'fails'],
  [2, '2 steps', 'All 2 steps', '2 more steps', 'fail'],
  [10_000, '10 000 steps', 'All 10 000 steps', '10 000 more steps', 'fail'],
])('fits nouns and verbs to %i', (count, plural, all, more, verb) => {
  expect([formatPlural(count, 'step'), formatAll(count, 'step')]).toEqual([plural, all]);
  expect([formatMore(count, 'step'), byCount(count, 'fails', 'fail')]).toEqual([more, verb]);
});
