import { describe, expect, it } from 'vitest';
import { signatureOf } from '../../core/engine/signature.ts';
import { book, nothing, paid, traceOf } from '../../core/test-helpers/test-desk.ts';
import type { RunEntry } from './model.ts';
import { cursorOf, findingOf } from './reader.ts';

const RUN: RunEntry = {
  id: 'run',
  origin: { kind: 'file', path: 'desk.jsonl' },
  status: 'completed',
  cursor: -1,
  isCursorTouched: false,
};

// Two causes: a refund that a crash would lose, and rooms that overlap.
const OPERATIONS = [
  book('Room 1'),
  book('Room 1'),
  paid(1),
  paid(2),
  nothing,
  book('Room 1b'),
  paid(3),
];
const trace = traceOf(OPERATIONS, 'crashes');
const [first] = trace.findings;
const last = trace.findings.at(-1);
if (!first || !last) throw new Error('the desk has no findings');

describe('a run opens', () => {
  it('has two causes in this test', () => {
    expect(signatureOf(first)).not.toBe(signatureOf(last));
    expect(last.stepIndex).toBeGreaterThan(first.stepIndex);
  });

  it('at its first finding', () => {
    expect(cursorOf(RUN, trace)).toBe(first.stepIndex);
  });

  it('at the finding that it is opened for', () => {
    const wantedSignature = signatureOf(last);
    expect(cursorOf({ ...RUN, wantedSignature }, trace)).toBe(
      findingOf(trace, wantedSignature)?.stepIndex,
    );
    expect(cursorOf({ ...RUN, wantedSignature }, trace)).toBe(last.stepIndex);
  });

  it('at its latest step while that finding is still to come', () => {
    const early = traceOf(OPERATIONS.slice(0, 5), 'crashes');
    const run: RunEntry = { ...RUN, wantedSignature: signatureOf(last), status: 'running' };
    expect(cursorOf(run, early)).toBe(4);
    expect(cursorOf({ ...run, status: 'completed' }, early)).toBe(first.stepIndex);
  });

  it('where it was left, and stays where the person has gone', () => {
    expect(cursorOf({ ...RUN, wantedCursor: 4, wantedSignature: '?' }, trace)).toBe(4);
    expect(cursorOf({ ...RUN, isCursorTouched: true, cursor: 1 }, trace)).toBe(1);
  });
});
