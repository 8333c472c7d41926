import { describe, expect, it } from 'vitest';
import { fromItf } from '../../core/interchange/itf.ts';
import type { Operation, StepFault } from '../../core/machine/operation.ts';
import {
  book,
  crash,
  doubled,
  lost,
  paid,
  patientDesk,
  traceOf,
  withFault,
} from '../../core/test-helpers/test-desk.ts';
import { traceOfItf } from '../../core/test-helpers/test-itf.ts';
import { describeLoop } from '../../core/trace/words/counterexample-words.ts';
import {
  describeAnswer,
  describeOutcome,
  toneOf,
  toneSourceOf,
} from '../../core/trace/words/step-words.ts';
import { markOfStep } from '../theme/marks.ts';
import { notesAt } from './step-notes.ts';

/** The last step of a run: its notes, mark, outcome and tone. */
function lastOf(operations: readonly Operation[]) {
  const trace = traceOf(operations);
  const step = trace.step(trace.length - 1);
  const notes = notesAt(trace, trace.length - 1);
  return {
    text: notes.map(({ text }) => text).join('; '),
    consequence: notes.map(({ consequence }) => consequence).join('; '),
    mark: markOfStep(step),
    outcome: describeOutcome(step),
    answer: describeAnswer(step),
    tone: toneOf(toneSourceOf(step)),
  };
}

const struckBy = (fault: StepFault) => lastOf([withFault(book('A'), fault)]);

describe('a step in words', () => {
  it('has none without a fault', () => {
    expect(lastOf([book('A')])).toMatchObject({ text: '', mark: undefined, tone: 'ok' });
  });

  it('says where its process died', () => {
    expect(struckBy({ kind: 'crashAtAccess', access: 1 })).toMatchObject({
      text: 'The process died at access 2 to the state',
      mark: 'died',
      outcome: 'process died',
      tone: 'died',
    });
    expect(struckBy({ kind: 'crashBeforeCommit' }).text).toBe(
      'The process died just before the commit',
    );
  });

  it('says what of the storage failed', () => {
    expect(struckBy({ kind: 'accessFails', access: 0 })).toMatchObject({
      text: 'Access 1 to the state failed',
      mark: 'storage',
      outcome: 'storage failed',
      tone: 'failed',
    });
    expect(struckBy({ kind: 'commitFails' }).text).toBe('The commit failed');
  });

  it('says what was refused, and that the machine went on all the same', () => {
    // The desk goes on without its mail, but lets the refusal of the hold through.
    expect(struckBy({ kind: 'actionRefused', action: 0 })).toMatchObject({
      text: 'The container refused action 1',
      mark: 'refused',
      outcome: 'ok',
      answer: 'ok, 1 refused',
    });
    expect(struckBy({ kind: 'actionRefused', action: 1 }).outcome).toBe('action refused');
  });

  it('says that a completion came twice, or never', () => {
    expect(lastOf([book('A'), paid(1), doubled(1)])).toMatchObject({
      text: 'Delivered a second time',
      mark: 'duplicate',
    });
    expect(lastOf([book('A'), lost(1)])).toMatchObject({
      text: 'The result got lost on its way',
      mark: 'loss',
      outcome: 'never arrived',
      tone: 'loss',
    });
  });

  it('says what a crash came after, and what it lost', () => {
    expect(lastOf([book('A'), { kind: 'crash', dispatched: 0 }])).toMatchObject({
      text: 'The process died after the commit of step 0',
      consequence: 'None of the 2 actions that it had emitted was sent.',
      mark: 'crashWithLoss',
    });
    const died = withFault(book('A'), { kind: 'crashBeforeCommit' });
    expect(lastOf([died, { kind: 'crash', dispatched: 0 }])).toMatchObject({
      text: 'The process died inside step 0',
      mark: 'crash',
    });
  });

  it('tells a restore that failed from one that succeeded', () => {
    expect(lastOf([book('A'), ...crash(2)])).toMatchObject({ mark: 'restore', tone: 'restore' });
    const failed = withFault({ kind: 'restore' }, { kind: 'accessFails', access: 0 });
    expect(lastOf([book('A'), { kind: 'crash', dispatched: 2 }, failed])).toMatchObject({
      text: 'Restore failed: access 1 to the state failed',
      mark: 'restoreFailed',
    });
  });

  it('says of a restore that came back which action the container refused', () => {
    const refusing = withFault({ kind: 'restore' }, { kind: 'actionRefused', action: 0 });
    const operations = [book('A'), { kind: 'crash', dispatched: 0 } as const, refusing];
    const trace = traceOf(operations, 'none', patientDesk);
    const [note] = notesAt(trace, 2);
    expect(note).toMatchObject({
      text: 'The process is back, but the container refused action 1',
      mark: markOfStep(trace.step(2)),
    });
    expect(note?.mark).toBe('restoreRefused');
  });

  it('says that the run has ended', () => {
    expect(lastOf([{ kind: 'settled' }])).toMatchObject({ mark: 'settled', tone: 'settled' });
  });
});

describe('the loop of a counterexample', () => {
  const states = [{ x: 1 }, { x: 2 }, { x: 3 }];
  const notesOf = (loop: number | undefined, count = states.length) => {
    const document = {
      vars: ['x'],
      states: states.slice(0, count),
      ...(loop === undefined ? {} : { loop }),
    };
    const trace = traceOfItf(fromItf(document, 'm'));
    return [describeLoop(trace), ...(trace.length > 0 ? notesAt(trace, trace.length - 1) : [])];
  };

  it.each([
    [undefined, 3, undefined],
    [1, 3, 'A loop: step 1 goes back to step 0'],
    [0, 3, 'A loop: step 1 goes back to the initial state'],
    [2, 3, 'A loop: the run stays in the state of step 1'],
    [0, 1, 'A loop: the run stays in the initial state'],
  ])('goes back to state %s, of %i', (loop, count, text) => {
    const [words, note] = notesOf(loop, count);
    expect(words).toBe(text);
    if (count > 1) expect((note as { text?: string } | undefined)?.text).toBe(text);
  });
});
