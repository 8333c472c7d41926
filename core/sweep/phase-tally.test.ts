import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { executedStep } from '../machine/executed.ts';
import type { RecordKinds } from '../machine/records.ts';
import { traceOfStates } from '../test-helpers/test-states.ts';
import { findTransitions, PHASES_MAX } from '../trace/records/phases.ts';
import type { Trace } from '../trace/trace.ts';
import type { Value } from '../value/value.ts';
import { addTallies, lifecyclesOfTally, PhaseCounter, type PhaseTally } from './phase-tally.ts';

const PLAIN = { noNullPrototype: true };
const order = fc.record({ status: fc.constantFrom('open', 'paid', 'gone') }, PLAIN);
const state = fc.record(
  {
    orders: fc.array(fc.tuple(fc.nat(3), order), { maxLength: 4 }).map((all) => new Map(all)),
    count: fc.nat(2),
  },
  PLAIN,
) as fc.Arbitrary<Value>;

const DECLARED: RecordKinds = {
  order: {
    at: ['orders', '*'],
    phase: 'status',
    transitions: { open: ['paid'], paid: ['refunded'], refunded: [] },
  },
};
const START: Value = { orders: new Map(), count: 0 };

/** Takes the states of the runs of seeds. */
function countIn(counter: PhaseCounter, seed: number, trace: Trace): void {
  const take = counter.begin(BigInt(seed), trace.stateAt(-1));
  for (let stepIndex = 0; stepIndex < trace.length; stepIndex += 1) {
    const [before, after] = [trace.stateAt(stepIndex - 1), trace.stateAt(stepIndex)];
    const operation = { kind: 'normal', input: null } as const;
    take(executedStep({ stepIndex, operation, before, after }));
  }
}

function tallyOf(traces: readonly Trace[], seeds: readonly number[]): PhaseTally | undefined {
  const counter = new PhaseCounter(undefined);
  for (const seed of seeds) countIn(counter, seed, traces[seed] as Trace);
  return counter.take();
}

const sorted = (tally: PhaseTally | undefined) =>
  (tally?.transitions ?? []).toSorted((a, b) =>
    JSON.stringify([a.from, a.to]) < JSON.stringify([b.from, b.to]) ? -1 : 1,
  );

describe('the phases in many seeds', () => {
  it('are those of their traces, whichever worker runs which seed', () => {
    const runs = fc.array(fc.array(state, { minLength: 1, maxLength: 5 }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(runs, fc.nat(15), (states, split) => {
        const traces = states.map((one) => traceOfStates(START, one));
        const seeds = traces.map((_, seed) => seed);
        const whole = sorted(tallyOf(traces, seeds));
        for (const { from, to, count, seeds: inSeeds, first } of whole) {
          const steps = traces.map((trace) =>
            [...findTransitions(trace, { from: 0 })]
              .flatMap((part) => part?.transitions ?? [])
              .flatMap((one) => (one.from === from && one.to === to ? one.steps : [])),
          );
          expect(count).toBe(steps.flat().length);
          expect(inSeeds).toBe(steps.filter((of) => of.length > 0).length);
          const smallest = steps.findIndex((of) => of.length > 0);
          expect(first).toEqual({ seed: String(smallest), stepIndex: steps[smallest]?.[0] });
        }
        const [one, other] = [0, 1].map((worker) =>
          tallyOf(
            traces,
            seeds.filter((seed) => ((split >> seed) & 1) === worker),
          ),
        );
        expect(sorted(addTallies(one, other))).toEqual(whole);
      }),
    );
  });

  it('are judged by what the machine declares', () => {
    const counter = new PhaseCounter(DECLARED);
    const states = ['open', 'paid', 'open'].map((status) => ({
      orders: new Map([[1, { status }]]),
      count: 0,
    }));
    countIn(counter, 7, traceOfStates(START, states));
    const [lifecycle] = lifecyclesOfTally(counter.take() as PhaseTally);
    expect(
      lifecycle?.transitions.map(({ from, to, verdict }) => `${from}>${to} ${verdict}`),
    ).toEqual([
      'null>open declared',
      'open>paid declared',
      'paid>open undeclared',
      'paid>refunded neverSeen',
    ]);
  });

  it('leave fields out that have too many values in all seeds together', () => {
    const of = (from: number) => {
      const counter = new PhaseCounter(undefined);
      const states = Array.from({ length: PHASES_MAX - 1 }, (_, at) => ({
        orders: new Map([
          [1, { status: `phase ${'abcdefghijklmnopqrstuvwxyz'[at] ?? ''}${from}` }],
        ]),
        count: 0,
      }));
      countIn(counter, from, traceOfStates(START, states));
      return counter.take();
    };
    expect(of(1)?.transitions).not.toEqual([]);
    expect(addTallies(of(1), of(2))).toMatchObject({
      transitions: [],
      dropped: [{ kind: 'orders', field: 'status' }],
    });
  });
});
