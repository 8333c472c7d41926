import { describe, expect, it } from 'vitest';
import { Guard } from '../isolation/guard.ts';
import type { Executed } from '../machine/executed.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { err, ok, type Machine } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import { RULE_NAMES, type RuleName } from '../machine/rules.ts';
import { jobs, startJob, type Jobs } from '../test-helpers/test-machines.ts';
import { planChecks } from './check-plan.ts';
import { replaySource } from './replay.ts';
import { Run } from './run.ts';

const start: Operation<Jobs> = { kind: 'normal', input: 'start' };
const refuse: Operation<Jobs> = { kind: 'normal', input: 'refuse' };
const complete = (id: number, result: Jobs['Result'] = 'done') =>
  ({ kind: 'trackedActionCompleted', id, result }) as const satisfies Operation<Jobs>;

/** Executes operations, and checks every rule. */
async function play(
  machine: Machine<Jobs>,
  ...operations: readonly Operation[]
): Promise<Executed[]> {
  const run = new Run(machine, replaySource(operations), {
    checks: planChecks(machine, FAULT_PROFILES.chaos),
  });
  const steps: Executed[] = [];
  expect(await run.advance(Number.POSITIVE_INFINITY, (step) => steps.push(step))).toBe(false);
  return steps;
}

const findingsOf = (steps: readonly Executed[]) => steps.flatMap(({ findings }) => findings);

type Stf = Machine<Jobs>['stf'];
const sound = jobs();

/** A machine with another way to handle inputs; those for which it returns `undefined` are handled as usual. */
function withInput(handle: (...args: Parameters<Stf>) => ReturnType<Stf> | undefined) {
  return jobs({ stf: (...args) => handle(...args) ?? sound.stf(...args) });
}

/** A machine that breaks one rule, with the step and the wording of the finding. */
interface Case {
  readonly rule: RuleName;
  readonly does: string;
  /** Made for each run: some remember things outside of their state, which is the defect. */
  readonly broken: () => Machine<Jobs>;
  readonly operations: readonly Operation<Jobs>[];
  readonly at: number;
  readonly message: string;
  readonly expected: string;
  readonly actual: string;
}

/**
 * Restores other jobs at the third call: the first two come from the rule "tracked actions are restorable".
 */
function restoringOtherwise(change: (waiting: readonly number[]) => number[]) {
  let calls = 0;
  return jobs({
    restore(state, actions) {
      calls += 1;
      const { waiting } = state;
      const restored = { ...state, waiting: calls === 3 ? change(waiting) : waiting };
      return sound.restore(restored, actions);
    },
  });
}

