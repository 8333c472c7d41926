import { describe, expect, it } from 'vitest';
import { traceOfItf } from '../test-helpers/test-itf.ts';
import { bigNumberOf } from './big-number.ts';
import { fromItf } from './itf.ts';

describe('an integer as an object of bignumber.js', () => {
  it.each([
    [{ s: 1, e: 0, c: [0] }, 0n],
    [{ s: -1, e: 0, c: [7] }, -7n],
    [{ s: 1, e: 13, c: [99_999_999_999_999] }, 99_999_999_999_999n],
    [{ s: 1, e: 15, c: [90, 7_199_254_740_993] }, 9_007_199_254_740_993n],
    [{ s: -1, e: 20, c: [1_000_000] }, -(10n ** 20n)],
    [{ c: [1, 0, 5], e: 28, s: 1 }, 10n ** 28n + 5n],
  ])('%j is %s', (json, integer) => expect(bigNumberOf(json, 1_000)).toBe(integer));

  it.each([
    ['another sign', { s: 2, e: 0, c: [1] }],
    ['no sign, as for NaN', { s: null, e: null, c: null }],
    ['a fraction', { s: 1, e: -1, c: [50_000_000_000_000] }],
    ['a fraction behind an integer', { s: 1, e: 0, c: [1, 50_000_000_000_000] }],
    ['an exponent of another number', { s: 1, e: 3, c: [5] }],
    ['no groups', { s: 1, e: 0, c: [] }],
    ['a group of too many digits', { s: 1, e: 0, c: [1e14] }],
    ['a group of zeros that is left out', { s: 1, e: 14, c: [1, 0] }],
    ['a further field', { s: 1, e: 0, c: [1], d: 1 }],
    ['more digits than allowed', { s: 1, e: 2_000, c: [1] }],
  ])('is not an object with %s', (_, json) => expect(bigNumberOf(json, 1_000)).toBeUndefined());
});

/** The states of a document of a model checker. */
function statesOf(...states: readonly Readonly<Record<string, unknown>>[]): readonly unknown[] {
  const vars = Object.keys(states[0] ?? {});
  const trace = traceOfItf(fromItf({ vars, states }, 'bank'));
  return states.map((_, at) => trace.stateAt(at - 1));
}

const big = (s: number, e: number, c: readonly number[]) => ({ s, e, c });

describe('a document with such integers', () => {
  it('has them as integers, everywhere, and all others as well', () => {
    const balances = (json: unknown) => ({ balances: { '#map': [['alice', json]] }, n: 4 });
    expect(statesOf(balances(big(1, 0, [5])), balances(big(-1, 1, [50])))).toEqual([
      { balances: new Map([['alice', 5n]]), n: 4n },
      { balances: new Map([['alice', -50n]]), n: 4n },
    ]);
  });

  it('has them as records where one of them is no integer', () => {
    const curve = { at: big(1, 0, [5]), to: big(1, 7, [5]) };
    expect(statesOf(curve)).toEqual([curve]);
  });
});
