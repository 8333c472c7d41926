import { describe, expect, it } from 'vitest';
import { book, desk, doubled, paid, traceOf } from '../../test-helpers/test-desk.ts';
import { traceOfStates } from '../../test-helpers/test-states.ts';
import type { Value } from '../../value/value.ts';
import type { Trace } from '../trace.ts';
import { lifecyclesOfRun, type Lifecycle } from './lifecycle.ts';
import { findTransitions, PHASES_MAX, type Transition } from './phases.ts';

type Seen = Transition & { readonly steps: readonly number[] };

function seenIn(trace: Trace, from = 0): readonly Seen[] {
  return [...findTransitions(trace, { from })].flatMap((part) => part?.transitions ?? []);
}

/** The transitions as text: `hold.status waiting>done 2,3`. */
function textsOf(trace: Trace, from = 0): readonly string[] {
  return seenIn(trace, from).map(
    ({ kind, field, from: was, to, steps }) =>
      `${kind}.${field} ${was ?? ''}>${to ?? ''} ${steps.join(',')}`,
  );
}

function lifecyclesIn(trace: Trace): readonly Lifecycle[] {
  return lifecyclesOfRun(trace, seenIn(trace));
}

/** The verdicts as text: `waiting>done declared`. */
function verdictsOf(lifecycle: Lifecycle | undefined): readonly string[] {
  return (lifecycle?.transitions ?? []).map(
    ({ from, to, verdict }) => `${from ?? ''}>${to ?? ''} ${verdict}`,
  );
}

const declared: typeof desk = {
  ...desk,
  records: {
    hold: {
      at: ['holds', '*'],
      phase: 'status',
      initial: ['waiting'],
      transitions: { waiting: ['done', 'refund'], done: [], refund: ['gone'], gone: [] },
    },
    room: { at: ['rooms', '*'] },
  },
};

describe('the phases of declared records', () => {
  // The second delivery of the first payment refunds what is paid: nobody declares that.
  const trace = traceOf([book('A'), book('B'), paid(1), doubled(1), paid(2)], 'none', declared);

  it('change at the steps that change the declared field', () => {
    expect(textsOf(trace)).toEqual([
      'hold.status >waiting 0,1',
      'hold.status waiting>done 2,4',
      'hold.status done>refund 3',
    ]);
  });

  it('go on from a step', () => {
    expect(textsOf(trace, 2)).toEqual([
      'hold.status waiting>done 2,4',
      'hold.status done>refund 3',
    ]);
  });

  it('are judged by what is declared', () => {
    const [hold, ...others] = lifecyclesIn(trace);
    expect(others).toEqual([]);
    expect(verdictsOf(hold)).toEqual([
      '>waiting declared',
      'waiting>done declared',
      'done>refund undeclared',
      'waiting>refund neverSeen',
      'refund>gone neverSeen',
    ]);
    expect(hold?.phases.map(({ name }) => name)).toEqual(['waiting', 'done', 'refund', 'gone']);
    expect(hold?.phases.every(({ isDeclared }) => isDeclared)).toBe(true);
  });

  it('may be others than the declared ones', () => {
    const wrong: typeof desk = {
      ...desk,
      records: {
        hold: { at: ['holds', '*'], phase: 'status', initial: ['done'], transitions: { done: [] } },
      },
    };
    const [hold] = lifecyclesIn(traceOf([book('A'), paid(1)], 'none', wrong));
    expect(verdictsOf(hold)).toEqual([
      '>waiting undeclared',
      'waiting>done undeclared',
      '>done neverSeen',
    ]);
    expect(hold?.phases).toEqual([
      { name: 'done', isDeclared: true, atStart: 0 },
      { name: 'waiting', isDeclared: false, atStart: 0 },
    ]);
  });
});

describe('the phases of records that nobody declares', () => {
  const order = (status: string, customer: string, step: string) => ({ status, customer, step });

  it('are in the fields that hold a few names and change', () => {
    const trace = traceOf([book('A'), book('A'), paid(1), paid(2)]);
    expect(lifecyclesIn(trace).map(({ kind, field }) => `${kind}.${field}`)).toEqual([
      'holds.status',
    ]);
    expect(verdictsOf(lifecyclesIn(trace)[0])).toEqual([
      '>waiting seen',
      'waiting>done seen',
      'waiting>refund seen',
    ]);
  });

  it('are found in lists and in tagged values, wherever their records move', () => {
    const states = [
      [{ id: 1, step: { kind: 'Asked' } }],
      [
        { id: 2, step: { kind: 'Asked' } },
        { id: 1, step: { kind: 'Given', at: 3 } },
      ],
      [{ id: 2, step: { kind: 'Asked' } }],
    ].map((jobs) => ({ jobs }));
    const trace = traceOfStates({ jobs: [] }, states);
    expect(textsOf(trace)).toEqual([
      'jobs.step >Asked 0,1',
      'jobs.step Asked>Given 1',
      'jobs.step Given> 2',
    ]);
  });

  it('are not in a field with a name for every record', () => {
    const many = Array.from({ length: PHASES_MAX + 2 }, (_, at) => ({
      orders: new Map(
        Array.from(
          { length: at + 1 },
          (__, id) => [id, order('open', `customer ${id}`, 'a')] as const,
        ),
      ),
    })) as unknown as readonly Value[];
    const trace = traceOfStates({ orders: new Map() }, many);
    const parts = [...findTransitions(trace, { from: 0 })];
    expect(parts.flatMap((part) => part?.dropped ?? [])).toEqual([
      { kind: 'orders', field: 'customer' },
    ]);
    // A field whose name says so is one even if it never changes; another one is not.
    expect(lifecyclesIn(trace).map(({ field }) => field)).toEqual(['status']);
  });

  it('count the records that are there at the start', () => {
    const start = {
      orders: new Map([
        [1, order('open', 'c1', 'a')],
        [2, order('open', 'c2', 'a')],
      ]),
    } as unknown as Value;
    const trace = traceOfStates(start, [start]);
    expect(lifecyclesIn(trace)[0]?.phases).toEqual([{ name: 'open', atStart: 2 }]);
  });
});