const CASES: readonly Case[] = [
  {
    rule: 'atomicity',
    does: 'returns an error after a change',
    broken: () =>
      withInput((state, input) => {
        if (input.kind !== 'normal' || input.input !== 'refuse') return undefined;
        state.update((draft) => {
          draft.done += 1;
        });
        return err('refused');
      }),
    operations: [start, refuse],
    at: 1,
    message: 'returned an error after it had changed the state',
    expected: 'the state unchanged',
    actual: 'changed done',
  },
  {
    rule: 'atomicity',
    does: 'catches the refusal of an action, and waits for its result',
    broken: () =>
      withInput((state, input, actions) => {
        if (input.kind !== 'normal' || input.input !== 'start') return undefined;
        const { nextId } = state.current;
        try {
          actions.tracked(nextId, 'job');
        } catch {
          // Goes on as if the action had been sent.
        }
        state.update((draft) => {
          draft.nextId += 1;
          draft.waiting.push(nextId);
        });
        return ok();
      }),
    operations: [{ ...start, fault: { kind: 'actionRefused', action: 0 } }],
    at: 0,
    message: 'The machine caught the refusal of the action 1 and returned ok()',
    expected: 'an error, with the state unchanged',
    actual: 'restore emits 1, which was never sent',
  },
  {
    rule: 'determinism',
    does: 'counts outside of its state',
    broken: () => {
      let calls = 0;
      return withInput((state, input, actions) => {
        if (input.kind !== 'normal' || input.input !== 'start') return undefined;
        calls += 1;
        return calls === 4 ? err('refused') : startJob(state, actions);
      });
    },
    operations: [start, start],
    at: 1,
    message: 'gave a different outcome',
    expected: '{"kind":"ok"}',
    actual: '{"kind":"err","error":"refused"}',
  },
  {
    rule: 'tracked actions are restorable',
    does: 'forgets all but one in restore',
    broken: () =>
      jobs({
        restore(state, actions) {
          const [id] = state.waiting;
          if (id !== undefined) actions.tracked(id, 'job');
          return ok();
        },
      }),
    operations: [start, start, refuse, start],
    at: 1,
    message: 'The tracked action 2 would be lost in a crash now',
    expected: 'restore emits 2: "job"',
    actual: 'restore emits 1',
  },
  {
    rule: 'tracked actions are restorable',
    does: 'answers an error in restore',
    broken: () => jobs({ restore: () => err('refused') }),
    operations: [start],
    at: 0,
    message: 'The tracked action 1 would be lost in a crash now',
    expected: 'restore emits 1: "job"',
    actual: 'restore returns the error "refused"',
  },
  {
    rule: 'tracked actions are restorable',
    does: 'throws in restore, although it never crashes',
    broken: () =>
      jobs({
        restore() {
          throw new RangeError('no');
        },
      }),
    operations: [start],
    at: 0,
    message: 'The tracked action 1 would be lost in a crash now',
    expected: 'restore emits 1: "job"',
    actual: 'restore throws RangeError: no',
  },
  {
    rule: 'restore is pure',
    does: 'empties its list in restore, although it never crashes',
    broken: () =>
      jobs({
        restore(state, actions) {
          const waiting = state.waiting as number[];
          for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
            actions.tracked(id, 'job');
          }
          return ok();
        },
      }),
    operations: [start, start],
    at: 0,
    message: 'restore changed the state that it was given',
    expected: 'the state unchanged',
    actual: 'changed waiting',
  },
  {
    rule: 'restore is pure',
    does: 'writes to its state in restore, after a crash',
    broken: () =>
      jobs({
        restore: async (state, actions) => {
          await Promise.resolve();
          const restored = sound.restore(state, actions);
          if (state.waiting.length === 0) (state as Jobs['State']).done += 1;
          return restored;
        },
      }),
    operations: [{ kind: 'restore' }],
    at: 0,
    message: 'restore changed the state that it was given',
    expected: 'the state unchanged',
    actual: 'changed done',
  },
  {
    rule: 'restore is pure',
    does: 'emits an untracked action in restore',
    broken: () =>
      jobs({
        restore(state, actions) {
          actions.untracked('started');
          return sound.restore(state, actions);
        },
      }),
    operations: [start, { kind: 'crash', dispatched: 2 }, { kind: 'restore' }],
    at: 2,
    message: 'restore emitted an untracked action',
    expected: 'tracked actions only',
    actual: '"started"',
  },
  {
    rule: 'restore is pure',
    does: 'answers differently the second time',
    broken: () => restoringOtherwise((waiting) => [...waiting, 9]),
    operations: [start, start, { kind: 'crash', dispatched: 2 }, { kind: 'restore' }],
    at: 3,
    message: 'Executed twice on the same state, restore gave a different list of actions',
    expected:
      '[{"kind":"tracked","id":1,"action":"job"},{"kind":"tracked","id":2,"action":"job"},{"kind":"tracked","id":9,"action":"job"}]',
    actual: '[{"kind":"tracked","id":1,"action":"job"},{"kind":"tracked","id":2,"action":"job"}]',
  },
  {
    rule: 'restore is pure',
    does: 'answers in another order the second time',
    broken: () => restoringOtherwise((waiting) => waiting.toReversed()),
    operations: [start, start, { kind: 'crash', dispatched: 2 }, { kind: 'restore' }],
    at: 3,
    message: 'Executed twice on the same state, restore gave a different order of actions',
    expected: '2, 1',
    actual: '1, 2',
  },
  {
    rule: 'ids are deterministic and unique',
    does: 'uses an id again while it is outstanding',
    broken: () =>
      withInput((state, input, actions) =>
        input.kind === 'normal' && input.input === 'start'
          ? startJob(state, actions, 7)
          : undefined,
      ),
    operations: [start, refuse, start],
    at: 2,
    message: 'The id 7 is used again while it is outstanding',
    expected: 'an unused id',
    actual: 'the id of "job"',
  },
  {
    rule: 'ids are deterministic and unique',
    does: 'draws ids outside of its state',
    broken: () => {
      let id = 0;
      return withInput((state, input, actions) => {
        if (input.kind !== 'normal' || input.input !== 'start') return undefined;
        id += 1;
        return startJob(state, actions, id);
      });
    },
    operations: [start],
    at: 0,
    message: 'it gave its actions different ids',
    expected: '1',
    actual: '2',
  },
  {
    rule: 'results update state',
    does: 'ignores a result that it awaits',
    broken: () =>
      withInput((_, input) =>
        input.kind === 'trackedActionCompleted' && input.result === 'pending' ? ok() : undefined,
      ),
    operations: [start, start, complete(1, 'pending')],
    at: 2,
    message: 'The result "pending" left the state unchanged: restore would ask again without end',
    expected: 'a state from which restore does not emit 1 again',
    actual: 'restore emits 1: "job"',
  },
  {
    rule: 'idempotent completion',
    does: 'counts a result each time that it comes',
    broken: () =>
      jobs({
        invariants: {},
        stf(state, input, actions) {
          if (input.kind === 'normal') return sound.stf(state, input, actions);
          state.update((draft) => {
            draft.waiting = draft.waiting.filter((id) => id !== input.id);
            draft.done += 1;
          });
          return ok();
        },
      }),
    operations: [start, complete(1)],
    at: 1,
    message: 'This completion would, if it came again, change the state',
    expected: 'an unchanged state, and no actions',
    actual: 'changed the state',
  },
];

