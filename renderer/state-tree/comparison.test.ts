import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traceOfStates } from '../../core/test-helpers/test-states.ts';
import { values } from '../../core/test-helpers/test-values.ts';
import { diff } from '../../core/value/diff.ts';
import type { Patch } from '../../core/value/patch.ts';
import { segmentKey } from '../../core/value/segment.ts';
import { changesAround, compareAttempt, compareSteps, lastMarks } from './comparison.ts';

/** Changes in a fixed order: a state that was read back may have its keys in another order. */
function sorted(patch: Patch): readonly string[] {
  return patch
    .map(
      ({ path, ...change }) => `${path.map(segmentKey).join()} ${segmentKey({ mapKey: change })}`,
    )
    .toSorted();
}

describe('comparisons', () => {
  it('gives the patch of the trace for the step before, and a diff for any other', () => {
    fc.assert(
      fc.property(fc.array(values, { minLength: 2, maxLength: 5 }), ([initial, ...states]) => {
        const trace = traceOfStates(initial, states);
        for (let cursor = 0; cursor < trace.length; cursor += 1) {
          const next = compareSteps(trace, cursor, undefined);
          const compared = diff(trace.stateAt(cursor - 1), trace.stateAt(cursor));
          expect(sorted(next.patch)).toEqual(sorted(compared));
          const first = compareSteps(trace, cursor, -1);
          expect(sorted(first.patch)).toEqual(
            sorted(diff(trace.stateAt(-1), trace.stateAt(cursor))),
          );
        }
      }),
    );
  });

  it('shows the changes that a step had made before it was rolled back', () => {
    const trace = traceOfStates({ a: 0 }, [{ a: 1 }, { a: 1 }], { a: 5, b: 1 });
    expect(compareAttempt(trace, 0)).toBeUndefined();
    expect(compareAttempt(trace, 1)).toMatchObject({ before: { a: 1 }, after: { a: 5, b: 1 } });
    expect(compareSteps(trace, 1, undefined).patch).toEqual([]);
  });

  it('keeps to the last change while nothing changes, and knows its neighbours', () => {
    const trace = traceOfStates({ a: 0 }, [{ a: 0 }, { a: 1 }, { a: 1 }, { a: 2 }]);
    expect([...lastMarks(trace, 2).children.keys()]).toEqual(['."a"']);
    expect(lastMarks(trace, 0).count).toBe(0);
    expect(changesAround(trace, 2)).toEqual({ previous: 1, next: 3 });
    expect(changesAround(trace, 1)).toEqual({ previous: undefined, next: 3 });
    expect(changesAround(trace, 3)).toEqual({ previous: 1, next: undefined });
  });
});
