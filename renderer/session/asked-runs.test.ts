import { beforeEach, describe, expect, it, vi } from 'vitest';
import { book, nothing, paid, traceOf } from '../../core/test-helpers/test-desk.ts';
import { onEvent } from '../api.ts';
import { growTrace, stubBridge } from '../test-helpers/test-bridge.ts';
import { askedRuns, askRuns, cancelAsking, changeAskDraft, showFailure } from './asked-runs.ts';
import { handleEvent } from './events.ts';
import { pickMachine } from './machines.ts';
import { openTrace } from './running.ts';
import { selectCursor, selectRun, session } from './store.ts';
import { endTask, takeTaskEvent } from './tasks/registry.ts';

const TRACES = {
  '/traces/one.jsonl': traceOf([book('Room 1'), paid(1), nothing]),
  '/traces/two.jsonl': traceOf([nothing, nothing, book('Room 2'), book('Room 1')]),
} as const;

let request: ReturnType<typeof stubBridge>;

const asked = () => {
  const state = askedRuns.getState().asked;
  if (!state) throw new Error('something was asked');
  return state;
};
const done = () => vi.waitFor(() => expect(asked().status).not.toBe('asking'));
const started = () =>
  request.mock.calls.flatMap(([name, takes]) =>
    name === 'startTask' ? [(takes as { task: { kind: string } }).task] : [],
  );

beforeEach(async () => {
  session.setState(session.getInitialState(), true);
  askedRuns.setState(askedRuns.getInitialState(), true);
  request = stubBridge();
  onEvent((event) => handleEvent(event, () => undefined));
  for (const [path, trace] of Object.entries(TRACES)) {
    await openTrace(path);
    growTrace(session.getState().runs[0]?.id ?? '', trace);
  }
  await vi.waitFor(() =>
    expect(session.getState().runs.every((run) => run.trace !== undefined)).toBe(true),
  );
});

describe('a claim', () => {
  it('is asked of all open runs, and its failures lead to their steps', async () => {
    changeAskDraft({ scope: 'open' });
    askRuns({ kind: 'expression', expression: 'size(outstanding) < 2' });
    await done();
    expect(asked().subjects.map(({ title }) => title.split(' ')[0])).toEqual([
      'two.jsonl',
      'one.jsonl',
    ]);
    expect(asked().answers.get(0)).toMatchObject({ kind: 'judged', judged: { failedAt: 3 } });
    expect(asked().answers.get(1)).toEqual({
      kind: 'judged',
      judged: { asked: 4, without: 0, steps: 3 },
    });
    const [first] = asked().subjects;
    if (!first) throw new Error('a run was asked');
    await showFailure(asked(), first.subject, 3);
    const run = selectRun(session.getState());
    expect(run?.origin).toMatchObject({ path: '/traces/two.jsonl' });
    expect(selectCursor(session.getState(), run?.id ?? '').stepIndex).toBe(3);
  });

  it('of an invariant, or of seeds, is asked in the process of the machine', async () => {
    await pickMachine({ kind: 'file', path: '/station/gate.ts' });
    const machineId = session.getState().machines[0]?.id;
    changeAskDraft({ scope: 'run' });
    const claim = { kind: 'invariant', name: 'coins are few' } as const;
    askRuns(claim);
    await vi.waitFor(() => expect(started().at(-1)).toMatchObject({ kind: 'ask' }));
    expect(started().at(-1)).toEqual({
      kind: 'ask',
      machineId,
      claim,
      traces: [{ kind: 'file', path: '/traces/two.jsonl' }],
    });
    const taskId = session.getState().tasks.find(({ kind }) => kind === 'ask')?.id ?? '';
    const judged = { asked: 2, without: 0, steps: 4, failedAt: 0, message: 'too many' };
    takeTaskEvent(taskId, { kind: 'judged', place: 0, judged });
    endTask(taskId, { kind: 'completed' });
    expect(asked()).toMatchObject({ status: 'done' });
    expect(asked().answers.get(0)).toMatchObject({ kind: 'judged', judged });

    changeAskDraft({ scope: 'seeds' });
    askRuns({ kind: 'expression', expression: 'true' });
    await vi.waitFor(() => expect(started().at(-1)).toHaveProperty('seeds'));
    expect(started().at(-1)).toMatchObject({ traces: [], seeds: { from: '0', count: 200 } });
    expect(asked().subjects).toHaveLength(200);
  });

  it('is given up with the answers so far, and says when nothing can be asked', async () => {
    changeAskDraft({ scope: 'open' });
    askRuns({ kind: 'expression', expression: 'step < 9' });
    cancelAsking();
    expect(asked().status).toBe('cancelled');
    changeAskDraft({ scope: 'seeds' });
    askRuns({ kind: 'expression', expression: 'true' });
    expect(asked()).toMatchObject({ status: 'failed', problem: 'Open a machine first.' });
  });
});
