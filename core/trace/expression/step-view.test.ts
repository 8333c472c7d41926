import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traceOfStates } from '../../test-helpers/test-states.ts';
import { TraceStepView } from './step-view.ts';

const states = fc.array(
  fc.integer({ min: 0, max: 2 }).map((n) => ({ n })),
  { minLength: 1, maxLength: 12 },
);

describe('the view of a step', () => {
  it('has the states after and before the step, in whatever order steps are looked at', () => {
    fc.assert(
      fc.property(states, fc.array(fc.nat(12), { maxLength: 40 }), (all, order) => {
        const trace = traceOfStates({ n: 0 }, all);
        const view = new TraceStepView(trace);
        for (const place of [...order, ...all.keys()]) {
          const stepIndex = Math.min(place, trace.length) - 1;
          view.moveTo(stepIndex);
          const seen = place % 3 === 0 ? [view.before, view.state] : [view.state, view.before];
          const expected = [trace.stateAt(Math.max(-1, stepIndex - 1)), trace.stateAt(stepIndex)];
          expect(place % 3 === 0 ? seen : seen.toReversed()).toEqual(expected);
        }
      }),
    );
  });
});
