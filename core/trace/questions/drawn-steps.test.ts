import { expect, it } from 'vitest';
import { traceOfStates } from '../../test-helpers/test-states.ts';
import { stateMadeAt, statesToDraw } from './drawn-steps.ts';

// Steps 0, 2, 4 and 6 change the state.
const trace = traceOfStates(
  { n: 0 },
  [1, 1, 2, 2, 3, 3, 4].map((n) => ({ n })),
);

it('says which step made a state', () => {
  expect([-1, 0, 1, 2, 6].map((step) => stateMadeAt(trace, step))).toEqual([-1, 0, 0, 2, 6]);
});

it('chooses the nearest states, up to all of them', () => {
  expect(statesToDraw(trace, 3, 1)).toEqual([2]);
  expect(statesToDraw(trace, 3, 3)).toEqual([0, 2, 4]);
  expect(statesToDraw(trace, -1, 2)).toEqual([-1, 0]);
  expect(statesToDraw(trace, 6, 99)).toEqual([-1, 0, 2, 4, 6]);
});

it('chooses the states of notes first', () => {
  trace.index.addNote({ id: 'a', step: 6, text: 'The end.' });
  expect(statesToDraw(trace, -1, 3)).toEqual([-1, 4, 6]);
});
