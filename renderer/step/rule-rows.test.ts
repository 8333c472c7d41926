import { describe, expect, it } from 'vitest';
import { planChecks } from '../../core/engine/check-plan.ts';
import { FAULT_PROFILES } from '../../core/machine/faults.ts';
import { book, desk, extend, paid, traceOf } from '../../core/test-helpers/test-desk.ts';
import { ruleRowsAt, summarizeRules } from './rule-rows.ts';

describe('rules at a step', () => {
  // The second payment finds the room taken, and its refund is forgotten by restore.
  const operations = [book('A'), book('A'), paid(1), paid(2), extend('A')];
  const NAME = 'tracked actions are restorable';
  const rowAt = (stepIndex: number) =>
    ruleRowsAt(traceOf(operations, 'chaos'), stepIndex).find(({ name }) => name === NAME);

  it('are kept until they are violated, and violated before from then on', () => {
    expect(rowAt(-1)).toMatchObject({ kind: 'kept' });
    expect(rowAt(2)).toMatchObject({ kind: 'kept' });
    expect(rowAt(3)).toMatchObject({ kind: 'violatedHere', times: 1 });
    expect(rowAt(4)).toMatchObject({ kind: 'violatedBefore', times: 1, lastStep: 3 });
  });

  it('say so when they are not checked in a run without faults', () => {
    const rows = ruleRowsAt(traceOf(operations), 4);
    const recoveryRules = rows.filter(
      (row) => row.kind === 'notAsked' && row.reason === 'noFaults',
    );
    // Exactly the rules that the engine leaves out then.
    const all = planChecks(desk, FAULT_PROFILES.chaos).rules;
    const asked = planChecks(desk, FAULT_PROFILES.none).rules;
    expect(recoveryRules.map(({ name }) => name)).toEqual(
      Object.keys(all).filter((name) => !Object.hasOwn(asked, name)),
    );
    expect(recoveryRules).toHaveLength(4);
  });

  it('say so when they were not checked: only a guard sees side effects', () => {
    const row = ruleRowsAt(traceOf(operations, 'chaos'), 4).find(
      ({ name }) => name === 'no side effects',
    );
    expect(row).toMatchObject({ kind: 'notAsked', reason: 'notRecorded' });
  });

  it('are summarized', () => {
    expect(summarizeRules(ruleRowsAt(traceOf(operations), 4))).toBe('3 checked, all kept');
    expect(summarizeRules(ruleRowsAt(traceOf(operations, 'chaos'), 4))).toBe('2 of 7 violated');
  });
});
