import { describe, expect, it } from 'vitest';
import { traceOfStates } from '../../test-helpers/test-states.ts';
import type { Trace } from '../trace.ts';
import { answer, QUESTIONS, type Question } from './questions.ts';

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

  it.each([
    ['GRACE', 1, 'rooms[1]', 'guest: "Grace"'],
    ['ada', -1, 'rooms[1]', 'guest: "Ada"'],
    ['guest', -1, 'rooms[1]', 'guest: "Ada"'],
    ['spare: 2', 2, '', 'spare: 2'],
  ])('show %j as the state tree has it, with its place', (text, stepIndex, place, excerpt) => {
    const { found } = ask({ kind: 'find', text: text.includes(':') ? 'spare' : text });
    const hits = found.flatMap((part) => QUESTIONS.find.found.parse(part).hits);
    const hit = hits.find((one) => one.stepIndex === stepIndex);
    expect(hit).toMatchObject({ place, excerpt });
  });

  it('show a text of JSON on its line, after a few whole words', () => {
    const { found } = ask({ kind: 'find', text: ']]' });
    const hits = found.flatMap((part) => QUESTIONS.find.found.parse(part).hits);
    const hit = hits.find(({ stepIndex }) => stepIndex === 0);
    if (!hit) throw new Error('step 0 has a change');
    expect([hit.place, hit.excerpt.slice(0, hit.at)]).toEqual(['', expect.stringMatching(/^…/)]);
    expect(hit.excerpt).toContain('["spare"],1]]');
  });

  it('find no digits of digests and of the numbers of steps', () => {
    const { found } = ask({ kind: 'find', text: trace.step(0).stateHash ?? '' });
    expect(found.flatMap((part) => QUESTIONS.find.found.parse(part).hits)).toEqual([]);
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
