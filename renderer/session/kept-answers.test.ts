import { describe, expect, it } from 'vitest';
import { answersToKeep, keptAnswersSchema, recallAnswers } from './kept-answers.ts';
import type { Answers } from './model.ts';

const FOUND = { kind: 'rule', name: 'restore is pure', message: 'it is not' };
const POINT = { from: 3, runs: 40, failed: 10, share: 0.25, low: 0.14, high: 0.4 };
const CAUSE = { signature: '["rule","restore is pure","input x",""]', stepIndex: 4 };
const ANSWERS: Answers = {
  explanation: {
    cause: CAUSE,
    status: 'completed',
    needs: new Map([
      [0, 'notNeeded'],
      [1, 'needed'],
      [3, 'otherwise'],
      [4, 'needed'],
    ]),
    made: 5,
    of: 5,
    explained: {
      sentences: [['Fails because the process crashes (', { stepIndex: 1 }, ').']],
      together: [],
      fields: [{ stepIndex: 4, name: 'day', need: 'needed' }],
      nearest: '{"from":1,"changes":[],"goesOn":"sameOperations"}',
      tries: 6,
    },
    sourceHash: 'abc',
  },
  crashes: {
    status: 'completed',
    verdicts: [
      { stepIndex: 0, verdict: 'fine', findings: [] },
      { stepIndex: 0, dispatched: 0, verdict: 'fails', findings: [FOUND] },
      { stepIndex: 4, dispatched: 2, verdict: 'failsAnyway', findings: [FOUND, FOUND] },
    ],
    count: 3,
    fails: 1,
    anyway: 1,
    steps: 5,
    sourceHash: 'abc',
  },
  doom: {
    cause: CAUSE,
    status: 'completed',
    points: new Map([[3, POINT]]),
    runs: 40,
    decidedAt: 3,
    sourceHash: 'abc',
    after: { status: 'completed', points: new Map([[3, POINT]]), runs: 40, sourceHash: 'def' },
  },
  withSaved: {
    kind: 'ended',
    rerun: { leftOut: 1, causes: [], added: [{ name: 'b', stepIndex: 2 }] },
    sourceHash: 'def',
  },
  executed: {
    steps: 5,
    coverage: {
      sources: [{ path: 'desk.ts', text: 'let a;\nlet b;', lines: [3, 1], gaps: [] }],
      stf: 'desk.ts:1:1',
      sourceHash: 'abc',
    },
  },
};

/** What comes back at the next start. */
function recalled(answers: Answers): Answers {
  const kept: unknown = JSON.parse(JSON.stringify(answersToKeep(answers, () => true)));
  return recallAnswers(keptAnswersSchema.parse(kept));
}

describe('the answers of a run', () => {
  it('come back as they were, with the source that they were computed from', () => {
    expect(recalled(ANSWERS)).toEqual(ANSWERS);
  });

  it('that were under way come back as far as they had come, and have stopped', () => {
    const { explanation, crashes, doom } = ANSWERS;
    if (!explanation || !crashes || !doom) throw new Error('there are all');
    const { explained: _, ...unexplained } = explanation;
    const back = recalled({
      explanation: { ...unexplained, status: 'running', made: 3 },
      crashes: { ...crashes, status: 'running' },
      doom: { ...doom, status: 'running' },
      withSaved: { kind: 'running', taskId: 'rerun-1' },
    });
    expect(back.explanation).toEqual({ ...unexplained, status: 'cancelled', made: 3 });
    expect(back.crashes).toEqual({ ...crashes, status: 'cancelled' });
    expect(back.doom).toEqual({ ...doom, status: 'cancelled' });
    expect(back).not.toHaveProperty('withSaved');
  });

  it('are not kept if there are none, or too many', () => {
    expect(answersToKeep({}, () => true)).toBeUndefined();
    const { crashes } = ANSWERS;
    if (!crashes) throw new Error('there are some');
    expect(
      answersToKeep({ crashes: { ...crashes, count: 1_000_000 } }, () => true),
    ).toBeUndefined();
  });
});
