import { expect, it } from 'vitest';
import { findViewsProblem } from './views.ts';

it('accepts functions by name, or none', () => {
  expect(findViewsProblem(undefined)).toBeUndefined();
  expect(findViewsProblem({ week: () => null })).toBeUndefined();
});

it.each([
  ['a list', [() => null], 'must be an object of functions'],
  ['a view that is data', { week: { kind: 'table' } }, 'must be a function of the state'],
  ['a view without a name', { '': () => null }, 'must have a name of 1 to'],
])('refuses %s', (_, views, reason) => {
  expect(findViewsProblem(views)).toContain(reason);
});
