import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { stubBridge } from '../test-helpers/test-bridge.ts';
import type { RunEntry } from './model.ts';
import { addNote, notesStore, toggleBookmark } from './notes.ts';
import { makeRoom } from './room.ts';
import { session } from './store.ts';

let request: ReturnType<typeof stubBridge>;

const run = (id: string, seed: string): RunEntry => ({
  id,
  origin: {
    kind: 'machine',
    machine: { kind: 'sample', name: 'desk' },
    settings: { scenario: 'rush-hour', seed, operationsMax: 60, faults: 'none' },
  },
  status: 'completed',
  steps: 4,
});

const closed = () =>
  request.mock.calls.flatMap(([name, takes]) =>
    name === 'closeTrace' ? [(takes as { traceId: string }).traceId] : [],
  );

beforeEach(() => {
  vi.useFakeTimers();
  request = stubBridge();
  session.setState({ runs: ['c', 'b', 'a'].map((id) => run(id, '1')), runId: 'a', shown: 'run' });
});

afterEach(() => {
  session.setState(session.getInitialState());
  notesStore.setState(notesStore.getInitialState());
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const GIGABYTE = 1024 ** 3;
const FULL = {
  bytes: 5 * GIGABYTE,
  bytesMax: 4 * GIGABYTE,
  traces: ['a', 'b', 'c'].map((traceId) => ({ traceId, bytes: 1.5 * GIGABYTE })),
};

it('says which runs go before they go, the oldest first, but not what is on the screen', async () => {
  makeRoom(FULL);
  const [shown] = session.getState().problems;
  expect(shown?.problem.title).toBe('The runs of this session take 5 GB of 4 GB.');
  expect(shown?.problem.remedy).toContain('closed in a minute: desk with seed 1.');
  await vi.advanceTimersByTimeAsync(50_000);
  expect(closed()).toEqual([]);
  await vi.advanceTimersByTimeAsync(15_000);
  expect(closed()).toEqual(['b']);
  expect(session.getState().runs.map(({ id }) => id)).toEqual(['c', 'a']);
});

it('keeps a run that is shown in the meantime', async () => {
  makeRoom(FULL);
  session.setState({ runId: 'b' });
  await vi.advanceTimersByTimeAsync(65_000);
  expect(closed()).toEqual([]);
});

it('keeps a run with notes, also one that was noted in the meantime', async () => {
  addNote(run('b', '1'), { step: 2 }, { text: 'Here' });
  makeRoom(FULL);
  toggleBookmark(run('c', '1'), { step: 1 });
  await vi.advanceTimersByTimeAsync(65_000);
  expect(closed()).toEqual([]);
});

it('asks for runs to be closed when none may go', () => {
  makeRoom({ ...FULL, traces: FULL.traces.slice(0, 1) });
  expect(session.getState().problems[0]?.problem.remedy).toContain('Close runs');
});
