import { describe, expect, it } from 'vitest';
import { traceOfStates } from '../../test-helpers/test-states.ts';
import { sameRecordSteps } from './same-record.ts';

describe('steps that wrote the same record', () => {
  const item = (id: number, n = 0) => ({ id, n });
  const trace = traceOfStates({ log: [item(0)] }, [
    { log: [item(0), item(1)] },
    { log: [item(0), item(1), item(2)] },
    { log: [item(1), item(2)] },
    { log: [item(1, 5), item(2)] },
    { log: [item(1, 5), item(2), item(3)] },
    { log: [item(3)] },
  ]);
  const related = (stepIndex: number) => {
    const { before, after } = sameRecordSteps(trace, stepIndex, new Set());
    return [before.map((one) => one.stepIndex), after.map((one) => one.stepIndex)];
  };

  it('are found where the record was then, although it moved in its list', () => {
    expect(related(3)).toEqual([[0], [5]]);
    expect(related(0)).toEqual([[], [3, 5]]);
  });

  it('are not those that wrote another item of the list', () => {
    expect(related(4)).toEqual([[], []]);
    expect(related(2)).toEqual([[], []]);
  });
});
