import { describe, expect, it } from 'vitest';
import { book, desk, extend, nothing, paid, traceOf } from '../../test-helpers/test-desk.ts';
import { traceOfStates } from '../../test-helpers/test-states.ts';
import { formatEnd, formatHeader } from '../format/format.ts';
import { TraceBuilder } from '../trace-builder.ts';
import type { Trace } from '../trace.ts';
import { compareRuns } from './compare.ts';
import { differingParts } from './differing-parts.ts';

/** A desk after an edit of its source. */
const edited = (change: Partial<typeof desk>): typeof desk => ({ ...desk, ...change });

/** Every input fails at a line of the source. */
function panicsAt(source: string): Trace {
  const trace = traceOf(
    [nothing, nothing],
    'none',
    edited({
      stf: () => {
        throw new Error('no luck');
      },
    }),
  );
  const { header, length, end } = trace;
  const placed = trace
    .lines(0, length)
    .map((line) =>
      line.replaceAll('"message":"no luck"', `"message":"no luck","source":"${source}"`),
    );
  const builder = new TraceBuilder();
  builder.push([formatHeader(header), ...placed, end ? formatEnd(end) : ''].join('\n'));
  if (!builder.trace) throw new Error('no trace');
  return builder.trace;
}

describe('the comparison of a run before and after an edit', () => {
  const OPERATIONS = [book('Room 1'), paid(1), book('Room 1b'), paid(2), extend('Room 1')];
  const before = traceOf(OPERATIONS);

  it('says that nothing differs', () => {
    expect(compareRuns(before, traceOf(OPERATIONS))).toEqual({
      sameSteps: 5,
      gone: [],
      added: [],
      moved: [],
    });
  });

  it('names the first step that differs, and in what', () => {
    const after = traceOf(
      OPERATIONS,
      'none',
      edited({
        stf: (state, input, actions) =>
          input.kind === 'trackedActionCompleted' && state.current.rooms.size > 0
            ? { kind: 'err', error: { kind: 'UnknownHold' } }
            : desk.stf(state, input, actions),
      }),
    );
    const { difference, sameSteps, gone, added } = compareRuns(before, after);
    expect(sameSteps).toBe(3);
    expect(difference).toMatchObject({
      kind: 'step',
      stepIndex: 3,
      parts: ['outcome', 'patch', 'stateHash', 'findings'],
      before: { outcome: { kind: 'ok' } },
      after: { outcome: { kind: 'err' } },
    });
    expect(gone.map(({ finding, before: was }) => [finding.name, was])).toEqual([
      ['rooms are apart', { stepIndex: 3, count: 1 }],
    ]);
    expect(added).toEqual([]);
  });

  it('names findings that are new', () => {
    const { added, gone } = compareRuns(traceOf([nothing]), panicsAt('desk.ts:1:1'));
    expect(added.map(({ finding, after }) => [finding.message, after])).toContainEqual([
      'no luck',
      { stepIndex: 0, count: 2 },
    ]);
    expect(gone).toEqual([]);
  });

  it('ignores lines that an edit has moved', () => {
    const compared = compareRuns(panicsAt('desk.ts:10:3'), panicsAt('desk.ts:12:3'));
    expect(compared).toEqual({ sameSteps: 2, gone: [], added: [], moved: [] });
  });

  it('distinguishes findings that moved from new ones', () => {
    const late = traceOf([nothing, ...OPERATIONS]);
    const { moved, gone, added } = compareRuns(before, late);
    expect([gone, added]).toEqual([[], []]);
    expect(moved).toMatchObject([{ before: { stepIndex: 3 }, after: { stepIndex: 4 } }]);
  });

  it('sees that one run is longer', () => {
    const { difference } = compareRuns(before, traceOf(OPERATIONS.slice(0, 2)));
    expect(difference).toEqual({ kind: 'length', before: 5, after: 2 });
  });

  it('sees another initial state', () => {
    const initialState = () => ({ nextId: 7, rooms: new Map(), holds: new Map() });
    const after = traceOf([nothing], 'none', edited({ initialState }));
    expect(compareRuns(traceOf([nothing]), after)).toMatchObject({
      sameSteps: 0,
      difference: { kind: 'initialState', before: { nextId: 1 }, after: { nextId: 7 } },
    });
  });
});

describe('two executions of a step', () => {
  const trace = traceOfStates({ list: [1, 2, 3] }, [{ list: [2, 3, 4] }]);
  const step = trace.step(0);
  const parts = (patch: typeof step.patch) =>
    differingParts({ ...step, patch }, step, () => trace.stateAt(-1));
  const changedTo = (...items: readonly number[]) =>
    items.map((value, index) => ({ kind: 'changed', path: ['list', index], value }) as const);

  it('do not differ when another version wrote the same change as another patch', () => {
    expect(step.patch).not.toEqual(changedTo(2, 3, 4));
    expect(parts(changedTo(2, 3, 4))).toEqual([]);
  });

  it('differ in a patch that leads elsewhere, or fits nothing', () => {
    expect(parts(changedTo(2, 3, 5))).toEqual(['patch']);
    expect(parts([{ kind: 'removed', path: ['nothing'] }])).toEqual(['patch']);
  });
});
