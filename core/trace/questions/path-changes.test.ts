import fc from 'fast-check';
import { expect, it } from 'vitest';
import { traceOfStates } from '../../test-helpers/test-states.ts';
import { sameLookup, valueAt } from '../../value/container.ts';
import type { Path } from '../../value/path.ts';
import { changesAt } from './path-changes.ts';

const small = fc.integer({ min: 0, max: 2 });
const states = fc.array(
  fc.tuple(small, fc.array(small, { maxLength: 4 }), fc.option(small)).map(([n, list, inner]) => ({
    n,
    list,
    box: inner === null ? 'empty' : { inner, deep: new Map([[inner, { n }]]) },
  })),
  { minLength: 1, maxLength: 10 },
);
const paths = fc.constantFrom<Path>(
  [],
  ['n'],
  ['list'],
  ['list', 1],
  ['box'],
  ['box', 'inner'],
  ['box', 'deep', { mapKey: 1 }],
  ['box', 'deep', { mapKey: 1 }, 'n'],
  ['nowhere'],
);

it('finds the steps after which something else is at a path', () => {
  fc.assert(
    fc.property(states, paths, fc.nat(4), (all, path, from) => {
      const trace = traceOfStates({ n: 0, list: [], box: 'empty' }, all);
      const expected = all
        .map((_, stepIndex) => stepIndex)
        .filter((stepIndex) => stepIndex >= from)
        .filter((stepIndex) => {
          const [before, after] = [stepIndex - 1, stepIndex].map((at) =>
            valueAt(trace.stateAt(at), path),
          );
          return before && after && !sameLookup(before, after);
        });
      const found = [...changesAt(trace, path, from)].filter(({ isChange }) => isChange);
      expect(found.map(({ stepIndex }) => stepIndex)).toEqual(expected);
    }),
  );
});
