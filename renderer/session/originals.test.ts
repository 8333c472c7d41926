import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { book, nothing, traceOf } from '../../core/test-helpers/test-desk.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { onEvent } from '../api.ts';
import { growTrace, stubBridge } from '../test-helpers/test-bridge.ts';
import { besidePart, currentPair, differenceTo, followBeside } from './beside.ts';
import { handleEvent } from './events.ts';
import { ensureMachine } from './machines.ts';
import { compareWithOriginal, lacksOriginal } from './originals.ts';
import { openTrace } from './running.ts';
import { findRun, selectRun, session, updateRun } from './store.ts';

const original = traceOf([nothing, book('Room 1'), nothing]);
const signature = '["rule","atomicity","input Book",""]';
const shrunk = traceOf([book('Room 1')], 'none', undefined, {
  steps: 3,
  stepIndices: [1],
  signature,
});
const DESK = { kind: 'file', path: '/desk.ts' } as const;

let request: ReturnType<typeof stubBridge>;
let stop: () => void;

beforeEach(async () => {
  session.setState(session.getInitialState(), true);
  besidePart.recall({});
  request = stubBridge();
  onEvent((event) => handleEvent(event, () => undefined));
  stop = followBeside();
  await ensureMachine(DESK);
  session.setState(({ machines }) => ({
    machines: machines.map((machine) =>
      machine.info ? { ...machine, info: { ...machine.info, name: 'desk' } } : machine,
    ),
  }));
  await openTrace('/minimal.jsonl');
  await finish(shown().id, shrunk);
});

afterEach(() => stop());

function shown() {
  const run = selectRun(session.getState());
  if (!run) throw new Error('a run is on the screen');
  return run;
}

async function finish(id: string, trace: Trace): Promise<void> {
  growTrace(id, trace);
  await vi.waitFor(() => expect(findRun(id)?.trace).toBeDefined());
  updateRun(id, (run) => ({ ...run, status: 'completed' }));
}

const runsStarted = () =>
  request.mock.calls.flatMap(([name, takes]) => {
    const { task } = takes as { readonly task?: { readonly kind: string } };
    return name === 'startTask' && task?.kind === 'run' ? [task] : [];
  });

it('the original of a shrunk run is made again from its seed to be compared, beside the run on the screen', async () => {
  const run = shown();
  expect(lacksOriginal(run, session.getState().runs)).toBe(true);
  await compareWithOriginal(run);
  expect(shown().id).toBe(run.id);
  const other = currentPair()?.other;
  const { scenario, seed, operationsMax, faults } = shrunk.header;
  const settings = { scenario, seed, operationsMax, faults };
  expect(other?.origin).toEqual({ kind: 'machine', machine: DESK, settings });
  await vi.waitFor(() => expect(runsStarted()).toMatchObject([{ traceId: other?.id, settings }]));
  await finish(other?.id ?? '', original);
  await vi.waitFor(() => expect(differenceTo('first')).toBe(0));
});

it('the original of a shrunk run that is open is compared as it is', async () => {
  const run = shown();
  await compareWithOriginal(run);
  const before = session.getState().runs;
  await compareWithOriginal(run);
  expect(session.getState().runs.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  await finish(currentPair()?.other.id ?? '', original);
  expect(lacksOriginal(run, session.getState().runs)).toBe(false);
  await compareWithOriginal(run);
  expect(session.getState().runs).toHaveLength(2);
});
