import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planChecks } from '../engine/check-plan.ts';
import { replaySource } from '../engine/replay.ts';
import { Run } from '../engine/run.ts';
import { signatureOf } from '../engine/signature.ts';
import type { ScenarioRun } from '../engine/simulation.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { defineMachine, err, ok, type AnyMachine, type MachineTypes } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import {
  adder,
  adderScenario,
  jobs,
  jobsScenario,
  startJob,
} from '../test-helpers/test-machines.ts';
import {
  causesOf,
  expectMinimal,
  expectReproduced,
  expectShrunk,
  operationsCauses,
  recordOperations,
  shrinkCause,
} from '../test-helpers/test-shrinking.ts';
import { shrink, shrinkAfresh } from './shrink.ts';

const faults = FAULT_PROFILES.chaos;

/** Shrinks each cause of a seed, and checks the result. */
async function shrinkAll(machine: AnyMachine, settings: ScenarioRun) {
  const { scenario } = settings;
  const lengths = new Map<string, number>();
  for (const cause of (await causesOf(machine, settings)).values()) {
    const shrunk = await shrinkCause(machine, scenario, cause);
    expectShrunk(cause, shrunk);
    const signature = signatureOf(cause.finding);
    await expectMinimal({ machine, scenario, signature }, shrunk);
    const lines = await recordOperations(machine, scenario, shrunk.operations);
    await expectReproduced(lines, cause, machine, { scenario });
    lengths.set(`${cause.finding.name}: ${cause.finding.shape}`, shrunk.operations.length);
  }
  return lengths;
}

const seeds = fc.bigInt(0n, 2n ** 64n - 1n);

describe('a shrunk run', () => {
  it('fails for the same cause, is as short as can be, and replays from its trace', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.boolean(), async (seed, isAsync) => {
        const settings = { scenario: adderScenario, seed, operationsMax: 60, faults };
        await shrinkAll(adder(isAsync), settings);
      }),
      { numRuns: 6 },
    );
  });

  it('holds only the operations that matter', async () => {
    const settings = { scenario: adderScenario, seed: 3n, operationsMax: 200, faults };
    const lengths = await shrinkAll(adder(), settings);
    expect(lengths.get('RangeError: input throw')).toBe(1);
    expect(lengths.get('atomicity: input changeThenRefuse, err refused')).toBe(1);
  });
});

/** Each cause of a defective machine is shrunk to this number of steps. */
describe.each([
  [
    'ids that are drawn elsewhere',
    () => {
      let id = 0;
      return jobs({
        stf(state, input, actions) {
          if (input.kind !== 'normal') return jobs().stf(state, input, actions);
          id += 1;
          return startJob(state, actions, id);
        },
        invariants: {},
      });
    },
    'ids are deterministic and unique',
    1,
  ],
  [
    'a restore that answers differently',
    () => {
      let calls = 0;
      return jobs({
        restore(state, actions) {
          calls += 1;
          for (const id of state.waiting) actions.tracked(id, 'job');
          if (calls % 2 !== 0) actions.tracked(1_000, 'job');
          return ok();
        },
      });
    },
    'restore is pure',
    2,
  ],
  ['a restore that forgets', () => jobs({ restore: () => ok() }), 'every job is done', 4],
  [
    'a restore that refuses',
    () => jobs({ restore: () => err('refused') }),
    'every crash is recovered from',
    3,
  ],
  [
    'a result that is given up',
    () =>
      jobs({
        stf(state, input, actions) {
          if (input.kind === 'trackedActionCompleted') throw new RangeError('no');
          return startJob(state, actions);
        },
      }),
    'every job is done',
    5,
  ],
])('the cause %s', (_, machineOf, name, steps) => {
  it('is found again', async () => {
    const settled = {
      'every job is done': ({ waiting }: { readonly waiting: readonly number[] }) =>
        waiting.length === 0 || { message: 'a job is not done', id: waiting[0] },
    };
    const scenario = jobsScenario({ settled });
    const machine = machineOf();
    const settings = { scenario, seed: 5n, operationsMax: 100, faults: FAULT_PROFILES.crashes };
    const causes = [...(await causesOf(machine, settings)).values()];
    const cause = causes.find(({ finding }) => finding.name === name);
    if (!cause) throw new Error(`the run has no finding named ${name}`);
    const shrunk = await shrinkCause(machine, scenario, cause);
    expectShrunk(cause, shrunk);
    expect(shrunk.operations).toHaveLength(steps);
  }, 240_000);
});

