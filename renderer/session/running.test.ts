import { beforeEach, describe, expect, it } from 'vitest';
import { stubBridge } from '../test-helpers/test-bridge.ts';
import { closeRun, dismiss } from './closing.ts';
import { titleOf } from './names.ts';
import { showProblem } from './notices.ts';
import { openRecent } from './opening.ts';
import { executeRun, openRun, openTrace, showRun } from './running.ts';
import { session, updateRun } from './store.ts';
import { endTask } from './tasks/registry.ts';

const GATE = { kind: 'file', path: '/station/late.ts' } as const;
const TURNSTILE = { kind: 'sample', name: 'turnstile' } as const;
const SETTINGS = { scenario: 'rush-hour', seed: '3', operationsMax: 500, faults: 'none' };

let request: ReturnType<typeof stubBridge>;

/** The tasks that were requested. */
const started = () =>
  request.mock.calls.flatMap(([name, takes]) =>
    name === 'startTask' ? [(takes as { task: unknown }).task] : [],
  );

beforeEach(() => {
  session.setState(session.getInitialState(), true);
  request = stubBridge();
});

it('runs a machine that is opened from the menu, so that something is on the screen', async () => {
  await openRecent({ kind: 'machine', path: GATE.path });
  const [machine] = session.getState().machines;
  const settings = { scenario: 'rush-hour', seed: '7', operationsMax: 60, faults: 'none' };
  const [run] = session.getState().runs;
  expect(started()).toEqual([{ kind: 'run', machineId: machine?.id, traceId: run?.id, settings }]);
  expect(session.getState().runs).toMatchObject([{ origin: { machine: GATE, settings } }]);
});

describe('choosing another run', () => {
  it('sets the toolbar to the settings of that run', async () => {
    await executeRun(GATE, SETTINGS);
    await executeRun(TURNSTILE, { ...SETTINGS, seed: '4' });
    const [newer, older] = session.getState().runs;
    if (!newer || !older) throw new Error('there are two runs');
    await showRun(older.id);
    const { machines, machineId, settings } = session.getState();
    expect(machines.find(({ id }) => id === machineId)?.ref).toEqual(GATE);
    expect(settings).toMatchObject({ seed: '3', operations: '500' });

    closeRun(older);
    expect(session.getState().settings.seed).toBe('4');
    expect(session.getState().runs.map(({ id }) => id)).toEqual([newer.id]);
  });
});

it('returns from a file that cannot be read to what was on the screen', async () => {
  await executeRun(GATE, SETTINGS);
  await executeRun(TURNSTILE, SETTINGS);
  const before = session.getState().runs;
  const shownId = before[1]?.id ?? '';
  await showRun(shownId);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await openTrace('nonsense.jsonl');
    const id = session.getState().runId ?? '';
    updateRun(id, (run) => ({ ...run, status: 'failed' }));
    showProblem({ title: 'nonsense.jsonl is not a trace.' }, id);
  }
  expect(session.getState().runs).toHaveLength(3);
  const [problem] = session.getState().problems;
  if (!problem) throw new Error('there is a problem');
  dismiss(problem);
  expect(session.getState().runs.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  expect(session.getState().runId).toBe(shownId);
});

it('returns from a run that could not be shrunk to the one that it was to be shrunk from', async () => {
  await executeRun(GATE, SETTINGS);
  await executeRun(TURNSTILE, SETTINGS);
  const [newer, older] = session.getState().runs;
  if (!newer || older?.origin.kind !== 'machine') throw new Error('there are two runs');
  await showRun(older.id);
  await openRun({ ...older.origin, kind: 'shrunk', signature: '["a"]' }, { signature: '["a"]' });
  const id = session.getState().runId ?? '';
  const [task] = session.getState().tasks.filter(({ subjectId }) => subjectId === id);
  const cause = { title: 'The seed no longer fails for this cause.' };
  endTask(task?.id ?? '', { kind: 'failed', problem: cause });
  const [problem] = session.getState().problems;
  if (!problem) throw new Error('there is a problem');
  dismiss(problem);
  expect(session.getState().runs.map((run) => run.id)).toEqual([newer.id, older.id]);
  expect(session.getState().runId).toBe(older.id);
});

it('names the file of a run, since several may hold machines of the same name', async () => {
  await executeRun(GATE, SETTINGS);
  await executeRun(TURNSTILE, SETTINGS);
  const titles = session
    .getState()
    .runs.map((run) =>
      titleOf({ ...run, trace: { header: { machine: 'gate' } } as NonNullable<typeof run.trace> }),
    );
  expect(titles).toEqual(['turnstile', 'gate (late.ts)']);
});
