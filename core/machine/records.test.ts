import { describe, expect, it } from 'vitest';
import { findRecordsProblem } from './records.ts';

const order = {
  at: ['orders', '*'],
  phase: 'status',
  initial: ['open'],
  transitions: { open: ['paid'], paid: [] },
};

describe('declared kinds of records', () => {
  it('are accepted with their phases and transitions, or without any', () => {
    expect(findRecordsProblem(undefined)).toBeUndefined();
    expect(findRecordsProblem({ order, door: { at: [], phase: 'phase' } })).toBeUndefined();
  });

  it.each([
    ['a list', [], 'must be an object of kinds of records'],
    ['a kind that is a path', { order: ['orders'] }, "such as { at: ['orders', '*'] }"],
    ['a name that looks like a record', { 'order/1': order }, 'must have a name without "/"'],
    ['no path', { order: { phase: 'status' } }, '.at must be an array'],
    ['a number in a path', { order: { at: ['orders', 1] } }, '.at must be an array'],
    ['a slip in a field', { order: { ...order, phases: 'status' } }, 'has no field "phases"'],
    ['an empty phase', { order: { ...order, phase: '' } }, '.phase must be the name of a field'],
    ['an id that is no name', { order: { ...order, id: 7 } }, '.id must be the name of a field'],
    ['transitions of no phase', { order: { ...order, phase: undefined } }, 'it needs `phase`'],
    [
      'a phase that is not listed',
      { order: { ...order, transitions: { open: ['payed'], paid: [] } } },
      'names the phase "payed", which',
    ],
    [
      'no list of phases',
      { order: { ...order, transitions: { open: 'paid' } } },
      'must be an array',
    ],
    [
      'an initial phase that is not listed',
      { order: { ...order, initial: ['new'] } },
      'names the phase "new", which the transitions do not list',
    ],
    [
      'references that are one text',
      { order: { ...order, references: 'order' } },
      '.references must',
    ],
  ])('are refused with the reason: %s', (_, kinds, reason) => {
    expect(findRecordsProblem(kinds)).toContain(reason);
  });
});