it('has a machine for each rule except the one that needs a file', () => {
  const rules = new Set<RuleName>([...CASES.map(({ rule }) => rule), 'no side effects']);
  expect(RULE_NAMES.every((rule) => rules.has(rule))).toBe(true);
});

describe.each(CASES)('$rule: a machine that $does', ({ rule, broken, operations, ...told }) => {
  it('is caught, by this rule alone', async () => {
    const [finding, ...others] = findingsOf(await play(broken(), ...operations)).filter(
      ({ stepIndex }) => stepIndex <= told.at,
    );
    expect(finding).toMatchObject({
      kind: 'rule',
      name: rule,
      stepIndex: told.at,
      message: expect.stringContaining(told.message),
      expected: told.expected,
      actual: told.actual,
    });
    expect(others).toEqual([]);
  });

  it('is not caught when it is corrected', async () => {
    expect(findingsOf(await play(jobs(), ...operations))).toEqual([]);
  });

  it('may waive it', async () => {
    const waived = { ...broken(), waivers: { [rule]: 'as the original does' } };
    const names = findingsOf(await play(waived, ...operations)).map(({ name }) => name);
    expect(names).not.toContain(rule);
  });
});

it('distinguishes two ways in which one input is refused after a change', async () => {
  const broken = withInput((state, input) => {
    if (input.kind !== 'normal' || input.input !== 'refuse') return undefined;
    state.update((draft) => {
      draft.done += 1;
    });
    // Machines in plain JavaScript may return anything.
    return err((state.current.waiting.length === 0 ? 'idle' : 'busy') as 'refused');
  });
  const found = findingsOf(await play(broken, refuse, start, refuse));
  expect(found.map(({ shape }) => shape)).toEqual([
    'input refuse, err idle',
    'input refuse, err busy',
  ]);
});

it('does not violate atomicity to refuse with the state unchanged, whatever was tried', async () => {
  const machine = withInput((state, { kind }) => {
    if (kind !== 'normal') return undefined;
    state.update((draft) => void (draft.done += 1));
    state.update((draft) => void (draft.done -= 1));
    return err('refused');
  });
  expect(findingsOf(await play(machine, start))).toEqual([]);
});

