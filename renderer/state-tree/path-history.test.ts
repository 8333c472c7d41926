import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatHeader, formatStep } from '../../core/trace/format.ts';
import { TraceBuilder } from '../../core/trace/trace-builder.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { hashValue } from '../../core/value/hash.ts';
import { diff, valueAt, type Patch } from '../../core/value/patch.ts';
import type { Path } from '../../core/value/path.ts';
import { sameValue, type Value } from '../../core/value/value.ts';
import { values, versions } from '../test-helpers/test-values.ts';
import { changesAround, compareAttempt, compareSteps, lastMarks } from './comparison.ts';
import { changeTouches, patchTouches, writesBackwards } from './path-history.ts';
import { segmentKey } from './segment-key.ts';

/** A trace that goes through the states one by one. */
function traceOf(initial: Value, states: readonly Value[], attempted?: Value): Trace {
  const builder = new TraceBuilder();
  const header = {
    machine: 'test',
    scenario: 'test',
    seed: '1',
    operationsMax: 100,
    faults: 'none',
    rules: [],
    waivers: {},
    invariants: [],
    initialState: initial,
    initialHash: hashValue(initial),
    initialFindings: [],
  };
  builder.push(`${formatHeader(header)}\n`);
  states.forEach((state, stepIndex) => {
    const patch = diff(stepIndex === 0 ? initial : states[stepIndex - 1], state);
    const isLast = stepIndex === states.length - 1 && attempted !== undefined;
    builder.push(
      `${formatStep({
        stepIndex,
        operation: { kind: 'input', input: { kind: 'Go' } },
        outcome: isLast ? { kind: 'err', error: { kind: 'No' } } : { kind: 'ok' },
        actions: [],
        discarded: [],
        refused: [],
        lost: [],
        patch,
        attempted: isLast ? diff(state, attempted) : [],
        ...(patch.length === 0 ? {} : { stateHash: hashValue(state) }),
        findings: [],
        recovered: [],
      })}\n`,
    );
  });
  return builder.trace as Trace;
}

/** Changes in an order of their own: a state that was read back may have its keys in another. */
function sorted(patch: Patch): readonly string[] {
  return patch
    .map(
      ({ path, ...change }) => `${path.map(segmentKey).join()} ${segmentKey({ mapKey: change })}`,
    )
    .toSorted();
}

function writes(trace: Trace, path: Path, from: number): readonly number[] {
  return [...writesBackwards(trace, path, from)].flatMap(({ write }) => write ?? []);
}

describe('patchTouches', () => {
  it('is true whenever what stands at the path differs', () => {
    fc.assert(
      fc.property(versions, ([before, after]) => {
        const patch = diff(before, after);
        const paths = patch.flatMap(({ path }) => [path, path.slice(0, -1), [...path, 0]]);
        for (const path of paths) {
          const [old, now] = [valueAt(before, path), valueAt(after, path)];
          const isSame =
            old.found === now.found &&
            (!old.found || !now.found || sameValue(old.value, now.value));
          if (!isSame) expect(patchTouches(patch, path)).toBe(true);
        }
      }),
    );
  });

  it('knows that a splice leaves the items before it, and those behind it when none move', () => {
    const swap = { kind: 'spliced', path: ['list'], index: 2, removed: 1, inserted: [9] } as const;
    const grow = { ...swap, inserted: [8, 9] };
    expect([1, 2, 3].map((index) => changeTouches(swap, ['list', index]))).toEqual([
      false,
      true,
      false,
    ]);
    expect([1, 2, 3].map((index) => changeTouches(grow, ['list', index]))).toEqual([
      false,
      true,
      true,
    ]);
    expect(changeTouches(swap, ['list'])).toBe(true);
    expect(changeTouches(swap, ['other'])).toBe(false);
  });
});

describe('writesBackwards', () => {
  const trace = traceOf({ a: 0, m: new Map() }, [
    { a: 1, m: new Map() },
    { a: 1, m: new Map([['k', { n: 1 }]]) },
    { a: 1, m: new Map([['k', { n: 1 }]]) },
    { a: 2, m: new Map([['k', { n: 2 }]]) },
    { a: 2, m: new Map() },
  ]);

  it('finds writes at the path, above and below it, latest first', () => {
    expect(writes(trace, ['m', { mapKey: 'k' }, 'n'], 4)).toEqual([4, 3, 1]);
    expect(writes(trace, ['m'], 4)).toEqual([4, 3, 1]);
    expect(writes(trace, ['a'], 4)).toEqual([3, 0]);
    expect(writes(trace, [], 4)).toEqual([4, 3, 1, 0]);
  });

  it('begins at the step that it is told, and finds nothing before the first write', () => {
    expect(writes(trace, ['a'], 2)).toEqual([0]);
    expect(writes(trace, ['m'], 0)).toEqual([]);
    expect(writes(trace, ['a'], -1)).toEqual([]);
  });
});

describe('comparisons', () => {
  it('gives the patch of the trace for the step before, and a diff for any other', () => {
    fc.assert(
      fc.property(fc.array(values, { minLength: 2, maxLength: 5 }), ([initial, ...states]) => {
        const trace = traceOf(initial, states);
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

  it('shows what a rolled-back step had tried', () => {
    const trace = traceOf({ a: 0 }, [{ a: 1 }, { a: 1 }], { a: 5, b: 1 });
    expect(compareAttempt(trace, 0)).toBeUndefined();
    expect(compareAttempt(trace, 1)).toMatchObject({ before: { a: 1 }, after: { a: 5, b: 1 } });
    expect(compareSteps(trace, 1, undefined).patch).toEqual([]);
  });

  it('looks at the last change while nothing changes, and knows its neighbours', () => {
    const trace = traceOf({ a: 0 }, [{ a: 0 }, { a: 1 }, { a: 1 }, { a: 2 }]);
    expect([...lastMarks(trace, 2).children.keys()]).toEqual(['."a"']);
    expect(lastMarks(trace, 0).count).toBe(0);
    expect(changesAround(trace, 2)).toEqual({ previous: 1, next: 3 });
    expect(changesAround(trace, 1)).toEqual({ previous: undefined, next: 3 });
    expect(changesAround(trace, 3)).toEqual({ previous: 1, next: undefined });
  });
});
