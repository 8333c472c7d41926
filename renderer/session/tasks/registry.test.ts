import { beforeEach, describe, expect, it } from 'vitest';
import type { TaskEnd, TaskEvent } from '../../../core/contract/tasks.ts';
import { stubBridge } from '../../test-helpers/test-bridge.ts';
import { session } from '../store.ts';
import { cancelTasksOf, endTask, openTask, startOnMachine, takeTaskEvent } from './registry.ts';

const MACHINE = { kind: 'sample', name: 'turnstile' } as const;
let request: ReturnType<typeof stubBridge>;

/** A verification whose events and end are kept. */
function openVerification() {
  const events: TaskEvent<'verify'>[] = [];
  const ends: TaskEnd[] = [];
  const id = openTask('verify', {
    subjectId: 'run-1',
    take: (event) => events.push(event),
    end: (end) => ends.push(end),
  });
  const start = () =>
    startOnMachine(id, MACHINE, (machineId) => ({
      kind: 'verify' as const,
      machineId,
      traceId: 'run-1',
    }));
  return { id, events, ends, start };
}

beforeEach(() => {
  session.setState(session.getInitialState(), true);
  request = stubBridge();
});

describe('a task', () => {
  it('is started on its machine, and gets its events by its id', async () => {
    const [one, other] = [openVerification(), openVerification()];
    expect(await one.start()).toBe(true);
    expect(request).toHaveBeenLastCalledWith('startTask', {
      taskId: one.id,
      task: { kind: 'verify', traceId: 'run-1', machineId: session.getState().machines[0]?.id },
    });
    takeTaskEvent(one.id, { kind: 'progress', steps: 5 });
    endTask(one.id, { kind: 'completed' });
    takeTaskEvent(one.id, { kind: 'progress', steps: 6 });
    expect([one.events, one.ends]).toEqual([
      [{ kind: 'progress', steps: 5 }],
      [{ kind: 'completed' }],
    ]);
    expect([other.events, other.ends]).toEqual([[], []]);
    expect(session.getState().tasks.map(({ id }) => id)).toEqual([other.id]);
  });

  it('refuses events of other kinds', () => {
    const { id } = openVerification();
    expect(() => takeTaskEvent(id, { kind: 'text', text: '' })).toThrow('Invalid');
  });

  it('never starts when it is cancelled while its machine is being opened', async () => {
    const { start, ends } = openVerification();
    const starting = start();
    await cancelTasksOf('run-1');
    expect(await starting).toBe(false);
    expect(ends).toEqual([{ kind: 'cancelled' }]);
    expect(request.mock.calls.map(([name]) => name)).toEqual(['openMachine']);
  });

  it('ignores events after it was cancelled, if it is not awaited', async () => {
    const { id, start, events, ends } = openVerification();
    await start();
    await cancelTasksOf('run-1', true);
    takeTaskEvent(id, { kind: 'progress', steps: 5 });
    endTask(id, { kind: 'cancelled' });
    expect([events, ends]).toEqual([[], [{ kind: 'cancelled' }]]);
  });

  it('fails with the problem of its machine', async () => {
    const problem = { title: 'The machine has no export "machine".' };
    stubBridge({ turnstile: problem });
    const { start, ends } = openVerification();
    expect(await start()).toBe(false);
    expect(ends).toEqual([{ kind: 'failed', problem }]);
  });
});
