import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traceOfStates } from '../../test-helpers/test-states.ts';
import type { Value } from '../../value/value.ts';
import { Expression } from './expression.ts';
import { evaluateSteps, TraceStepView } from './step-view.ts';

const PLAIN = { noNullPrototype: true };
const order = fc.record(
  { status: fc.constantFrom('open', 'paid'), at: fc.nat(2) },
  { ...PLAIN, requiredKeys: ['status'] },
);
const state = fc.record(
  {
    count: fc.nat(2),
    orders: fc
      .array(fc.tuple(fc.constantFrom(1, 2, '1', '2'), order), { maxLength: 4 })
      .map((entries) => new Map<Value, Value>(entries as [Value, Value][])),
    list: fc.array(fc.oneof(order, fc.nat(2)), { maxLength: 4 }),
    seats: fc
      .uniqueArray(fc.constantFrom('A', 'B', 'C'), { maxLength: 3 })
      .map((all) => new Set(all)),
    shop: fc.oneof(fc.constant(null), fc.record({ name: fc.constantFrom('x', 'y') }, PLAIN)),
  },
  { ...PLAIN, requiredKeys: ['count', 'orders', 'list', 'seats'] },
) as fc.Arbitrary<Value>;

const EXPRESSIONS = [
  'state.count',
  'state.count > 1 && size(state.orders) == 2',
  'size(state.orders)',
  'state.orders.size() + size(state.list)',
  'state.orders[1].status',
  'state.orders["1"]',
  'state.list[0]',
  'state.list[1].status == "paid"',
  'size(state.list[0])',
  'size(state.seats)',
  '"A" in state.seats',
  'has(state.shop.name)',
  'state.shop.name',
  'state.orders[state.count].status',
  'state.list[state.count - 1]',
  'state.orders.exists(key, state.orders[key].status == "paid")',
  'state.list.map(one, one)',
  'state',
  'size(state)',
];

describe('an expression', () => {
  it('has the same values whether or not it is known what it reads', () => {
    fc.assert(
      fc.property(
        state,
        fc.array(state, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(...EXPRESSIONS),
        fc.integer({ min: -1, max: 2 }),
        (initial, states, text, from) => {
          const trace = traceOfStates(initial, states);
          const expression = new Expression(text);
          const start = Math.min(from, trace.length - 1);
          const seen = [...evaluateSteps(trace, expression, start)].filter(({ result }) => result);
          for (let at = start; at < trace.length; at += 1) {
            const last = seen.findLast(({ stepIndex }) => stepIndex <= at);
            const view = new TraceStepView(trace).moveTo(at);
            expect(last?.result).toEqual(expression.evaluate(view));
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('is not evaluated where nothing changes that it reads', () => {
    const states = Array.from({ length: 6 }, (_, at) => ({
      count: at < 3 ? 1 : 2,
      orders: new Map([[1, { status: 'open', at }]]),
    }));
    const trace = traceOfStates({ count: 0, orders: new Map() }, states);
    const evaluatedAt = (text: string) =>
      [...evaluateSteps(trace, new Expression(text))]
        .filter(({ result }) => result)
        .map(({ stepIndex }) => stepIndex);
    expect(evaluatedAt('state.count')).toEqual([-1, 0, 3]);
    expect(evaluatedAt('size(state.orders)')).toEqual([-1, 0]);
    expect(evaluatedAt('state.orders[1].status')).toEqual([-1, 0]);
    expect(evaluatedAt('size(state.orders[1]) + state.count')).toEqual([-1, 0, 3]);
    expect(evaluatedAt('state.orders[1]')).toEqual([-1, 0, 1, 2, 3, 4, 5]);
    expect(evaluatedAt('[state]')).toEqual([-1, 0, 1, 2, 3, 4, 5]);
  });
});
