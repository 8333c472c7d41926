import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { stubBridge } from '../test-helpers/test-bridge.ts';
import { closedRun, closeRun, undoClosing } from './closing.ts';
import type { RunEntry } from './model.ts';
import { addNote, notesOf, notesStore } from './notes.ts';
import { session } from './store.ts';

let request: ReturnType<typeof stubBridge>;

const run = (id: string): RunEntry => ({
  id,
  origin: { kind: 'file', path: `/traces/${id}.jsonl` },
  status: 'completed',
  steps: 4,
});
const closed = () =>
  request.mock.calls.flatMap(([name, takes]) =>
    name === 'closeTrace' ? [(takes as { traceId: string }).traceId] : [],
  );
const listed = () => session.getState().runs.map(({ id }) => id);
const note = (id: string) => addNote(run(id), { step: 2 }, { text: `On ${id}` });

beforeEach(() => {
  vi.useFakeTimers();
  request = stubBridge();
  const cursors = { b: { stepIndex: 3, isTouched: true } };
  session.setState({ runs: ['a', 'b', 'c'].map(run), runId: 'b', shown: 'run', cursors });
});

afterEach(async () => {
  await vi.advanceTimersByTimeAsync(60_000);
  session.setState(session.getInitialState(), true);
  notesStore.setState(notesStore.getInitialState(), true);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('opens a run with notes again where it was closed, with its notes and its step', async () => {
  note('b');
  closeRun(run('b'));
  expect(listed()).toEqual(['a', 'c']);
  expect(session.getState().runId).toBe('c');
  expect(closedRun()?.words).toBe('Closed b.jsonl with 1 note');
  await vi.advanceTimersByTimeAsync(50_000);
  undoClosing();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(listed()).toEqual(['a', 'b', 'c']);
  expect(session.getState()).toMatchObject({ runId: 'b', cursors: { b: { stepIndex: 3 } } });
  expect(notesOf(run('b'))).toMatchObject([{ text: 'On b' }]);
  expect(closed()).toEqual([]);
  expect(closedRun()).toBeUndefined();
});

it('forgets it a minute later, and what has no notes at once', async () => {
  closeRun(run('c'));
  await vi.advanceTimersByTimeAsync(0);
  expect(closed()).toEqual(['c']);
  expect(closedRun()).toBeUndefined();
  note('b');
  closeRun(run('b'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(closed()).toEqual(['c', 'b']);
  undoClosing();
  expect(listed()).toEqual(['a']);
});

it('keeps the run that was closed last, stopped', async () => {
  note('a');
  note('b');
  closeRun(run('a'));
  closeRun({ ...run('b'), status: 'running', verification: { kind: 'running', steps: 2 } });
  await vi.advanceTimersByTimeAsync(0);
  expect(closed()).toEqual(['a']);
  undoClosing();
  const [back] = session.getState().runs;
  expect(back).toMatchObject({ id: 'b', status: 'cancelled' });
  expect(back?.verification).toBeUndefined();
});
