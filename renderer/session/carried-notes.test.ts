import { beforeEach, expect, it, vi } from 'vitest';
import { book, nothing, paid, traceOf } from '../../core/test-helpers/test-desk.ts';
import { formatFork } from '../../core/trace/format/fork.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { onEvent } from '../api.ts';
import { growTrace, stubBridge } from '../test-helpers/test-bridge.ts';
import { handleEvent } from './events.ts';
import type { MachineOrigin, RunEntry } from './model.ts';
import { addNote, isNoted, notesOf, notesStore } from './notes.ts';
import { executeRun, forgetRuns, openRun } from './running.ts';
import { findRun, session, updateRun } from './store.ts';
import { endTask } from './tasks/registry.ts';

const MACHINE = { kind: 'sample', name: 'desk' } as const;
const SETTINGS = { scenario: 'rush-hour', seed: '1', operationsMax: 60, faults: 'none' };
const ORIGIN: MachineOrigin = { kind: 'machine', machine: MACHINE, settings: SETTINGS };
const WHOLE = [book('Room 1'), paid(1), nothing, nothing, nothing, nothing];
const whole = traceOf(WHOLE);

const newest = (): RunEntry => {
  const [run] = session.getState().runs;
  if (!run) throw new Error('there is a run');
  return run;
};
const told = (run: RunEntry) => notesOf(run).map(({ step, to, text }) => [text, step, to]);

/** Lets the newest run have a trace, and end. */
async function arrive(trace: Trace): Promise<RunEntry> {
  const { id } = newest();
  growTrace(id, trace);
  await vi.waitFor(() => expect(findRun(id)?.trace).toBeDefined());
  for (const task of session.getState().tasks.filter(({ subjectId }) => subjectId === id))
    endTask(task.id, { kind: 'completed' });
  await vi.waitFor(() => expect(findRun(id)?.status).toBe('completed'));
  return newest();
}

/** A run with notes on its initial state, on steps 1 to 3, and on step 5. */
async function noted(): Promise<RunEntry> {
  await executeRun(MACHINE, SETTINGS);
  const run = await arrive(whole);
  addNote(run, { step: -1 }, { text: 'start' });
  addNote(run, { step: 1, to: 3 }, { text: 'span' });
  addNote(run, { step: 5 }, { text: 'last' });
  return run;
}

beforeEach(() => {
  session.setState(session.getInitialState(), true);
  notesStore.setState(notesStore.getInitialState(), true);
  stubBridge();
  onEvent((event) => handleEvent(event, () => undefined));
});

it('are there again when the same seed is run again', async () => {
  const first = await noted();
  await executeRun(MACHINE, SETTINGS);
  const again = await arrive(whole);
  expect(again.id).not.toBe(first.id);
  expect(notesOf(again)).toEqual(notesOf(first));
  expect(session.getState().notice).toBe('Ran 6 steps of desk; 3 notes carried over');
  // They are kept with the first run; without it, they are nowhere else.
  expect([isNoted(first), isNoted(again)]).toEqual([true, false]);
  await executeRun(MACHINE, { ...SETTINGS, seed: '2' });
  expect(notesOf(await arrive(whole))).toEqual([]);
  forgetRuns([first]);
  expect(isNoted(again)).toBe(true);
  addNote(again, { step: 2 }, { text: 'new' });
  expect(isNoted(again)).toBe(true);
});

it('leave out steps that a run before a change of the source had, and say so', async () => {
  const first = await noted();
  await executeRun(MACHINE, { ...SETTINGS, seed: '9' });
  updateRun(newest().id, (run) => ({ ...run, change: { beforeId: first.id, stepIndex: 0 } }));
  const changed = await arrive(traceOf([book('Room 1'), paid(1)]));
  expect(told(changed)).toEqual([
    ['start', -1, undefined],
    ['span', 1, undefined],
  ]);
  expect(session.getState().notice).toBe(
    '2 of 3 notes carried over: the run does not have the steps of the others',
  );
});

it('go to the steps of a fork that stand beside theirs', async () => {
  const parent = await noted();
  const fork = formatFork({ from: 4, changes: [], goesOn: 'sameOperations' });
  void openRun({ ...ORIGIN, kind: 'fork', parentId: parent.id, fork }, { stepIndex: 4 });
  await vi.waitFor(() => expect(newest().id).not.toBe(parent.id));
  // One more comes after the fork.
  const forked = await arrive(traceOf([...WHOLE.slice(0, 4), book('Room 2'), ...WHOLE.slice(4)]));
  await vi.waitFor(() =>
    expect(told(forked)).toEqual([
      ['start', -1, undefined],
      ['span', 1, 3],
      ['last', 6, undefined],
    ]),
  );
  expect(session.getState().notice).toBe('The fork has 7 steps; 3 notes carried over');
});

it('go to the places of the steps of a shrunk run', async () => {
  const original = await noted();
  const signature = JSON.stringify(['invariant', 'rooms']);
  void openRun({ ...ORIGIN, kind: 'shrunk', signature }, { signature });
  await vi.waitFor(() => expect(newest().id).not.toBe(original.id));
  const shrunk = traceOf([nothing, nothing]);
  Object.assign(shrunk.header, { shrunkFrom: { steps: 6, stepIndices: [3, 5], signature } });
  expect(told(await arrive(shrunk))).toEqual([
    ['start', -1, undefined],
    ['span', 0, undefined],
    ['last', 1, undefined],
  ]);
});
