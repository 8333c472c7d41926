import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SessionFile } from '../../core/contract/window.ts';
import { nothing, traceOf } from '../../core/test-helpers/test-desk.ts';
import { onEvent } from '../api.ts';
import { growTrace, stubBridge } from '../test-helpers/test-bridge.ts';
import { seek } from './cursor.ts';
import { handleEvent } from './events.ts';
import type { RunCrashes, RunEntry } from './model.ts';
import { keepSession, recallSession } from './persistence.ts';
import type { SessionPart } from './session-part.ts';
import { selectCursor, session, updateRun } from './store.ts';
import { endTask } from './tasks/registry.ts';

const trace = traceOf([nothing, nothing, nothing, nothing]);
const FILE: RunEntry['origin'] = { kind: 'file', path: 'desk.jsonl' };
const SEED = {
  kind: 'machine',
  machine: { kind: 'sample', name: 'desk' },
  settings: { scenario: 'rush-hour', seed: '7', operationsMax: 60, faults: 'none' },
} as const satisfies RunEntry['origin'];
const listeners = new Map<string, () => void>();
let request: ReturnType<typeof stubBridge>;
let stop: () => void;

interface Kept {
  readonly file: SessionFile;
  readonly text: string;
}

/** What was kept since the beginning, the latest last. */
const kept = () =>
  request.mock.calls.flatMap(([name, takes]) => (name === 'keepSession' ? [takes as Kept] : []));
/** The files as the next start finds them. */
let files: Record<SessionFile, string | null>;

function collect(): void {
  for (const { file, text } of kept()) files[file] = text;
  request.mockClear();
}

function begin(origin: RunEntry['origin'], parts: readonly SessionPart[] = []): void {
  stop = keepSession(parts);
  session.setState({
    runs: [{ id: 'run', origin, status: 'running', steps: 4, trace }],
    runId: 'run',
  });
  vi.runAllTimers();
  collect();
}

