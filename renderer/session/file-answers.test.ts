import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { SessionFile } from '../../core/contract/window.ts';
import { book, nothing, traceOf } from '../../core/test-helpers/test-desk.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { onEvent } from '../api.ts';
import { growTrace, stubBridge } from '../test-helpers/test-bridge.ts';
import { handleEvent } from './events.ts';
import { followFileAnswers } from './file-answers.ts';
import type { RunCrashes } from './model.ts';
import { keepSession, recallSession } from './persistence.ts';
import { findRun, session, updateRun } from './store.ts';

const trace = traceOf([nothing, book('Room 1'), nothing]);
const other = traceOf([nothing, book('Room 2'), nothing]);
const crashes: RunCrashes = {
  status: 'completed',
  verdicts: [{ stepIndex: 0, verdict: 'fine', findings: [] }],
  count: 1,
  fails: 0,
  anyway: 0,
  steps: 3,
};

let request: ReturnType<typeof stubBridge>;
let ends: readonly (() => void)[] = [];
const files: Record<SessionFile, string | null> = { session: null, places: null };

beforeEach(() => {
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('removeEventListener', () => undefined);
  session.setState(session.getInitialState(), true);
  request = stubBridge();
  onEvent((event) => handleEvent(event, () => undefined));
});

afterEach(() => {
  end();
  vi.unstubAllGlobals();
});

function follow(): void {
  ends = [keepSession(), followFileAnswers()];
}

function end(): void {
  for (const each of ends) each();
  ends = [];
}

/** Reads the file of the run, which holds a trace. */
async function read(held: Trace): Promise<void> {
  updateRun('run', (run) => ({ ...run, status: 'running' }));
  growTrace('run', held);
  await vi.waitFor(() => expect(findRun('run')?.trace).toBeDefined());
  updateRun('run', (run) => ({ ...run, status: 'completed' }));
}

/** The next start of the window, which finds what was kept. */
function restart(): void {
  end();
  for (const [name, takes] of request.mock.calls) {
    if (name !== 'keepSession') continue;
    const { file, text } = takes as { readonly file: SessionFile; readonly text: string };
    files[file] = text;
  }
  session.setState(session.getInitialState(), true);
  void recallSession(files, false);
  follow();
}

/** Opens a file, asks something about it, and starts again. */
async function askAndRestart(): Promise<void> {
  const origin = { kind: 'file', path: 'desk.jsonl' } as const;
  session.setState({ runs: [{ id: 'run', origin, status: 'waiting', steps: 0 }] });
  follow();
  await read(trace);
  updateRun('run', (run) => ({ ...run, crashes }));
  await vi.waitFor(() =>
    expect(
      request.mock.calls.some(([, takes]) => JSON.stringify(takes).includes('answersOf')),
    ).toBe(true),
  );
  restart();
}

it('what was asked about a file comes back when that is read again', async () => {
  await askAndRestart();
  expect(findRun('run')?.crashes).toBeUndefined();
  await read(trace);
  await vi.waitFor(() => expect(findRun('run')?.crashes).toEqual(crashes));
});

it('what was asked about a file is dropped when that holds another run', async () => {
  await askAndRestart();
  await read(other);
  await vi.waitFor(() => expect(findRun('run')?.fileDigest).toMatch(/^[0-9a-f]{32}$/));
  expect(findRun('run')).not.toHaveProperty('crashes');
  expect(findRun('run')).not.toHaveProperty('answersLeft');
});

it('what was asked about a file is kept while that is not read again', async () => {
  await askAndRestart();
  updateRun('run', (run) => ({ ...run, name: 'something to keep' }));
  await vi.waitFor(() =>
    expect(
      request.mock.calls.some(([, takes]) => JSON.stringify(takes).includes('something')),
    ).toBe(true),
  );
  restart();
  await read(trace);
  await vi.waitFor(() => expect(findRun('run')?.crashes).toEqual(crashes));
});
