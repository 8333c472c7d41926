import { describe, expect, it } from 'vitest';
import { traceOfStates } from '../test-helpers/test-states.ts';
import { answer, QUESTIONS, type Question } from './questions.ts';
import type { Trace } from './trace.ts';

const trace = traceOfStates({ rooms: new Map([[1, { guest: 'Ada' }]]), spare: 0 }, [
  { rooms: new Map([[1, { guest: 'Ada' }]]), spare: 1 },
  { rooms: new Map([[1, { guest: 'Grace' }]]), spare: 1 },
  { rooms: new Map([[1, { guest: 'Grace' }]]), spare: 2 },
]);

function ask(question: Question, other: Trace = trace) {
  const found: unknown[] = [];
  const search = answer(trace, question, () => other);
  let next = search.next();
  for (; next.done !== true; next = search.next()) if (next.value) found.push(next.value);
  // What travels between processes is JSON.
  return { found: JSON.parse(JSON.stringify(found)) as unknown[], answer: next.value };
}

describe('questions about a trace', () => {
  it('give the lines of steps in the order asked for', () => {
    const { answer: lines } = ask({ kind: 'lines', stepIndices: [2, 0] });
    expect(lines).toEqual([trace.line(2), trace.line(0)]);
  });

  it('find the writes of a member', () => {
    const path = ['rooms', { mapKey: 1 }, 'guest'];
    const { found } = ask({
      kind: 'writes',
      path,
      at: 2,
      direction: 'backwards',
      isFirstOnly: true,
    });
    const decoded = found.map((part) => QUESTIONS.writes.found.parse(part));
    expect(decoded.at(-1)).toEqual({
      write: { stepIndex: 1, before: path, after: path },
      scanned: 2,
      path,
    });
  });

  it('find a text where it comes in, whatever the case of its letters', () => {
    const { found } = ask({ kind: 'find', text: 'ada' });
    const hits = found.flatMap((part) => QUESTIONS.find.found.parse(part).hits);
    expect(hits.map(({ stepIndex }) => stepIndex)).toEqual([-1]);
    const grace = ask({ kind: 'find', text: 'GRACE' }).found.flatMap(
      (part) => QUESTIONS.find.found.parse(part).hits,
    );
    expect(grace.map(({ stepIndex }) => stepIndex)).toEqual([1]);
    const [hit] = grace;
    expect(hit?.excerpt.slice(hit.at, hit.at + 5)).toBe('Grace');
  });

  it('show a found text after a few whole words of its line', () => {
    const { found } = ask({ kind: 'find', text: 'GRACE' });
    const [hit] = found.flatMap((part) => QUESTIONS.find.found.parse(part).hits);
    const [before, after] = [hit?.excerpt.slice(0, hit.at), hit?.excerpt.slice(hit.at + 5)];
    expect(before).toMatch(/^…["{[]/);
    expect(before?.length).toBeLessThanOrEqual(24);
    expect(trace.line(1)).toContain(`${before?.slice(1)}Grace${after?.replace(/…$/, '')}`);
  });

  it('find the steps that hold several texts at once, from a step on', () => {
    const stepsWith = (texts: readonly string[], from = 0) =>
      ask({ kind: 'holding', texts, from }).found.flatMap(
        (part) => QUESTIONS.holding.found.parse(part).steps,
      );
    expect(stepsWith(['SPARE'])).toEqual([0, 2]);
    expect(stepsWith(['spare'], 1)).toEqual([2]);
    expect(stepsWith(['guest', 'grace'])).toEqual([1]);
    expect(stepsWith(['spare', 'grace'])).toEqual([]);
    expect(stepsWith([trace.step(0).stateHash ?? ''])).toEqual([]);
  });

  it('find where two traces differ', () => {
    const other = traceOfStates(trace.header.initialState, [
      trace.stateAt(0),
      { rooms: new Map([[1, { guest: 'Edsger' }]]), spare: 1 },
    ]);
    const { answer: place } = ask({ kind: 'firstDifference', beforeId: 'other' }, other);
    expect(place).toMatchObject({ kind: 'step', stepIndex: 1, parts: ['patch', 'stateHash'] });
  });
});
