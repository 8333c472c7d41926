import { beforeEach, expect, it, vi } from 'vitest';
import { book, nothing, traceOf } from '../../core/test-helpers/test-desk.ts';
import { onEvent } from '../api.ts';
import { growTrace, stubBridge } from '../test-helpers/test-bridge.ts';
import { handleEvent } from './events.ts';
import { drawingMachineOf } from './machine-of-run.ts';
import { ensureMachine } from './machines.ts';
import { openLaunch } from './opening.ts';
import { selectRun, session, updateMachine } from './store.ts';
import { endTask } from './tasks/registry.ts';

const DESK = { kind: 'sample', name: 'desk' } as const;
const STORY = { kind: 'trace', path: '/story.jsonl', machine: DESK } as const;
const TRACE = traceOf([book('Room 1'), nothing]);

function listen(): void {
  onEvent((event) => handleEvent(event, () => undefined));
}

/** Opens the story and then its machine; returns the machine that may draw its states. */
async function openStory(): Promise<unknown> {
  await openLaunch(STORY, () => Promise.resolve());
  growTrace(session.getState().runId ?? '', TRACE);
  endTask(session.getState().tasks[0]?.id ?? '', { kind: 'completed' });
  const run = await vi.waitFor(() => {
    const shown = selectRun(session.getState());
    if (!shown?.trace) throw new Error('the trace is not open yet');
    return shown;
  });
  stubBridge();
  const machine = await ensureMachine(DESK);
  if (!machine?.info) throw new Error('the machine opens');
  const info = { ...machine.info, name: TRACE.header.machine };
  updateMachine(machine.id, (one) => ({ ...one, info }));
  return drawingMachineOf(run);
}

beforeEach(() => session.setState(session.getInitialState(), true));

it('lets the machine that a trace is opened with draw its states', async () => {
  stubBridge();
  listen();
  expect(await openStory()).toEqual({ ref: DESK, views: [] });
});

it('does not let a machine draw that could not be opened, when it is opened later', async () => {
  stubBridge({ desk: { title: 'It is not trusted' } });
  listen();
  expect(await openStory()).toBeUndefined();
});

it('opens the traces that follow behind the first one', async () => {
  stubBridge();
  listen();
  const sequels = [{ path: '/mended.jsonl' }, { path: '/hardened.jsonl' }];
  void openLaunch({ ...STORY, sequels }, () => Promise.resolve());
  await vi.waitFor(() => expect(session.getState().runs).toHaveLength(3));
  const { runs } = session.getState();
  expect(selectRun(session.getState())).toBe(runs[0]);
  expect(runs.map(({ origin }) => origin)).toMatchObject([
    { path: '/story.jsonl' },
    { path: '/mended.jsonl' },
    { path: '/hardened.jsonl' },
  ]);
});
