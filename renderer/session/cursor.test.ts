import { beforeEach, describe, expect, it } from 'vitest';
import { signatureOf } from '../../core/engine/signature.ts';
import { book, desk, nothing, paid, traceOf } from '../../core/test-helpers/test-desk.ts';
import { aimCursor, compareWith, findingOf, placeOf, seek } from './cursor.ts';
import type { Cursor } from './model.ts';
import { selectCursor, session, type Session } from './store.ts';

const START: Cursor = { stepIndex: -1, isTouched: false };

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
    expect(placeOf(START, 'completed', trace)).toBe(first.stepIndex);
  });

  it('at the finding for which it is opened', () => {
    const signature = signatureOf(last);
    const place = placeOf({ ...START, aim: { signature } }, 'completed', trace);
    expect(place).toBe(findingOf(trace, signature)?.stepIndex);
    expect(place).toBe(last.stepIndex);
  });

  it('at the finding that it was shrunk to', () => {
    const stepIndices = OPERATIONS.map((_, at) => at);
    const shrunkFrom = { steps: OPERATIONS.length, stepIndices, signature: signatureOf(last) };
    const shrunk = traceOf(OPERATIONS, 'crashes', desk, shrunkFrom);
    expect(placeOf(START, 'completed', shrunk)).toBe(last.stepIndex);
    const moved = { ...START, stepIndex: 1, isTouched: true };
    expect(placeOf(moved, 'completed', shrunk)).toBe(1);
  });

  it('at its latest step while that finding is still to come', () => {
    const early = traceOf(OPERATIONS.slice(0, 5), 'crashes');
    const cursor: Cursor = { ...START, aim: { signature: signatureOf(last) } };
    expect(placeOf(cursor, 'running', early)).toBe(4);
    expect(placeOf(cursor, 'completed', early)).toBe(first.stepIndex);
  });

  it('where it was left, and does not walk there with a run that is being read', () => {
    const early = traceOf(OPERATIONS.slice(0, 5), 'crashes');
    const cursor: Cursor = { ...START, aim: { stepIndex: 6 } };
    expect(placeOf(cursor, 'running', early)).toBe(START.stepIndex);
    expect(placeOf(cursor, 'running', trace)).toBe(6);
    expect(placeOf(cursor, 'completed', early)).toBe(4);
  });

  it('where it was left, and stays where the user has moved', () => {
    expect(placeOf({ ...START, aim: { stepIndex: 4 } }, 'completed', trace)).toBe(4);
    expect(placeOf({ ...START, aim: { stepIndex: 4 } }, 'running', trace)).toBe(4);
    expect(placeOf({ stepIndex: 1, isTouched: true }, 'completed', trace)).toBe(1);
  });
});

describe('moving the cursor', () => {
  const cursor = () => selectCursor(session.getState(), 'run');

  beforeEach(() => {
    session.setState(session.getInitialState(), true);
    session.setState({
      runs: [
        {
          id: 'run',
          origin: { kind: 'file', path: 'desk.jsonl' },
          status: 'completed',
          steps: 7,
          trace,
        },
        { id: 'other', origin: { kind: 'file', path: 'other.jsonl' }, status: 'waiting', steps: 0 },
      ],
      runId: 'run',
    });
  });

  it('stays inside the run', () => {
    seek(3);
    expect(cursor()).toEqual({ stepIndex: 3, isTouched: true });
    seek(1_000);
    expect(cursor().stepIndex).toBe(trace.length - 1);
    seek(-5);
    expect(cursor().stepIndex).toBe(-1);
  });

  it('counts from where the cursor is by then, whatever is on the screen', () => {
    const next = (from: number) => from + 1;
    seek(1);
    seek(next);
    seek(next);
    expect(cursor().stepIndex).toBe(3);
    seek(() => undefined);
    expect(cursor().stepIndex).toBe(3);
  });

  it('changes nothing else of the session, such as the list of runs', () => {
    const others = ({ cursors: { run: _, ...cursors }, ...rest }: Session) => [
      ...Object.values(rest),
      ...Object.values(cursors),
    ];
    const before = others(session.getState());
    let changes = 0;
    const unsubscribe = session.subscribe((now) => {
      changes += 1;
      expect(others(now).every((value, index) => value === before[index])).toBe(true);
    });
    for (const stepIndex of [0, 1, 2, 2, 3]) seek(stepIndex);
    unsubscribe();
    expect(changes).toBe(4);
  });

  it('forgets why the run was opened, and keeps the step to compare with', () => {
    aimCursor('run', { signature: signatureOf(last) });
    expect(cursor().stepIndex).toBe(last.stepIndex);
    compareWith(2);
    seek(4);
    expect(cursor()).toEqual({ stepIndex: 4, isTouched: true, compareWith: 2 });
    compareWith(undefined);
    expect(cursor()).toEqual({ stepIndex: 4, isTouched: true });
  });
});
