import { describe, expect, it } from 'vitest';
import {
  book,
  crash,
  extend,
  nothing,
  paid,
  traceOf,
  withFault,
} from '../../core/test-helpers/test-desk.ts';
import { causesOf } from '../../core/trace/causes.ts';
import type { Question } from '../../core/trace/questions/questions.ts';
import {
  memorySource,
  type Asking,
  type TraceSource,
} from '../../core/trace/questions/trace-source.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { labelOf } from '../../core/value/label.ts';
import { setSource } from './asking.ts';
import type { StepFilter } from './step-filter.ts';
import { StepSearch, type Filtered } from './step-search.ts';

/** Twelve steps: bookings, one that is rejected, faults, a crash, and a finding or two. */
function deskTrace(): Trace {
  const trace = traceOf(
    [
      book('Room 1'),
      paid(1),
      book('Room 1'),
      nothing,
      withFault(book('Room 2'), { kind: 'commitFails' }),
      book('Room 2'),
      ...crash(0),
      extend('Room 1'),
      withFault(nothing, { kind: 'crashBeforeCommit' }),
      { kind: 'restore' },
      nothing,
    ],
    'chaos',
  );
  setSource(trace, memorySource(trace));
  return trace;
}

function stepsOf({ steps }: Filtered): number[] {
  return Array.from({ length: steps.length }, (_, index) => steps.at(index));
}

/** Searches until nothing more is reported. */
async function filtered(trace: Trace, filter: StepFilter): Promise<Filtered> {
  return new Promise((resolve) => {
    new StepSearch(trace, filter, (found) => {
      if (found.status !== 'searching') resolve(found);
    }).extend();
  });
}

async function stepsWith(trace: Trace, filter: StepFilter): Promise<number[]> {
  return stepsOf(await filtered(trace, filter));
}

/** The steps that hold for a test of each. */
function expected(trace: Trace, isWanted: (stepIndex: number) => boolean): number[] {
  return Array.from({ length: trace.length }, (_, at) => at).filter(isWanted);
}

describe('the search of a filter', () => {
  it('finds the steps that concern a record', async () => {
    const trace = deskTrace();
    expect(await stepsWith(trace, { record: 'holds/1' })).toEqual([0, 1]);
    expect(
      await stepsWith(trace, { record: 'rooms/Room 1', kinds: ['trackedActionCompleted'] }),
    ).toEqual([1]);
    expect(await stepsWith(trace, { record: 'orders/1' })).toEqual([]);
  });

  it('finds kinds, outcomes and flags by glances', async () => {
    const trace = deskTrace();
    expect(await stepsWith(trace, { kinds: ['crash', 'restore'] })).toEqual(
      expected(trace, (at) => ['crash', 'restore'].includes(trace.step(at).operation.kind)),
    );
    const failed = await stepsWith(trace, { outcomes: ['failed'] });
    expect(failed).toEqual([4]);
    expect(await stepsWith(trace, { outcomes: ['died', 'failed'] })).toContain(9);
    expect(await stepsWith(trace, { hasChangedState: true })).toEqual(trace.changedSteps);
    expect(await stepsWith(trace, { hasFault: true, outcomes: ['failed'] })).toEqual([4]);
  });

  it('finds the steps that ended in some kinds of errors, together with the rest', async () => {
    const trace = deskTrace();
    const { outcome } = trace.step(4);
    const storage = outcome.kind === 'err' ? labelOf(outcome.error) : '';
    expect(await stepsWith(trace, { errors: [storage, 'UnknownHold'] })).toEqual([4]);
    expect(await stepsWith(trace, { errors: [storage], hasChangedState: true })).toEqual([]);
    expect(await stepsWith(trace, { errors: ['UnknownHold'] })).toEqual([]);
  });

  it('finds the steps of one cause', async () => {
    const trace = deskTrace();
    for (const { signature, steps } of causesOf(trace.findings)) {
      expect(await stepsWith(trace, { cause: signature })).toEqual(steps);
    }
    expect(causesOf(trace.findings).length).toBeGreaterThan(0);
  });

  it('finds words and expressions where the lines are, together with the rest', async () => {
    const trace = deskTrace();
    expect(await stepsWith(trace, { words: 'book "room 2' })).toEqual([]);
    const booked = await stepsWith(trace, { words: 'BOOK room' });
    expect(booked).toEqual([0, 2, 4, 5]);
    expect(await stepsWith(trace, { words: 'book', outcomes: ['failed'] })).toEqual([4]);
    expect(await stepsWith(trace, { where: 'step % 2 == 0', words: 'book' })).toEqual([0, 2, 4]);
  });

  it('counts the steps at which an expression has no value', async () => {
    const found = await filtered(deskTrace(), { where: 'input.room == "Room 2"' });
    expect(stepsOf(found)).toEqual([4, 5]);
    expect(found.without?.count).toBeGreaterThan(0);
  });

  it('says why the rest cannot be searched', async () => {
    const found = await filtered(deskTrace(), { where: 'nonsense(' });
    expect(found).toMatchObject({ status: 'cancelled', searched: 0 });
    expect(found.problem).toBeTruthy();
  });

  it('asks only for the steps that have come since', async () => {
    const trace = deskTrace();
    const asked: Question[] = [];
    const source = memorySource(trace);
    setSource(trace, {
      ask: (question, asking) => {
        asked.push(question);
        return source.ask(question, asking);
      },
    });
    let settle = (_: Filtered) => {};
    const search = new StepSearch(trace, { words: 'book' }, (found) => {
      if (found.status !== 'searching') settle(found);
    });
    const first = new Promise<Filtered>((resolve) => (settle = resolve));
    search.extend();
    await first;
    const second = new Promise<Filtered>((resolve) => (settle = resolve));
    search.extend();
    expect(stepsOf(await second)).toEqual([0, 2, 4, 5]);
    expect(asked).toHaveLength(1);
  });

  it('keeps what it has found when it is cancelled', async () => {
    const trace = deskTrace();
    const reports: Filtered[] = [];
    setSource(trace, {
      ask: async (_question: Question, asking?: Asking<'holding'>) => {
        asking?.onFound?.({ searched: 3, steps: [0, 2] });
        await new Promise((resolve) => setTimeout(resolve, 5));
        asking?.signal?.throwIfAborted();
        return null;
      },
    } as unknown as TraceSource);
    const search = new StepSearch(trace, { words: 'book' }, (found) => reports.push(found));
    search.extend();
    search.cancel();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(reports.at(-1)).toMatchObject({ status: 'cancelled' });
    expect(reports.at(-1)?.problem).toBeUndefined();
  });
});
