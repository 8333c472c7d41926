import { describe, expect, it } from 'vitest';
import { fromItf } from '../../interchange/itf.ts';
import { traceOf } from '../../test-helpers/test-desk.ts';
import { traceOfItf } from '../../test-helpers/test-itf.ts';
import { counterexampleOf } from './counterexample.ts';

function read(document: unknown) {
  return counterexampleOf(traceOfItf(fromItf(document, 'm')).header);
}

describe('what a counterexample says besides its states', () => {
  const picks = { amount: { tag: 'Some', value: { '#bigint': '5' } } };
  const document = read({
    '#meta': { status: 'failed', source: 'bank.qnt' },
    vars: ['x', 'mbt::actionTaken', 'mbt::nondetPicks'],
    states: [
      { '#meta': { index: 0 }, x: 1, 'mbt::actionTaken': 'init', 'mbt::nondetPicks': picks },
      {
        '#meta': { index: 1, no: 7 },
        x: 2,
        'mbt::actionTaken': 'pay',
        'mbt::nondetPicks': picks,
      },
      { '#meta': { index: 9 }, x: 3, 'mbt::actionTaken': 'pay', 'mbt::nondetPicks': picks },
    ],
  });

  it('is its status, in its own word', () => {
    expect(document?.status).toBe('failed');
    expect(document?.comments).toEqual({ status: 'failed', source: 'bank.qnt' });
  });

  it('is what led to its first state', () => {
    expect(document?.initial).toEqual({
      action: 'init',
      picks: { amount: { tag: 'Some', value: 5n } },
    });
  });

  it('is the comments on each state, without a number that is right', () => {
    const comments = [-1, 0, 1, 2].map((stepIndex) => document?.commentsOn(stepIndex));
    expect(comments).toEqual([{}, { no: 7 }, { index: 9 }, {}]);
  });

  it('is nothing for a document without comments, and absent for a run of a machine', () => {
    const plain = read({ vars: ['x'], states: [{ x: 1 }, { x: 2 }] });
    expect(plain).toMatchObject({ comments: {}, initial: {} });
    expect(plain?.commentsOn(0)).toEqual({});
    expect(counterexampleOf(traceOf([]).header)).toBeUndefined();
  });
});
