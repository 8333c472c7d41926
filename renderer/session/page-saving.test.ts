import { beforeEach, expect, it, vi } from 'vitest';
import { book, nothing, paid, traceOf } from '../../core/test-helpers/test-desk.ts';
import { stubBridge } from '../test-helpers/test-bridge.ts';
import { allowMachineOn } from './machine-of-run.ts';
import { ensureMachine } from './machines.ts';
import { cancelPage, isSavingPage, savePage } from './page-saving.ts';
import { session, updateMachine } from './store.ts';
import { endTask, takeTaskEvent } from './tasks/registry.ts';

const DESK = { kind: 'sample', name: 'desk' } as const;
const SETTINGS = { scenario: 'list', seed: '0', operationsMax: 3, faults: 'none' };
const TRACE = traceOf([book('Room 1'), paid(1), nothing]);

/** What the person does in the dialog, and what comes of the writing. */
let chosen: string | null;
let written: () => Promise<unknown>;
let asked: string[];

const drawings = () => session.getState().tasks.filter(({ kind }) => kind === 'draw');

beforeEach(async () => {
  chosen = '/saved/desk.html';
  written = () => Promise.resolve({ kind: 'ok', value: null });
  asked = [];
  const stub = stubBridge();
  const usual = stub.getMockImplementation();
  stub.mockImplementation(async (name, takes) => {
    asked.push(name);
    if (name === 'choosePage') return chosen;
    if (name === 'savePage') return written();
    return usual?.(name, takes);
  });
  session.setState(session.getInitialState(), true);
  const run = {
    id: 'run',
    origin: { kind: 'machine', machine: DESK, settings: SETTINGS },
    status: 'completed',
    steps: 3,
    trace: TRACE,
  } as const;
  session.setState({ runs: [run], runId: 'run' });
  const machine = await ensureMachine(DESK);
  if (!machine?.info) throw new Error('the machine opens');
  const info = { ...machine.info, views: ['week', 'day'] };
  updateMachine(machine.id, (one) => ({ ...one, info }));
  allowMachineOn('run');
  asked = [];
});

/** Draws what is asked for, as the host does. */
async function drawAll(): Promise<void> {
  const drawing = await vi.waitFor(() => {
    const [first] = drawings();
    if (!first) throw new Error('nothing is drawn');
    return first;
  });
  takeTaskEvent(drawing.id, {
    kind: 'drawn',
    stepIndex: -1,
    drawing: { kind: 'table', columns: [], rows: [] },
  });
  endTask(drawing.id, { kind: 'completed' });
}

it('draws nothing before it is known where the page goes', async () => {
  chosen = null;
  await savePage();
  expect(asked).toEqual(['choosePage']);
  expect(isSavingPage()).toBe(false);
});

it('draws each view, and writes the page where the person has chosen', async () => {
  const saving = savePage();
  await drawAll();
  await drawAll();
  await saving;
  expect(asked.filter((name) => name !== 'startTask')).toEqual(['choosePage', 'savePage']);
  expect(session.getState().notice).toBe('Saved desk.html');
});

it('can be cancelled while it is drawn, and writes nothing then', async () => {
  const saving = savePage();
  await vi.waitFor(() => expect(drawings()).toHaveLength(1));
  cancelPage();
  for (const { id } of drawings()) endTask(id, { kind: 'cancelled' });
  await saving;
  expect(asked).not.toContain('savePage');
  expect([session.getState().notice, isSavingPage()]).toEqual(['desk.html was not saved', false]);
});

it('can be cancelled while it is written, and says what came of it', async () => {
  let end = (_: unknown): void => undefined;
  written = () => new Promise((resolve) => (end = resolve));
  const saving = savePage();
  await drawAll();
  await drawAll();
  await vi.waitFor(() => expect(asked).toContain('savePage'));
  cancelPage();
  await vi.waitFor(() => expect(asked).toContain('cancelSave'));
  end({ kind: 'problem', problem: { title: 'The saving was cancelled.' } });
  await saving;
  expect(session.getState().notice).toBe('desk.html was not saved');
  expect(session.getState().problems).toEqual([]);
});
