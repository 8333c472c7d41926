import { describe, expect, it, vi } from 'vitest';
import { book, desk, paid, traceOf } from '../../core/test-helpers/test-desk.ts';
import type { QuestionOf } from '../../core/trace/questions/questions.ts';
import { memorySource, type TraceSource } from '../../core/trace/questions/trace-source.ts';
import { PHASES_MAX } from '../../core/trace/records/phases.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { setSource } from './asking.ts';
import { allSteps, StepSet } from './step-set.ts';
import { stepBeside, TransitionSearch } from './transitions.ts';

const declared: typeof desk = {
  ...desk,
  records: { hold: { at: ['holds', '*'], phase: 'status' } },
};

function deskTrace(): Trace {
  const trace = traceOf([book('A'), book('B'), paid(1), paid(2), book('C')], 'none', declared);
  setSource(trace, memorySource(trace));
  return trace;
}

const textsOf = (search: TransitionSearch) =>
  search.found.getState().seen.map(({ from, to, steps }) => {
    const all = Array.from({ length: steps.length }, (_, at) => steps.at(at));
    return `${from ?? ''}>${to ?? ''} ${all.join(',')}`;
  });

const until = (search: TransitionSearch, status: string) =>
  vi.waitFor(() => expect(search.found.getState().status).toBe(status));

describe('a search for transitions', () => {
  it('finds them over the whole run', async () => {
    const search = new TransitionSearch(deskTrace());
    search.extendTo(5);
    await until(search, 'done');
    expect(textsOf(search)).toEqual(['>waiting 0,1,4', 'waiting>done 2,3']);
  });

  it('asks only for the steps that have come since', async () => {
    const trace = deskTrace();
    const asked: number[] = [];
    let length = 2;
    const whole = memorySource(trace);
    const source = {
      ask: (question: { from: number }, asking?: { onFound?: (part: unknown) => void }) => {
        asked.push(question.from);
        return whole.ask(question as QuestionOf<'transitions'>, {
          onFound: (part) => {
            const transitions = part.transitions
              .map((one) => ({ ...one, steps: one.steps.filter((step) => step < length) }))
              .filter(({ steps }) => steps.length > 0);
            const searched = Math.min(part.searched, length);
            asking?.onFound?.({ ...part, transitions, searched });
          },
        });
      },
    } as unknown as TraceSource;
    const growing = {
      get length() {
        return length;
      },
    } as unknown as Trace;
    setSource(growing, source);
    const search = new TransitionSearch(growing);
    search.extendTo(2);
    await until(search, 'done');
    expect(textsOf(search)).toEqual(['>waiting 0,1']);
    length = 5;
    search.extendTo(5);
    await vi.waitFor(() => expect(textsOf(search)).toEqual(['>waiting 0,1,4', 'waiting>done 2,3']));
    expect(asked).toEqual([0, 2]);
  });

  it('drops a field whose values turn out to be many, part by part', async () => {
    const parts = Array.from({ length: PHASES_MAX + 1 }, (_, at) => ({
      searched: at + 1,
      transitions: [{ kind: 'order', field: 'customer', from: null, to: `c${at}`, steps: [at] }],
      dropped: [],
    }));
    const trace = { length: parts.length } as Trace;
    setSource(trace, {
      ask: (_: unknown, asking?: { onFound?: (part: unknown) => void }) => {
        for (const part of parts) asking?.onFound?.(part);
        return Promise.resolve(null);
      },
    } as unknown as TraceSource);
    const search = new TransitionSearch(trace);
    search.extendTo(trace.length);
    await until(search, 'done');
    expect(search.found.getState().seen).toEqual([]);
  });

  it('stops when it is cancelled, and goes on from there', async () => {
    const search = new TransitionSearch(deskTrace());
    search.cancel();
    search.extendTo(5);
    expect(search.found.getState().status).toBe('cancelled');
    search.resume();
    await until(search, 'done');
    expect(textsOf(search)).toHaveLength(2);
  });
});

describe('the occurrence beside a step', () => {
  const steps = StepSet.EMPTY.with([3, 3, 8]);

  it('is the next or the previous one, and goes round', () => {
    expect(stepBeside(steps, -1, 'next')).toBe(3);
    expect(stepBeside(steps, 3, 'next')).toBe(8);
    expect(stepBeside(steps, 8, 'next')).toBe(3);
    expect(stepBeside(steps, 8, 'previous')).toBe(3);
    expect(stepBeside(steps, 3, 'previous')).toBe(8);
    expect(stepBeside(allSteps(0), 3, 'next')).toBeUndefined();
  });
});