it('takes out what only goes together, with what matters in between', async () => {
  const machine = {
    ...adder(),
    initialState: () => ({ open: 0, isBroken: false, marks: 0 }),
    stf(
      state: { update: (change: (draft: Record<string, unknown>) => void) => void },
      given: unknown,
    ) {
      const { input } = given as { readonly input: string };
      state.update((draft) => {
        if (input === 'mark') draft['marks'] = Number(draft['marks']) + 1;
        if (input === 'open') draft['open'] = Number(draft['open']) + 1;
        if (input === 'close' && draft['open'] === 0) draft['isBroken'] = true;
        if (input === 'close') draft['open'] = Number(draft['open']) - 1;
      });
      return ok();
    },
    restore: () => ok(),
    invariants: {
      'less than three marks': ({ open, isBroken, marks }: Record<string, unknown>) =>
        isBroken === true || open !== 0 || Number(marks) < 3,
    },
  } as unknown as AnyMachine;
  const operations = Array.from({ length: 5 }, () => ['open', 'mark', 'close'])
    .flat()
    .map((input) => ({ kind: 'normal', input }) as const);
  const run = new Run(machine, replaySource(operations, { scenario: adderScenario }), {
    checks: planChecks(machine, FAULT_PROFILES.none),
  });
  let signature = '';
  await run.advance(Number.POSITIVE_INFINITY, ({ findings: [found] }) => {
    if (found && signature === '') signature = signatureOf(found);
  });
  expect(signature).toContain('less than three marks');
  const subject = { machine, scenario: adderScenario, signature };
  const { operations: shrunk } = await shrink(subject, operations);
  expect(shrunk.map((operation) => (operation as { input?: unknown }).input)).toEqual([
    'open',
    'mark',
    'mark',
    'mark',
    'close',
  ]);
});

it('takes out pairs that lie far apart, in a run of which hardly anything else can be left out', async () => {
  interface Locks extends MachineTypes {
    State: { held: number[]; isBroken: boolean; isOver: boolean };
    Input: number;
  }
  // A number is a lock, its negative the release of it, and 0 is the end.
  const machine = defineMachine<Locks>({
    name: 'locks',
    description: 'A release without its lock hides the defect.',
    initialState: () => ({ held: [], isBroken: false, isOver: false }),
    stf(state, given) {
      if (given.kind !== 'normal') return ok();
      const { input } = given;
      state.update((draft) => {
        const at = draft.held.indexOf(-input);
        if (input === 0) draft.isOver = true;
        else if (input > 0) draft.held.push(input);
        else if (at < 0) draft.isBroken = true;
        else draft.held.splice(at, 1);
      });
      return ok();
    },
    restore: () => ok(),
    invariants: {
      'something is held at the end': ({ held, isBroken, isOver }) =>
        !isOver || isBroken || held.length > 0,
    },
  });
  const keys = Array.from({ length: 8 }, (_, at) => at + 1);
  const inputs = [...keys, ...keys.map((key) => -key), 0];
  const [cause] = await operationsCauses(
    machine,
    inputs.map((input) => ({ kind: 'normal', input })),
  );
  if (!cause) throw new Error('the machine fails');
  const subject = { machine, signature: signatureOf(cause.finding) };
  const { operations } = await shrink(subject, cause.operations, { keepsInputs: true });
  expect(operations).toEqual([{ kind: 'normal', input: 0 }]);
});