beforeEach(() => {
  files = { session: null, places: null };
  vi.useFakeTimers();
  vi.stubGlobal('addEventListener', (name: string, listen: () => void) =>
    listeners.set(name, listen),
  );
  vi.stubGlobal('removeEventListener', (name: string) => listeners.delete(name));
  session.setState(session.getInitialState(), true);
  request = stubBridge();
  onEvent((event) => handleEvent(event, () => undefined));
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The next start, which finds what was kept last. */
function recall(hasWindowDied = false) {
  vi.runAllTimers();
  stop();
  collect();
  session.setState(session.getInitialState(), true);
  const { resume } = recallSession(files, hasWindowDied);
  return { resume, state: session.getState() };
}

const taskIds = () => session.getState().tasks.map(({ id }) => id);

describe('what is kept', () => {
  it('waits until a moment has passed, and has the place of the cursor', () => {
    begin(FILE);
    for (const stepIndex of [0, 1, 2, 3, 2]) seek(stepIndex);
    expect(kept()).toHaveLength(0);
    vi.runAllTimers();
    expect(kept()).toHaveLength(1);
    const { state } = recall();
    expect(state.runs).toMatchObject([{ id: 'run', status: 'waiting' }]);
    expect(selectCursor(state, 'run').aim).toEqual({ stepIndex: 2 });
  });

  it('has what failed in a run and what was asked of it, also if it was not read again', () => {
    begin(SEED);
    const failures = [{ kind: 'invariant', name: 'a', message: 'b', signature: '["a"]' }] as const;
    const crashes: RunCrashes = {
      status: 'completed',
      verdicts: [{ stepIndex: 0, verdict: 'fine', findings: [] }],
      count: 1,
      fails: 0,
      anyway: 0,
      steps: 4,
      sourceHash: 'abc',
    };
    updateRun('run', ({ trace: _, ...run }) => ({
      ...run,
      status: 'waiting',
      left: { status: 'completed' },
      failures,
      crashes,
    }));
    expect(recall().state.runs).toMatchObject([{ failures, crashes }]);
  });

  it('is complete when the window goes away', () => {
    begin(FILE);
    seek(3);
    listeners.get('pagehide')?.();
    expect(selectCursor(recall().state, 'run').aim).toEqual({ stepIndex: 3 });
  });

  it('stays the same while a run grows', () => {
    begin(FILE);
    updateRun('run', (run) => ({ ...run, steps: 5 }));
    vi.runAllTimers();
    expect(kept()).toHaveLength(0);
  });

  it('costs a move of a cursor no more when there is much to keep', () => {
    const keepNotes = vi.fn(() => ({ notes: 'many' }));
    const notes: SessionPart = {
      name: 'notes',
      keep: keepNotes,
      recall: () => true,
      subscribe: () => () => undefined,
    };
    begin(SEED, [notes]);
    const verdicts: RunCrashes['verdicts'] = [];
    const read = vi.fn(() => verdicts);
    const crashes = { status: 'completed', count: 0, fails: 0, steps: 4 } as const;
    const answer = Object.defineProperty({ ...crashes }, 'verdicts', { get: read }) as RunCrashes;
    updateRun('run', (run) => ({ ...run, crashes: answer }));
    vi.runAllTimers();
    collect();
    read.mockClear();
    keepNotes.mockClear();
    seek(1);
    vi.runAllTimers();
    expect(kept().map(({ file }) => file)).toEqual(['places']);
    expect([read.mock.calls, keepNotes.mock.calls]).toEqual([[], []]);
    collect();
    expect(files.places).toContain('"notes":{"notes":"many"}');
  });

  it('is read from the session of an earlier version, which had it in one file', () => {
    const run = { id: 'old', origin: FILE, cursor: 2, isCursorTouched: true };
    const parts = { tab: 'causality' };
    files.session = JSON.stringify({ runs: { runs: [run], runId: 'old' }, parts });
    const recalled = vi.fn(() => true);
    const subscribe = () => () => undefined;
    const part: SessionPart = { name: 'tab', keep: () => '', recall: recalled, subscribe };
    stop = () => undefined;
    recallSession(files, false, [part]);
    expect(selectCursor(session.getState(), 'old').aim).toEqual({ stepIndex: 2 });
    expect(recalled).toHaveBeenCalledWith('causality');
  });

  it('has the arrangement of the panels', () => {
    const recalled = vi.fn(() => true);
    const part: SessionPart = {
      name: 'tab',
      keep: () => 'causality',
      recall: recalled,
      subscribe: () => () => undefined,
    };
    begin(FILE, [part]);
    seek(1);
    vi.runAllTimers();
    collect();
    recallSession(files, false, [part]);
    expect(recalled).toHaveBeenCalledWith('causality');
  });
});

describe('a run that comes back', () => {
  it('is read, and not executed again', async () => {
    begin(SEED);
    updateRun('run', (run) => ({ ...run, status: 'completed' }));
    await recall().resume();
    expect(request).toHaveBeenCalledWith('startTask', {
      taskId: taskIds()[0],
      task: { kind: 'read', traceId: 'run' },
    });
  });

  it('says that it was interrupted, and shows its steps', async () => {
    begin(SEED);
    seek(2);
    await recall().resume();
    growTrace('run', trace, 0, true);
    const damage = { title: 'The closing line is missing.' };
    endTask(taskIds()[0] ?? '', { kind: 'failed', problem: damage });
    await vi.waitFor(() => {
      const [run] = session.getState().runs;
      expect(run).toMatchObject({ status: 'cancelled', steps: 4 });
      expect(run?.problem?.title).toContain('The run was interrupted after 4 steps');
    });
    expect(selectCursor(session.getState(), 'run').stepIndex).toBe(2);
  });

  it('is what it was, if it was cancelled', async () => {
    begin(SEED);
    updateRun('run', (run) => ({ ...run, status: 'cancelled' }));
    await recall().resume();
    growTrace('run', trace, 0, true);
    endTask(taskIds()[0] ?? '', { kind: 'failed', problem: { title: 'Cut short.' } });
    await vi.waitFor(() =>
      expect(session.getState().runs[0]).toMatchObject({ status: 'cancelled' }),
    );
    expect(session.getState().problems).toEqual([]);
  });
});

describe('a run that ended before its first step', () => {
  const problem = { title: 'The machine could not be loaded.' };
  const fail = (run: RunEntry): RunEntry => {
    const { trace: _, ...rest } = run;
    return { ...rest, status: 'failed', steps: 0, problem };
  };

  it('says why, and nothing is read of it', async () => {
    begin(SEED);
    updateRun('run', fail);
    await recall().resume();
    expect(taskIds()).toEqual([]);
    expect(session.getState().runs).toMatchObject([{ status: 'failed', problem }]);
    // The toolbar is set to it all the same.
    await vi.waitFor(() => expect(session.getState().settings.seed).toBe('7'));
    // And so at the start after.
    expect(recall().state.runs).toMatchObject([{ status: 'failed', problem }]);
  });

  it('is not kept if it was to be made of another run, which is shown then', () => {
    begin(SEED);
    const shrunk: RunEntry = {
      id: 'shrunk',
      origin: { ...SEED, kind: 'shrunk', signature: '["a"]' },
      status: 'failed',
      steps: 0,
      problem,
      openedOver: { runId: 'run', shown: 'run' },
    };
    session.setState(({ runs }) => ({ runs: [shrunk, ...runs], runId: 'shrunk' }));
    const { state, resume } = recall();
    expect(state.runs.map(({ id }) => id)).toEqual(['run']);
    void resume();
    expect(session.getState().runId).toBe('run');
  });
});

describe('a session that cannot be read whole', () => {
  const settled = {
    aside: { kind: 'ok', value: ['/aside/session-1.json'] },
    unnamed: [] as object[],
  };

  function start(text: string, reply: unknown = settled) {
    stop = () => undefined;
    request.mockImplementation((name) => Promise.resolve(name === 'settleSession' ? reply : null));
    return recallSession({ session: text, places: null }, false);
  }

  it('is put aside before anything is kept, and says what is missing and where it is', async () => {
    const runs = [
      { id: 'run-1', origin: FILE, status: 'paused' },
      { id: 'run-2', origin: { kind: 'dream' } },
    ];
    const { settle } = start(JSON.stringify({ runs: { runs } }));
    expect(session.getState().runs).toMatchObject([{ id: 'run-1', status: 'waiting' }]);
    await settle();
    const title =
      'A part of the last session cannot be read: "status" of the run of desk.jsonl, run 2 of the list.';
    expect(request.mock.calls).toEqual([
      ['settleSession', { runIds: ['run-1'], unread: [{ file: 'session', title }] }],
    ]);
    const [shown] = session.getState().problems;
    expect(shown?.problem.title).toBe(title);
    expect(shown?.problem.remedy).toContain('/aside/session-1.json');
  });

  it('has the traces of its runs in the list all the same', async () => {
    const unnamed = [{ traceId: 'run-2', path: '/traces/run-2.jsonl' }];
    await start('', { ...settled, unnamed }).settle();
    expect(session.getState().runs).toMatchObject([
      { id: 'run-2', origin: { kind: 'file', path: '/traces/run-2.jsonl' }, status: 'waiting' },
    ]);
    expect(session.getState().problems[0]?.problem.remedy).toContain(
      '1 run of it can be found in the list',
    );
  });

  it('says why it could not be put aside', async () => {
    const problem = { title: 'The disk is full.' };
    await start('', { aside: { kind: 'problem', problem }, unnamed: [] }).settle();
    expect(session.getState().problems).toMatchObject([{ problem }]);
  });

  it('says nothing of one that was read whole', async () => {
    await start(JSON.stringify({ runs: { runs: [{ id: 'run-1', origin: FILE }] } })).settle();
    expect(session.getState().problems).toEqual([]);
  });
});

describe('a run during which the window died', () => {
  it('is held back when its file was being read', async () => {
    begin(FILE);
    seek(1);
    const { resume, state } = recall();
    expect(state.runs).toMatchObject([{ id: 'run', status: 'waiting', isHeldBack: true }]);
    await resume();
    expect(session.getState()).toMatchObject({ runId: 'run', runs: [{ status: 'waiting' }] });
  });

  it('is held back when it was on the screen', () => {
    begin(FILE);
    updateRun('run', (run) => ({ ...run, status: 'completed' }));
    expect(recall(true).state.runs[0]?.isHeldBack).toBe(true);
  });

  it('comes back without a request when the window was closed in order', () => {
    begin(FILE);
    listeners.get('pagehide')?.();
    expect(recall().state.runs[0]?.isHeldBack).toBeUndefined();
  });
});

it('takes over the lists that an earlier version kept in the storage of the page', () => {
  stop = () => undefined;
  const stored = new Map([
    [
      'phasmoscope-session',
      JSON.stringify({ runs: [{ id: 'old', origin: SEED, cursor: 5, isCursorTouched: true }] }),
    ],
  ]);
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    removeItem: (key: string) => stored.delete(key),
  });
  recallSession(files, false);
  expect(session.getState().runs).toMatchObject([{ id: 'old', origin: SEED, status: 'waiting' }]);
  expect(stored.size).toBe(0);
});

it.each([
  ['is kept for a trace of the session', SEED, { kind: 'agrees' }],
  ['is not kept for a file, which somebody may change', FILE, undefined],
] as const)('a verification %s', async (_, origin, expected) => {
  begin(origin);
  updateRun('run', (run) => ({ ...run, status: 'completed', verification: { kind: 'agrees' } }));
  recall();
  expect(session.getState().runs[0]?.verification).toEqual(expected);
});
