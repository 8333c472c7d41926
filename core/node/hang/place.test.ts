import { expect, it } from 'vitest';
import type { Frame } from './hang-contract.ts';
import { placeOf } from './place.ts';

const at = (functionName: string, line: number): Frame => ({
  functionName,
  script: 'machine.js',
  line,
  column: 1,
});
const STF = at('stf', 50);

it('is the earliest place in the innermost function that all looks have in common', () => {
  const looks = [
    [at('spin', 12), STF],
    [at('step', 3), at('spin', 11), STF],
    [at('abs', 1), at('step', 4), at('spin', 12), STF],
  ];
  expect(placeOf(looks)).toEqual([at('spin', 11), STF]);
});

it('is in the caller, where the loop calls one function after another', () => {
  const looks = [
    [at('first', 1), at('stf', 7)],
    [at('second', 2), at('stf', 8)],
  ];
  expect(placeOf(looks)).toEqual([at('stf', 7)]);
});

it('is not in a function that is called anew each time', () => {
  const looks = [
    [at('first', 1), at('stf', 7)],
    [at('first', 2), at('stf', 8)],
  ];
  expect(placeOf(looks)).toEqual([at('stf', 7)]);
});

it('is the place of a loop that stays where it is', () => {
  const look = [at('wait', 9), STF];
  expect(placeOf([look, look])).toEqual(look);
});