it('does not violate atomicity to try a refused action again', async () => {
  const machine = withInput((state, { kind }, actions) => {
    if (kind !== 'normal') return undefined;
    try {
      actions.tracked(state.current.nextId, 'job');
    } catch {
      return startJob(state, actions);
    }
    return ok();
  });
  const fault = { kind: 'actionRefused', action: 0 } as const;
  const [step] = await play(machine, { ...start, fault });
  expect(step).toMatchObject({ refused: [{ id: 1 }], outcome: { kind: 'ok' }, findings: [] });
});

it('groups refusals whose texts hold data', async () => {
  const broken = withInput((state, input) => {
    if (input.kind !== 'normal' || input.input !== 'refuse') return undefined;
    state.update((draft) => {
      draft.done += 1;
    });
    return err(`job ${state.current.nextId} is unknown` as 'refused');
  });
  const found = findingsOf(await play(broken, refuse, start, refuse));
  expect(found.map(({ shape }) => shape)).toEqual(['input refuse', 'input refuse']);
});

it('a crash before the commit is not part of the cause of a side effect', async () => {
  const guard = new Guard();
  const broken = jobs({
    stf(state, _, actions) {
      guard.refuse('Date.now');
      return startJob(state, actions);
    },
  });
  const fault = { kind: 'crashBeforeCommit' } as const;
  const run = new Run(broken, replaySource([{ ...start, fault }, start]), { guard });
  const steps: Executed[] = [];
  await run.advance(Number.POSITIVE_INFINITY, (step) => steps.push(step));
  expect(findingsOf(steps)).toMatchObject([
    { name: 'no side effects', shape: 'input start' },
    { name: 'no side effects', shape: 'input start' },
  ]);
});

it('waiving that restore is pure leaves the panic that follows', async () => {
  const broken = jobs({
    waivers: { 'restore is pure': 'a test' },
    restore(state) {
      (state as Jobs['State']).done += 1;
      return ok();
    },
  });
  const found = findingsOf(await play(broken, { kind: 'restore' }));
  expect(found).toMatchObject([{ kind: 'panic', name: 'TypeError' }]);
});

describe('idempotent completion', () => {
  it('is checked at a second delivery', () => {
    const broken = CASES.find(({ rule }) => rule === 'idempotent completion')?.broken() ?? jobs();
    const waived = planChecks({ ...broken, waivers: {} }, FAULT_PROFILES.chaos);
    const run = new Run(
      broken,
      replaySource([start, complete(1), { ...complete(1), isDuplicate: true }]),
      { checks: waived },
    );
    const steps: Executed[] = [];
    void run.advance(Number.POSITIVE_INFINITY, (step) => steps.push(step));
    expect(steps[2]?.findings).toMatchObject([
      {
        name: 'idempotent completion',
        message: 'This completion came a second time, and changed the state.',
      },
    ]);
  });
});

describe('rules about recovery', () => {
  it('are not checked in a run without faults', () => {
    const broken = jobs({ restore: () => ok() });
    const run = new Run(broken, replaySource([start, start]));
    const steps: Executed[] = [];
    void run.advance(Number.POSITIVE_INFINITY, (step) => steps.push(step));
    expect(findingsOf(steps)).toEqual([]);
    expect(run.executor.rulesAsked).not.toContain('tracked actions are restorable');
  });

  it('report a lost action once, however long it stays lost', async () => {
    const found = findingsOf(
      await play(jobs({ restore: () => ok() }), start, refuse, start, refuse),
    );
    expect(found.map(({ stepIndex, message }) => [stepIndex, message])).toEqual([
      [0, 'The tracked action 1 would be lost in a crash now.'],
      [2, 'The tracked action 2 would be lost in a crash now.'],
    ]);
  });
});

it('costs the same at each step however many actions are outstanding, where none is lost', () => {
  const operations = Array.from({ length: 10_000 }, (): Operation => ({ ...start }));
  const endless = jobs({
    stf(state, _, actions) {
      state.update((draft) => {
        draft.nextId += 1;
      });
      actions.tracked(state.current.nextId, 'job');
      return ok();
    },
    invariants: {},
  });
  const startMs = performance.now();
  void new Run(endless, replaySource(operations)).advance(Number.POSITIVE_INFINITY);
  // It took 18 seconds when each step listed all outstanding actions, and takes half a second.
  expect(performance.now() - startMs).toBeLessThan(15_000);
});
