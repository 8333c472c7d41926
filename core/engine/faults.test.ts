import { describe, expect, it } from 'vitest';
import { ActionRefusedError } from '../machine/errors.ts';
import type { Executed } from '../machine/executed.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { err, ok, type Err, type Machine, type Ok } from '../machine/machine.ts';
import type { Operation, StepFault } from '../machine/operation.ts';
import { adder, jobs, type Adder, type Jobs } from '../test-helpers/test-machines.ts';
import { planChecks } from './check-plan.ts';
import { replaySource } from './replay.ts';
import { Run } from './run.ts';

const EVERYTHING = Number.POSITIVE_INFINITY;

async function replay(isAsync: boolean, ...operations: readonly Operation<Adder>[]) {
  const machine = adder(isAsync);
  const checks = planChecks(machine, FAULT_PROFILES.chaos);
  const run = new Run(machine, replaySource(operations), { checks });
  const steps: Executed<Adder>[] = [];
  await run.advance(EVERYTHING, (step) => steps.push(step as Executed<Adder>));
  return { run, steps };
}

/** An addition accesses the state twice, and gives two actions to the container. */
const add = (amount: number, fault?: StepFault): Operation<Adder> => ({
  kind: 'normal',
  input: { kind: 'add', amount },
  ...(fault ? { fault } : {}),
});
const crash = (dispatched = 0) => ({ kind: 'crash', dispatched }) as const;
const restore = { kind: 'restore' } as const;
const idsOf = (actions: Executed<Adder>['actions']) =>
  actions.flatMap((action) => (action.kind === 'tracked' ? [action.id] : []));

describe.each([
  ['a synchronous machine', false],
  ['an asynchronous machine', true],
])('in %s', (_, isAsync) => {
  it('a crash before the commit leaves nothing of the step', async () => {
    const { steps } = await replay(
      isAsync,
      add(5),
      add(6, { kind: 'crashBeforeCommit' }),
      crash(),
      restore,
    );
    const [first, crashed, , restored] = steps;
    expect(crashed).toMatchObject({ outcome: { kind: 'crashed' }, actions: [], findings: [] });
    expect(crashed?.after).toBe(first?.after);
    expect(crashed?.attempted.total).toBe(11);
    expect(crashed?.discarded).toHaveLength(2);
    expect(idsOf(restored?.actions ?? [])).toEqual([0]);
  });

  it.each([0, 1])('a crash at access %i ends the step', async (access) => {
    const { steps } = await replay(isAsync, add(5), add(6, { kind: 'crashAtAccess', access }));
    expect(steps[1]).toMatchObject({ outcome: { kind: 'crashed' }, actions: [], findings: [] });
    expect(steps[1]?.after).toBe(steps[0]?.after);
    expect(steps[1]?.attempted).toBe(steps[0]?.after);
  });

  it('a fault that the step never reaches does not strike, and is not recorded', async () => {
    const { steps } = await replay(isAsync, add(5, { kind: 'crashAtAccess', access: 2 }));
    expect(steps[0]).toMatchObject({ outcome: { kind: 'ok' }, after: { total: 5 } });
    expect(steps[0]?.operation).toEqual(add(5));
  });

  it.each([
    [0, ['tracked', 'untracked']],
    [1, ['untracked']],
    [2, []],
  ])('a crash after %i of two actions loses the others', async (dispatched, lost) => {
    const { steps, run } = await replay(isAsync, add(5), crash(dispatched));
    expect(steps[1]?.lost.map(({ kind }) => kind)).toEqual(lost);
    expect(steps[1]?.after).toBe(steps[0]?.after);
    expect(run.executor.outstanding.size).toBe(0);
  });

  it('an access that fails makes the step fail, and is not a finding', async () => {
    const { steps } = await replay(isAsync, add(5), add(6, { kind: 'accessFails', access: 1 }));
    expect(steps[1]).toMatchObject({
      outcome: {
        kind: 'err',
        error: { kind: 'StorageFailed', reason: 'access 2 to the state failed' },
      },
      actions: [],
      findings: [],
    });
    expect(steps[1]?.after).toBe(steps[0]?.after);
  });

  it('a commit that fails rolls the step back', async () => {
    const { steps } = await replay(isAsync, add(5), add(6, { kind: 'commitFails' }));
    expect(steps[1]).toMatchObject({
      outcome: { kind: 'err', error: { kind: 'StorageFailed', reason: 'the commit failed' } },
      actions: [],
      findings: [],
    });
    expect(steps[1]?.after).toBe(steps[0]?.after);
    expect(steps[1]?.attempted.total).toBe(11);
  });

  it('a commit cannot fail where nothing is committed', async () => {
    const refuse = { kind: 'normal', input: { kind: 'refuse' } } as const;
    const { steps } = await replay(isAsync, { ...refuse, fault: { kind: 'commitFails' } });
    expect(steps[0]).toMatchObject({ outcome: { kind: 'err', error: 'refused' } });
    expect(steps[0]?.operation).toEqual(refuse);
  });

  it('a refused action ends the step as an error, which is rolled back', async () => {
    const { steps } = await replay(isAsync, add(5, { kind: 'actionRefused', action: 1 }));
    expect(steps[0]).toMatchObject({
      outcome: { kind: 'err', error: { kind: 'ActionRefused', reason: expect.any(String) } },
      actions: [],
      discarded: [{ kind: 'tracked', id: 0 }],
      refused: [{ kind: 'untracked', action: { kind: 'notify' } }],
      findings: [
        {
          kind: 'rule',
          name: 'atomicity',
          message:
            'The machine let the refusal of an action through after it had changed the state.',
        },
      ],
    });
    expect(steps[0]?.after).toBe(steps[0]?.before);
  });

  it('a refused action ends a restore as an error', async () => {
    const fault = { kind: 'actionRefused', action: 1 } as const;
    const { steps } = await replay(
      isAsync,
      add(5),
      add(6),
      crash(2),
      { ...restore, fault },
      restore,
    );
    const outcome = { kind: 'err', error: { kind: 'ActionRefused' } };
    expect(steps[3]).toMatchObject({ outcome, actions: [], refused: [{ id: 1 }], findings: [] });
    expect(idsOf(steps[4]?.actions ?? [])).toEqual([0, 1]);
  });

  it('a restore that a fault hits emits nothing', async () => {
    const { steps } = await replay(
      isAsync,
      add(5),
      crash(2),
      { ...restore, fault: { kind: 'accessFails', access: 0 } },
      restore,
    );
    expect(steps[2]).toMatchObject({ outcome: { kind: 'err' }, actions: [], findings: [] });
    expect(idsOf(steps[3]?.actions ?? [])).toEqual([0]);
  });
});

