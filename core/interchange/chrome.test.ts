import { describe, expect, it } from 'vitest';
import { book, crash, paid, traceOf } from '../test-helpers/test-desk.ts';
import { toChromeTrace } from './chrome.ts';

const trace = traceOf([book('A'), book('B'), paid(1), ...crash(0)]);

describe('Chrome trace events', () => {
  const { traceEvents } = JSON.parse([...toChromeTrace(trace)].join(''));
  const named = (ph: string) =>
    traceEvents
      .filter((event: { ph: string }) => event.ph === ph)
      .map(({ name }: { name: string }) => name);

  it('has a slice for each step, and an instant for crash and restore', () => {
    expect(named('X')).toHaveLength(trace.length);
    expect(named('i')).toEqual(expect.arrayContaining(['crash', 'restore']));
  });

  it('is in the order of time, with a name for each thread', () => {
    const timed = traceEvents.filter((event: { ph: string }) => event.ph !== 'M');
    const times: readonly number[] = timed.map(({ ts }: { ts: number }) => ts);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    const threads = traceEvents
      .filter(({ name }: { name: string }) => name === 'thread_name')
      .map(({ tid }: { tid: number }) => tid);
    expect(new Set(timed.map(({ tid }: { tid: number }) => tid))).toEqual(new Set(threads));
  });

  it('begins and ends each tracked action, with a flow to its completion', () => {
    expect(named('b')).toHaveLength(trace.spans.length);
    expect(named('e')).toHaveLength(trace.spans.length);
    const completed = trace.spans.filter(({ ended }) => ended?.how === 'completed');
    expect(named('s')).toHaveLength(completed.length);
    expect(named('f')).toHaveLength(completed.length);
  });
});
