import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nothing, traceOf } from '../../core/test-helpers/test-desk.ts';
import { seek } from './cursor.ts';
import { keepSession, recallSession, resumeSession } from './persistence.ts';
import { selectCursor, session, updateRun } from './store.ts';

const trace = traceOf([nothing, nothing, nothing, nothing]);
const stored = new Map<string, string>();
const setItem = vi.fn((key: string, text: string) => stored.set(key, text));
const listeners = new Map<string, () => void>();
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('localStorage', { setItem, getItem: (key: string) => stored.get(key) ?? null });
  vi.stubGlobal('addEventListener', (name: string, listen: () => void) =>
    listeners.set(name, listen),
  );
  vi.stubGlobal('removeEventListener', (name: string) => listeners.delete(name));
  stored.clear();
  session.setState(session.getInitialState(), true);
  stop = keepSession();
  session.setState({
    runs: [{ id: 'run', origin: { kind: 'file', path: 'desk.jsonl' }, status: 'running', trace }],
    runId: 'run',
  });
  setItem.mockClear();
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The session that the next start finds. */
function recall(hasWindowDied = false) {
  session.setState(session.getInitialState(), true);
  recallSession(hasWindowDied);
  return session.getState();
}

it('writes nothing while the cursor moves, and its place when it has come to rest', () => {
  for (const stepIndex of [0, 1, 2, 3, 2]) seek(stepIndex);
  expect(setItem).not.toHaveBeenCalled();
  vi.runAllTimers();
  expect(setItem).toHaveBeenCalledOnce();
  stop();
  const state = recall();
  expect(state.runs).toMatchObject([{ id: 'run', status: 'waiting' }]);
  expect(selectCursor(state, 'run').aim).toEqual({ stepIndex: 2 });
});

it('writes the place of the cursor when the window goes away', () => {
  seek(3);
  listeners.get('pagehide')?.();
  stop();
  expect(selectCursor(recall(), 'run').aim).toEqual({ stepIndex: 3 });
});

it('writes nothing while a run grows', () => {
  updateRun('run', (run) => ({ ...run }));
  expect(setItem).not.toHaveBeenCalled();
  updateRun('run', (run) => ({ ...run, status: 'completed' }));
  updateRun('run', (run) => ({ ...run }));
  expect(setItem).toHaveBeenCalledOnce();
});

describe('a run during which the window died', () => {
  it('is held back when it was still arriving', async () => {
    vi.runAllTimers();
    stop();
    expect(recall().runs).toMatchObject([{ id: 'run', status: 'waiting', isHeldBack: true }]);
    await resumeSession(false);
    expect(session.getState()).toMatchObject({ runId: 'run', runs: [{ status: 'waiting' }] });
  });

  it('is held back when it was on the screen', () => {
    updateRun('run', (run) => ({ ...run, status: 'completed' }));
    stop();
    expect(recall(true).runs[0]?.isHeldBack).toBe(true);
    expect(recall(false).runs[0]?.isHeldBack).toBeUndefined();
  });

  it('comes back without a request when the window was closed in order', () => {
    listeners.get('pagehide')?.();
    stop();
    expect(recall().runs[0]?.isHeldBack).toBeUndefined();
  });
});

it('continues when there is no room, and says so once', () => {
  setItem.mockImplementation(() => {
    throw new Error('QuotaExceededError');
  });
  seek(1);
  vi.runAllTimers();
  seek(2);
  vi.runAllTimers();
  expect(session.getState().problems).toHaveLength(1);
  setItem.mockImplementation((key: string, text: string) => stored.set(key, text));
});
