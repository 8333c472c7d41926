import { describe, expect, it } from 'vitest';
import {
  book,
  crash,
  desk,
  doubled,
  extend,
  lost,
  nothing,
  paid,
  traceOf,
  withFault,
} from '../test-helpers/test-desk.ts';
import { isEventful, sequenceOf, stepsAround, SYSTEMS_MAX, type Sequence } from './sequence.ts';
import type { Trace } from './trace.ts';

const allOf = (trace: Trace): Sequence =>
  sequenceOf(
    trace,
    Array.from({ length: trace.length }, (_, at) => at),
  );

const laneOf = ({ lanes }: Sequence, lane: number | undefined): string => {
  const found = lanes[lane ?? -1];
  return found?.kind === 'system' ? found.label : (found?.kind ?? 'nowhere');
};

/** The actions as text: `0 Hold sent`. */
const actionsOf = (sequence: Sequence): string[] =>
  sequence.messages.flatMap((message) =>
    message.kind === 'action'
      ? [`${message.row} ${laneOf(sequence, message.lane)} ${message.fate}`]
      : [],
  );

/** The results as text: `Hold 0 -> 3 takenIn`. */
const resultsOf = (sequence: Sequence): string[] =>
  sequence.messages.flatMap((message) =>
    message.kind === 'result'
      ? [
          [
            laneOf(sequence, message.lane),
            `${message.askedAt ?? '?'} -> ${sequence.rows[message.row]?.stepIndex}`,
            message.fate,
            ...(message.isDuplicate ? ['again'] : []),
            ...(message.overtakenBy > 0 ? [`overtaken by ${message.overtakenBy}`] : []),
          ].join(' '),
        ]
      : [],
  );

describe('a sequence', () => {
  it('has a lane for each system, and arrows there and back', () => {
    const sequence = allOf(traceOf([book('A'), book('A'), paid(1), paid(2)]));
    expect(sequence.lanes.map((_, at) => laneOf(sequence, at))).toEqual([
      'inputs',
      'machine',
      'network',
      'Hold',
      'Refund',
      'untracked',
    ]);
    expect(actionsOf(sequence)).toEqual([
      '0 untracked sent',
      '0 Hold sent',
      '1 untracked sent',
      '1 Hold sent',
      '3 Refund sent',
    ]);
    expect(resultsOf(sequence)).toEqual(['Hold 0 -> 2 takenIn', 'Hold 1 -> 3 takenIn']);
    expect(sequence.messages.filter(({ kind }) => kind === 'input')).toHaveLength(2);
  });

  it('has its lanes in the same order wherever it begins', () => {
    const trace = traceOf([book('A'), book('A'), paid(1), paid(2), book('B'), paid(3)]);
    const late = sequenceOf(trace, [3, 4, 5]);
    expect(late.lanes.map((_, at) => laneOf(late, at)).slice(3)).toEqual([
      'Hold',
      'Refund',
      'untracked',
    ]);
  });

  it('shows which results were overtaken', () => {
    const trace = traceOf([book('A'), book('B'), book('C'), paid(2), paid(3), paid(1)]);
    expect(resultsOf(allOf(trace))).toEqual([
      'Hold 1 -> 3 takenIn',
      'Hold 2 -> 4 takenIn',
      'Hold 0 -> 5 takenIn overtaken by 2',
    ]);
  });

  it('shows losses, doubles and results that nobody asked for', () => {
    const trace = traceOf([book('A'), lost(1), paid(1), doubled(1), paid(7)]);
    expect(resultsOf(allOf(trace))).toEqual([
      'Hold 0 -> 1 lost',
      'Hold 0 -> 2 takenIn',
      'Hold 0 -> 3 takenIn again',
      'nowhere ? -> 4 takenIn',
    ]);
  });

  it('ascribes a double to the action that was completed, not to a later one of the same id', () => {
    // The second booking of A is paid too late, so that a refund goes out under the same id.
    const trace = traceOf([book('A'), book('A'), paid(1), paid(2), doubled(2)]);
    expect(resultsOf(allOf(trace)).at(-1)).toBe('Hold 1 -> 4 takenIn again');
  });

  it('shows what a crash kept from being sent, and how long the process was down', () => {
    const sequence = allOf(traceOf([book('A'), ...crash(1), paid(1)]));
    expect(actionsOf(sequence)).toEqual(['0 untracked sent', '0 Hold lost', '2 Check sent']);
    expect(sequence.downtimes).toEqual([{ fromRow: 1, toRow: 2 }]);
    const down = allOf(traceOf([book('A'), { kind: 'crash', dispatched: 2 }]));
    expect(down.downtimes).toEqual([{ fromRow: 1, toRow: 1 }]);
  });

  it('shows what was refused, rolled back, and delivered again', () => {
    const sequence = allOf(
      traceOf([
        withFault(book('A'), { kind: 'actionRefused', action: 0 }),
        withFault(book('B'), { kind: 'commitFails' }),
        withFault(paid(1), { kind: 'crashBeforeCommit' }),
        ...crash(0),
        paid(1),
      ]),
    );
    expect(actionsOf(sequence).slice(0, 4)).toEqual([
      '0 Hold sent',
      '0 untracked refused',
      '1 untracked discarded',
      '1 Hold discarded',
    ]);
    expect(resultsOf(sequence)).toEqual(['Hold 0 -> 2 keptOut', 'Check 4 -> 5 takenIn']);
  });

  it('counts the steps that it leaves out, and knows where their actions ended', () => {
    const sequence = sequenceOf(traceOf([nothing, book('A'), nothing, nothing, paid(1)]), [1, 4]);
    expect(sequence.rows.map(({ hiddenBefore }) => hiddenBefore)).toEqual([0, 2]);
    const [, action] = sequence.messages.filter(({ kind }) => kind === 'action');
    expect(action).toMatchObject({ ended: { at: 4, how: 'completed' } });
  });

  it('has one lane for all systems beyond a limit', () => {
    const many = {
      ...desk,
      stf: ((state, input, actions) => {
        if (input.kind === 'normal' && input.input.kind === 'Book') {
          actions.tracked(Number(input.input.room), {
            kind: `System ${input.input.room}` as 'Hold',
            room: '',
          });
        }
        return desk.stf(state, { kind: 'normal', input: { kind: 'Nothing' } }, actions);
      }) as typeof desk.stf,
    };
    const books = Array.from({ length: SYSTEMS_MAX + 2 }, (_, at) => book(String(at)));
    const sequence = allOf(traceOf(books, 'none', many));
    expect(sequence.lanes).toHaveLength(3 + SYSTEMS_MAX + 1);
    expect(actionsOf(sequence).slice(-2)).toEqual(['5 others sent', '6 others sent']);
  });
});

describe('the steps of a sequence', () => {
  const rejected = Array.from({ length: 10 }, () => extend('Z'));
  const trace = traceOf([book('A'), ...rejected, book('B'), ...rejected, paid(1), paid(2)]);
  const around = (focus: number, count: number) =>
    stepsAround(trace, focus, (at) => isEventful(trace.glance(at)), count);

  it('are the nearest ones at which anything is sent or received, and the one in the middle', () => {
    expect(around(11, 5)).toEqual([0, 11, 22, 23]);
    expect(around(15, 1)).toEqual([11, 15, 22]);
  });

  it('begin with the first step when nothing has happened yet', () => {
    expect(around(-1, 2)).toEqual([0, 11]);
    expect(stepsAround(trace, -1, () => true, 3)).toEqual([0, 1, 2]);
  });
});
