import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sample } from '../../core/trace/questions/expression-questions.ts';
import { KIND, WatchHistory } from './watch-history.ts';

/** The samples of steps from the initial state on, each different from the one before. */
const samples = fc
  .array(fc.oneof(fc.integer({ min: -9, max: 9 }), fc.boolean(), fc.constantFrom('"a"', null)), {
    minLength: 1,
    maxLength: 400,
  })
  .map((all): readonly Sample[] => all);

/** What a search tells, in parts of some steps each: every part begins with the last step before it. */
function historyOf(all: readonly Sample[], partSteps: number): WatchHistory {
  let history = WatchHistory.empty();
  for (let from = 0; from < all.length; from += partSteps) {
    const first = Math.max(0, from - 1);
    const part = all.slice(first, from + partSteps);
    const changed = part.map((_, at) => at).filter((at) => at === 0 || part[at] !== part[at - 1]);
    history = history.with(
      changed.map((at) => first + at - 1),
      changed.map((at) => part[at] ?? null),
      Math.min(all.length, from + partSteps) - 1,
    );
  }
  return history;
}

const textOf = (sample: Sample | undefined) => (sample === null ? 'no value' : String(sample));

describe('the history of a watch', () => {
  it('knows what every step is, however it was searched', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 90 }), (all, partSteps) => {
        const history = historyOf(all, partSteps);
        const told = all.map((_, at) => history.textAt(history.countUpTo(at - 1) - 1));
        expect(told).toEqual(all.map(textOf));
        expect(history.length).toBe(
          all.filter((sample, at) => at === 0 || sample !== all[at - 1]).length,
        );
        expect(history.searched).toBe(all.length - 1);
        expect(history.indexAt(all.length - 1)).toBe(-1);
      }),
    );
  });

  it('sums up any stretches', () => {
    fc.assert(
      fc.property(samples, fc.nat(400), fc.nat(400), (all, one, other) => {
        const history = historyOf(all, 50);
        const from = Math.min(one, other, history.length);
        const to = Math.min(Math.max(one, other), history.length);
        const places = Array.from({ length: to - from }, (_, at) => from + at);
        const numbers = places
          .filter((at) => history.kindAt(at) === KIND.number)
          .map((at) => history.numberAt(at));
        expect(history.summaryOf(from, to)).toEqual({
          kinds: places.reduce((bits, at) => bits | history.kindAt(at), 0),
          min: Math.min(...numbers),
          max: Math.max(...numbers),
        });
      }),
    );
  });

  it('knows the nearest change on either side, but none at the start', () => {
    const history = historyOf([0, 0, 1, 1, 2], 2);
    const beside = (step: number) =>
      (['previous', 'next'] as const).map((direction) => history.changeBeside(step, direction));
    expect([-1, 0, 1, 2, 3].map(beside)).toEqual([
      [undefined, 1],
      [undefined, 1],
      [undefined, 3],
      [1, 3],
      [1, undefined],
    ]);
  });

  it('knows where it becomes true', () => {
    const history = historyOf([true, false, true, null, true, 1], 3);
    const next = (step: number) => history.changeBeside(step, 'next', 'becomesTrue');
    expect([-1, 0, 1, 2, 3].map(next)).toEqual([1, 1, 3, 3, undefined]);
    expect(history.changeBeside(3, 'previous', 'becomesTrue')).toBe(1);
    expect(history.changeBeside(1, 'previous', 'becomesTrue')).toBeUndefined();
  });
});
