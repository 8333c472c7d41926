import { expect, it } from 'vitest';
import { formatPlace } from './format.ts';

it('names the last step as such, since steps count from 0', () => {
  expect(formatPlace(2, 4)).toEqual(['step 2', ' of 4']);
  expect(formatPlace(3, 4)).toEqual(['step 3', ', last of 4']);
  expect(formatPlace(-1, 4)).toEqual(['initial state', ' of 4 steps']);
  expect(formatPlace(-1, 1)).toEqual(['initial state', ' of 1 step']);
});