it('needs no step where the initial state fails', async () => {
  const machine = jobs({ invariants: { 'there are jobs': ({ nextId }) => nextId > 1 } });
  const scenario = jobsScenario();
  const run = new Run(machine, replaySource([]));
  const [finding] = run.executor.initialFindings;
  if (!finding) throw new Error('there are no jobs at first');
  const start: Operation = { kind: 'normal', input: 'start' };
  for (const operations of [[], [start]]) {
    const shrunk = await shrinkCause(machine, scenario, { finding, operations });
    expect(shrunk.operations).toEqual([]);
    const lines = await recordOperations(machine, scenario, shrunk.operations);
    await expectReproduced(lines, { finding, operations }, machine, { scenario });
  }
});

it('removes the step in which a crash struck', async () => {
  const machine = jobs({
    restore(state) {
      if (state.waiting.length > 0) throw new RangeError('restore cannot');
      return ok();
    },
  });
  const scenario = jobsScenario();
  const start: Operation = { kind: 'normal', input: 'start' };
  const operations: Operation[] = [
    start,
    { ...start, fault: { kind: 'crashBeforeCommit' } },
    { kind: 'crash', dispatched: 0 },
    { kind: 'restore' },
  ];
  const causes = await operationsCauses(machine, operations);
  const cause = causes.find(({ finding }) => finding.kind === 'panic');
  if (!cause) throw new Error('restore panics');
  const shrunk = await shrinkCause(machine, scenario, cause);
  expect(shrunk.operations).toEqual([start, ...operations.slice(2)]);
});

it('keeps a duplicate that comes right after a step which sends its action again', async () => {
  const machine = jobs({
    stf(state, input, actions) {
      if (input.kind === 'normal') return startJob(state, actions);
      if (input.result === 'pending') actions.tracked(input.id, 'job');
      return ok();
    },
    restore: (state, actions) => {
      for (const id of state.waiting) actions.tracked(id, 'job');
      return ok();
    },
  });
  const start: Operation = { kind: 'normal', input: 'start' };
  const pending: Operation = { kind: 'trackedActionCompleted', id: 2, result: 'pending' };
  const operations = [start, start, start, pending, { ...pending, isDuplicate: true }] as const;
  const causes = await operationsCauses(machine, operations);
  const cause = causes.find(({ finding }) => finding.name === 'ids are deterministic and unique');
  if (!cause) throw new Error('the id is used again while its action is outstanding');
  const shrunk = await shrinkCause(machine, jobsScenario(), cause);
  expect(shrunk.operations).toEqual([
    start,
    { ...pending, id: 1 },
    { ...pending, id: 1, isDuplicate: true },
  ]);
});

describe('a machine that keeps something in a variable of its module', () => {
  /** Panics at a refusal after its fourth job since it was loaded. */
  async function renew() {
    let isWarm = false;
    const machine = jobs({
      stf(state, input, actions) {
        if (state.current.nextId === 4) isWarm = true;
        const isLast = input.kind === 'normal' && input.input === 'refuse';
        if (isLast && isWarm) throw new RangeError('too warm');
        return startJob(state, actions);
      },
    });
    return Promise.resolve({ machine, scenario: jobsScenario() });
  }
  const start: Operation = { kind: 'normal', input: 'start' };
  const refuse: Operation = { kind: 'normal', input: 'refuse' };
  const operations = [start, start, start, start, start, start, refuse];
  const checks = planChecks(jobs(), faults);

  it('keeps a run that fails on a freshly loaded machine, whenever the shrinking is stopped', async () => {
    const { machine } = await renew();
    const [cause] = await operationsCauses(machine, operations);
    if (!cause) throw new Error('the last input panics');
    const signature = signatureOf(cause.finding);
    for (let triesMax = 0; triesMax < 30; triesMax += 1) {
      let asked = 0;
      const shrunk = await shrinkAfresh({ signature, renew, checks }, operations, {
        isCancelled: () => {
          asked += 1;
          return asked > triesMax;
        },
      });
      const again = await operationsCauses((await renew()).machine, shrunk.operations);
      expect(again.map(({ finding }) => signatureOf(finding))).toContain(signature);
    }
  });
});
