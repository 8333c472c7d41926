import { describe, expect, it } from 'vitest';
import { traceOfStates } from '../../test-helpers/test-states.ts';
import { recordOf } from '../../value/path.ts';
import { sameRecordSteps, writtenRecords } from './records.ts';

describe('the record that a path leads into', () => {
  it('ends with the first entry of a container, or with the second name', () => {
    const hold = { mapKey: 3 };
    expect(recordOf(['holds', hold, 'status'])).toEqual(['holds', hold]);
    expect(recordOf(['day', 'holds', hold, 'status'])).toEqual(['day', 'holds', hold]);
    expect(recordOf([hold, 'status'])).toEqual([hold]);
    expect(recordOf(['settings', 'theme', 'dark'])).toEqual(['settings', 'theme']);
    expect(recordOf(['log', 7, 'text'])).toEqual(['log', 7]);
  });
});

describe('the records that a patch writes', () => {
  it('are the items that a splice takes out and puts in, and no counter beside them', () => {
    expect(
      writtenRecords([
        { kind: 'changed', path: ['nextId'], value: 4 },
        { kind: 'spliced', path: ['log'], index: 0, removed: 1, inserted: [] },
        { kind: 'spliced', path: ['log'], index: 4, removed: 0, inserted: ['e'] },
      ]),
    ).toEqual([
      { before: ['log', 0], after: undefined },
      { before: undefined, after: ['log', 4] },
    ]);
  });

  it('have the place that they have after the whole patch', () => {
    expect(
      writtenRecords([
        { kind: 'changed', path: ['log', 2, 'text'], value: 'x' },
        { kind: 'spliced', path: ['log'], index: 0, removed: 1, inserted: [] },
      ]),
    ).toContainEqual({ before: ['log', 2], after: ['log', 1] });
  });
});

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
