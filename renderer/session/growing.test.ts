import { beforeEach, describe, expect, it, vi } from 'vitest';
import { book, nothing, paid, traceOf } from '../../core/test-helpers/test-desk.ts';
import { onEvent } from '../api.ts';
import { growTrace, stubBridge } from '../test-helpers/test-bridge.ts';
import { seek } from './cursor.ts';
import { handleEvent } from './events.ts';
import { openTrace } from './running.ts';
import { saveTrace } from './saving.ts';
import { findRun, selectCursor, session } from './store.ts';
import { endTask } from './tasks/registry.ts';

const OPERATIONS = [book('Room 1'), paid(1), ...Array.from({ length: 300 }, () => nothing)];
const whole = traceOf(OPERATIONS);
const begun = traceOf(OPERATIONS.slice(0, 100));
let request: ReturnType<typeof stubBridge>;

const theRun = () => {
  const [run] = session.getState().runs;
  if (!run) throw new Error('there is a run');
  return run;
};
const cursor = () => selectCursor(session.getState(), theRun().id).stepIndex;
const shown = () => vi.waitFor(() => expect(theRun().trace).toBeDefined());

beforeEach(async () => {
  session.setState(session.getInitialState(), true);
  request = stubBridge();
  onEvent((event) => handleEvent(event, () => undefined));
  await openTrace('/traces/desk.jsonl');
});

describe('a run that grows', () => {
  it('is one trace, which is shown when its first step is at hand', async () => {
    growTrace(theRun().id, begun);
    expect(theRun().trace).toBeUndefined();
    await shown();
    const { trace } = theRun();
    expect(theRun().steps).toBe(100);
    expect(cursor()).toBe(0);
    expect(() => trace?.stateAt(0)).not.toThrow();
    growTrace(theRun().id, whole, 100);
    expect(theRun().steps).toBe(302);
    expect(theRun().trace).toBe(trace);
  });

  it('ends when it is shown', async () => {
    growTrace(theRun().id, whole);
    endTask(session.getState().tasks[0]?.id ?? '', { kind: 'completed' });
    expect(theRun().status).toBe('running');
    await shown();
    expect(theRun().status).toBe('completed');
    expect(session.getState().notice).toBe('Read 302 steps of desk.jsonl');
  });

  it('keeps what was read of a damaged file', async () => {
    growTrace(theRun().id, begun);
    const problem = { title: 'Line 102: not valid JSON' };
    endTask(session.getState().tasks[0]?.id ?? '', { kind: 'failed', problem });
    await shown();
    expect(theRun()).toMatchObject({
      status: 'completed',
      problem: { title: 'desk.jsonl: Line 102: not valid JSON' },
    });
  });
});

describe('the cursor', () => {
  it('moves when everything that is shown is at hand', async () => {
    growTrace(theRun().id, whole);
    await shown();
    seek(250);
    expect(cursor()).toBe(0);
    await vi.waitFor(() => expect(cursor()).toBe(250));
    seek(251);
    expect(cursor()).toBe(251);
  });

  it('ends where it was sent last', async () => {
    growTrace(theRun().id, whole);
    await shown();
    const seen = new Set<number>();
    const unsubscribe = session.subscribe(() => seen.add(cursor()));
    for (const stepIndex of [250, 200, 140]) seek(stepIndex);
    await vi.waitFor(() => expect(cursor()).toBe(140));
    unsubscribe();
    expect(seen.has(200)).toBe(false);
  });

  it('does not come from where it was sent before', async () => {
    growTrace(theRun().id, whole);
    await shown();
    seek(250);
    seek(1);
    expect(cursor()).toBe(1);
    await Promise.resolve();
    await vi.waitFor(() => expect(cursor()).toBe(1));
  });

  it('stays, and says why, when a step cannot be read', async () => {
    growTrace(theRun().id, whole);
    await shown();
    request.mockResolvedValueOnce({ kind: 'problem', problem: { title: 'The file is gone.' } });
    seek(250);
    await vi.waitFor(() => expect(session.getState().problems).toHaveLength(1));
    expect(session.getState().problems[0]?.problem.title).toBe('The file is gone.');
    expect(cursor()).toBe(0);
  });
});

it('is saved where it lies', async () => {
  growTrace(theRun().id, whole);
  await shown();
  await saveTrace();
  expect(request).toHaveBeenLastCalledWith('saveTrace', {
    traceId: theRun().id,
    suggestedName: expect.stringMatching(/^desk-.*\.jsonl\.gz$/) as string,
    notes: [],
  });
  expect(session.getState().notice).toBe('Saved desk.jsonl.gz');
  expect(findRun(theRun().id)?.trace).toBeDefined();
});
