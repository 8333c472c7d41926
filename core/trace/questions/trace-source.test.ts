import { describe, expect, it, vi } from 'vitest';
import { book, nothing, paid, traceOf } from '../../test-helpers/test-desk.ts';
import { LinesNotLoaded, whenLoaded } from '../step-lines.ts';
import { Trace } from '../trace.ts';
import { lastWrite } from '../writes.ts';
import type { Question } from './questions.ts';
import { FetchedLines, memorySource, type TraceSource } from './trace-source.ts';

const recorded = traceOf([
  ...Array.from({ length: 40 }, (_, at) => book(`Room ${at}`)),
  ...Array.from({ length: 160 }, () => nothing),
  paid(3),
]);

/** A trace over a source that counts what it is asked. */
function fetchedTrace(charsMax?: number) {
  const memory = memorySource(recorded);
  const ask = vi.fn((question: Question) => memory.ask(question));
  const source = { ask } as unknown as TraceSource;
  const lines = new FetchedLines(source, () => recorded.length, charsMax);
  return { ask, lines, trace: new Trace(recorded.index, lines) };
}

describe('a source in memory', () => {
  it('gives the parts of an answer on the way', async () => {
    const hits: number[] = [];
    await memorySource(recorded).ask(
      { kind: 'find', text: 'Room 7' },
      {
        onFound: ({ hits: more }) => hits.push(...more.map(({ stepIndex }) => stepIndex)),
      },
    );
    expect(hits).toEqual([7]);
  });

  it('ends at an abort', async () => {
    const abort = new AbortController();
    abort.abort(new Error('enough'));
    const question = { kind: 'find', text: 'Room' } as const;
    await expect(memorySource(recorded).ask(question, { signal: abort.signal })).rejects.toThrow(
      'enough',
    );
  });
});

describe('fetched lines', () => {
  it('come with their neighbours', async () => {
    const { ask, trace } = fetchedTrace();
    expect(() => trace.line(5)).toThrow(LinesNotLoaded);
    await trace.load([5]);
    expect(trace.lines(0, 16)).toEqual(recorded.lines(0, 16));
    await trace.load([5, 6]);
    expect(ask).toHaveBeenCalledOnce();
  });

  it('are asked for once, and together', async () => {
    const { ask, trace } = fetchedTrace();
    await Promise.all([trace.load([0]), trace.load([1]), trace.load([200])]);
    expect(ask).toHaveBeenCalledOnce();
  });

  it('give the same state as lines at hand', async () => {
    const { ask, trace } = fetchedTrace();
    const state = await whenLoaded(trace, () => trace.stateAt(39));
    expect(state).toEqual(recorded.stateAt(39));
    expect(ask).toHaveBeenCalledOnce();
  });

  it('are read a few times only while one steps backwards', async () => {
    const { lines, trace } = fetchedTrace();
    await trace.load(Array.from({ length: recorded.length }, (_, at) => at));
    const read = vi.spyOn(lines, 'line');
    for (let at = 39; at >= 0; at -= 1) expect(trace.stateAt(at)).toEqual(recorded.stateAt(at));
    expect(read.mock.calls.length).toBeLessThan(60);
  });

  it('are fetched in a few requests for a search through many steps', async () => {
    const { ask, trace } = fetchedTrace();
    const search = () => lastWrite(trace, ['rooms', { mapKey: 'nowhere' }], trace.length - 1);
    expect(await whenLoaded(trace, search)).toEqual({ kind: 'initial' });
    expect(ask.mock.calls.length).toBeLessThan(5);
  });

  it('are forgotten beyond a number of characters, the latest last', async () => {
    const { trace, lines } = fetchedTrace(4_000);
    await trace.load([0]);
    for (let at = 0; at < recorded.length; at += 1) await trace.load([0, at]);
    expect(lines.chars).toBeLessThan(20_000);
    expect(trace.line(recorded.length - 1)).toBe(recorded.line(recorded.length - 1));
    expect(() => trace.line(20)).toThrow(LinesNotLoaded);
  });

  it('are all there when more are asked for at once than are kept', async () => {
    const { trace } = fetchedTrace(1_000);
    await trace.load([...recorded.changedSteps]);
    expect(() => trace.lines(0, 40)).not.toThrow();
  });

  it('can be asked for again after a failure', async () => {
    const { ask, trace } = fetchedTrace();
    ask.mockRejectedValueOnce(new Error('the reader is gone'));
    await expect(trace.load([3])).rejects.toThrow('the reader is gone');
    await trace.load([3]);
    expect(trace.line(3)).toBe(recorded.line(3));
  });
});
