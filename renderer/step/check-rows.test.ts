import { describe, expect, it } from 'vitest';
import { planChecks } from '../../core/engine/check-plan.ts';
import { fromItf } from '../../core/interchange/itf.ts';
import { FAULT_PROFILES } from '../../core/machine/faults.ts';
import { book, desk, extend, paid, traceOf } from '../../core/test-helpers/test-desk.ts';
import { traceOfItf } from '../../core/test-helpers/test-itf.ts';
import { formatHeader } from '../../core/trace/format/format.ts';
import { TraceBuilder } from '../../core/trace/trace-builder.ts';
import {
  invariantRowsAt,
  ruleRowsAt,
  shownOf,
  summarizeInvariants,
  summarizeRules,
} from './check-rows.ts';

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

  it('are not said to be kept while a run goes on: its end tells what was checked', () => {
    const whole = traceOf(operations);
    const builder = new TraceBuilder();
    const lines = [formatHeader(whole.header), ...whole.lines(0, whole.length)];
    builder.push(lines.map((line) => `${line}\n`).join(''));
    if (!builder.trace) throw new Error('it has a header');
    const rows = ruleRowsAt(builder.trace, 4);
    expect(rows.filter(({ kind }) => kind === 'kept')).toEqual([]);
    expect(rows.find(({ name }) => name === 'determinism')).toEqual({
      name: 'determinism',
      kind: 'notViolatedYet',
    });
    expect(summarizeRules(rows)).toBe('none violated so far');
  });

  it('are summarized', () => {
    expect(summarizeRules(ruleRowsAt(traceOf(operations), 4))).toBe('2 checked, all kept');
    expect(summarizeRules(ruleRowsAt(traceOf(operations, 'chaos'), 4))).toBe('2 of 5 violated');
  });
});

it('shows a thousand of too many invariants, and those that fail first', () => {
  const rows = Array.from({ length: 1_200 }, (_, at) =>
    at === 1_199
      ? { name: 'last', kind: 'fails' as const, message: 'it is false' }
      : { name: `n${at}`, kind: 'holds' as const },
  );
  const shown = shownOf(rows);
  expect([shown.length, shown[0]?.name, shown[1]?.name]).toEqual([1_000, 'last', 'n0']);
  expect(shownOf(rows.slice(0, 1_000))).toEqual(rows.slice(0, 1_000));
});

describe('what nobody has checked', () => {
  it('a rule without an occasion in the whole run is not asked', () => {
    // No step is rolled back, and nothing is emitted that could have an id.
    const rows = ruleRowsAt(traceOf([extend('A')]), -1);
    const reasons = rows.flatMap((row) => (row.kind === 'notAsked' ? [row.reason] : []));
    expect(reasons).toContain('noOccasion');
    expect(rows.find(({ name }) => name === 'determinism')).toMatchObject({ kind: 'kept' });
  });

  it('an invariant of a counterexample fails at the end, and is not evaluated before', () => {
    const document = {
      '#meta': { status: 'violation' },
      vars: ['x'],
      states: [{ x: 1 }, { x: 2 }, { x: 3 }],
    };
    const trace = traceOfItf(fromItf(document, 'm'));
    const before = invariantRowsAt(trace, 0);
    expect(before).toMatchObject([{ kind: 'notEvaluated' }]);
    expect(summarizeInvariants(before)).toBe('not evaluated');
    const last = invariantRowsAt(trace, 1);
    expect(last).toMatchObject([{ kind: 'fails' }]);
    expect(summarizeInvariants(last)).toBe('1 of 1 fails');
  });

  it('an invariant of a run without one evaluation is not evaluated', () => {
    const trace = traceOf([extend('A')]);
    expect(summarizeInvariants(invariantRowsAt(trace, 0))).toBe('all hold');
    const { end } = trace;
    if (!end) throw new Error('the run has an end');
    const checks = { ...end.checks, evaluated: 0, carriedOver: 0 };
    const unchecked = Object.create(trace, {
      end: { value: { ...end, checks } },
    }) as typeof trace;
    expect(invariantRowsAt(unchecked, 0).map(({ kind }) => kind)).not.toContain('holds');
  });
});