describe('a refused action', () => {
  const start: Operation<Jobs> = { kind: 'normal', input: 'start' };
  const play = (stf: Machine<Jobs>['stf'], operation: Operation<Jobs>) => {
    const steps: Executed[] = [];
    const run = new Run(jobs({ stf }), replaySource([operation]));
    void run.advance(EVERYTHING, (step) => steps.push(step));
    return steps[0];
  };

  it('can be caught, and the container takes those after it', () => {
    const step = play(
      (_, __, actions) => {
        try {
          actions.untracked('started');
        } catch (error) {
          if (!(error instanceof ActionRefusedError)) throw error;
          actions.untracked('started');
        }
        return ok();
      },
      { ...start, fault: { kind: 'actionRefused', action: 0 } },
    );
    const started = [{ kind: 'untracked', action: 'started' }];
    expect(step).toMatchObject({ outcome: { kind: 'ok' }, actions: started, refused: started });
  });

  it('can be answered with an error of the machine', () => {
    const step = play(
      (_, __, actions) => {
        try {
          actions.untracked('started');
        } catch {
          return err('refused');
        }
        return ok();
      },
      { ...start, fault: { kind: 'actionRefused', action: 0 } },
    );
    expect(step).toMatchObject({ outcome: { kind: 'err', error: 'refused' }, findings: [] });
  });

  it('that the machine itself throws is a panic', () => {
    const step = play(() => {
      throw new ActionRefusedError('I say so');
    }, start);
    expect(step).toMatchObject({
      outcome: { kind: 'panic', error: { name: 'ActionRefusedError' } },
      findings: [{ kind: 'panic' }],
    });
  });

  it('does not look like an error to a machine of the earlier interface', () => {
    const step = play((_, __, actions) => {
      const added = actions.untracked('started') as unknown as Ok | Err<'refused'>;
      return added.kind === 'err' ? added : ok();
    }, start);
    expect(step).toMatchObject({ outcome: { kind: 'ok' }, actions: [{ action: 'started' }] });
  });
});

describe('a machine that catches what an access throws', () => {
  const catching = jobs({
    stf(state, _, actions) {
      const attempt = () =>
        state.update((draft) => {
          draft.nextId += 1;
          draft.waiting.push(draft.nextId - 1);
        });
      try {
        attempt();
      } catch {
        attempt();
      }
      actions.tracked(state.current.nextId - 1, 'job');
      return ok();
    },
  });
  const play = (fault: StepFault) => {
    const steps: Executed<Jobs>[] = [];
    const run = new Run(catching, replaySource([{ kind: 'normal', input: 'start', fault }]));
    void run.advance(EVERYTHING, (step) => steps.push(step as Executed<Jobs>));
    return steps[0];
  };

  it('may try again after a failure', () => {
    const step = play({ kind: 'accessFails', access: 0 });
    expect(step).toMatchObject({ outcome: { kind: 'ok' }, after: { waiting: [1] }, findings: [] });
    expect(step?.operation).toMatchObject({ fault: { kind: 'accessFails' } });
  });

  it('is dead after a crash nevertheless', () => {
    const step = play({ kind: 'crashAtAccess', access: 0 });
    expect(step).toMatchObject({ outcome: { kind: 'crashed' }, findings: [] });
    expect(step?.after).toBe(step?.before);
  });
});
