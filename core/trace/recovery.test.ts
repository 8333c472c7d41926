import { describe, expect, it } from 'vitest';
import { book, crash, paid, patientDesk, traceOf, withFault } from '../test-helpers/test-desk.ts';
import { recoveryAt, restoreStepAfter } from './recovery.ts';

const DIES_AT_ONCE = { kind: 'crashAtAccess', access: 0 } as const;

describe('recoveryAt', () => {
  // Two actions are outstanding; the process dies inside a step, and again inside the restore.
  const trace = traceOf([
    book('A'),
    book('B'),
    withFault(paid(1), { kind: 'crashBeforeCommit' }),
    { kind: 'crash', dispatched: 0 },
    withFault({ kind: 'restore' }, DIES_AT_ONCE),
    ...crash(0),
    paid(1),
  ]);

  it('is the same from the step that died up to the restore that succeeded', () => {
    for (const stepIndex of [2, 3, 4, 5, 6]) {
      expect(recoveryAt(trace, stepIndex)).toMatchObject({
        diedInside: 2,
        crashStep: 3,
        failedRestores: [4],
        restoreStep: 6,
      });
    }
  });

  it('compares with what was outstanding before the first of the crashes', () => {
    const recovery = recoveryAt(trace, 6);
    expect(recovery?.before.map(({ id }) => id)).toEqual([1, 2]);
    expect(recovery?.kept.map(({ before }) => before.id)).toEqual([1, 2]);
    expect(recovery?.fresh).toEqual([]);
  });

  it('is absent before and after', () => {
    for (const stepIndex of [-1, 0, 1, 7]) expect(recoveryAt(trace, stepIndex)).toBeUndefined();
  });

  it('skips restores that failed without a crash', () => {
    const failing = traceOf([
      book('A'),
      { kind: 'crash', dispatched: 1 },
      withFault({ kind: 'restore' }, { kind: 'accessFails', access: 0 }),
      withFault({ kind: 'restore' }, { kind: 'commitFails' }),
      { kind: 'restore' },
    ]);
    const recovery = recoveryAt(failing, 3);
    expect(recovery).toMatchObject({ crashStep: 1, failedRestores: [2, 3], restoreStep: 4 });
    expect(recovery).not.toHaveProperty('diedInside');
    expect(restoreStepAfter(failing, 1)).toBe(4);
  });

  it('counts from the first of thousands of crashes', () => {
    const again = [
      withFault({ kind: 'restore' }, DIES_AT_ONCE),
      { kind: 'crash', dispatched: 0 },
    ] as const;
    const hopeless = traceOf([
      book('A'),
      { kind: 'crash', dispatched: 1 },
      ...Array.from({ length: 8_000 }, () => again).flat(),
    ]);
    const recovery = recoveryAt(hopeless, hopeless.length - 1);
    expect(recovery?.crashStep).toBe(1);
    expect(recovery?.failedRestores).toHaveLength(8_000);
  });

  it('tells what the container refused in restore from what restore forgot', () => {
    const refusing = traceOf(
      [
        book('A'),
        { kind: 'crash', dispatched: 0 },
        withFault({ kind: 'restore' }, { kind: 'actionRefused', action: 0 }),
      ],
      'none',
      patientDesk,
    );
    const { lost, refused } = recoveryAt(refusing, 2) ?? {};
    expect(lost?.map(({ id }) => id)).toEqual([1]);
    expect(refused).toEqual(lost);
    expect(recoveryAt(trace, 6)?.refused).toEqual([]);
  });

  it('has no restore when the trace ends before', () => {
    const cut = traceOf([book('A'), { kind: 'crash', dispatched: 0 }]);
    expect(recoveryAt(cut, 1)?.restoreStep).toBeUndefined();
    expect(recoveryAt(cut, 1)?.before).toHaveLength(1);
  });
});

it('goes through any number of restores that a crash ended', () => {
  const PAIRS = 15_000;
  const failed = [
    withFault({ kind: 'restore' }, DIES_AT_ONCE),
    { kind: 'crash', dispatched: 0 } as const,
  ];
  const trace = traceOf([
    book('A'),
    { kind: 'crash', dispatched: 1 },
    ...Array.from({ length: PAIRS }, () => failed).flat(),
    { kind: 'restore' },
  ]);
  for (const stepIndex of [1, 2, PAIRS, trace.length - 1]) {
    const recovery = recoveryAt(trace, stepIndex);
    expect(recovery).toMatchObject({ crashStep: 1, restoreStep: trace.length - 1 });
    expect(recovery?.failedRestores).toHaveLength(PAIRS);
  }
});
