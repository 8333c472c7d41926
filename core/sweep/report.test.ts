import { expect, it } from 'vitest';
import { describeStillFailing } from './report.ts';

it.each([
  [0, 1, 'The only saved seed no longer fails'],
  [1, 1, 'The only saved seed still fails'],
  [0, 3, 'None of the 3 saved seeds still fails'],
  [1, 3, '1 of 3 saved seeds still fails'],
  [2, 3, '2 of 3 saved seeds still fail'],
  [3, 3, 'All 3 saved seeds still fail'],
])('says of %i of %i saved seeds whether they still fail', (failing, all, sentence) => {
  expect(describeStillFailing(failing, all, 'saved seed')).toBe(sentence);
});
