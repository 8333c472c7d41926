import {
  defineMachine,
  err,
  ok,
  type Machine,
  type MachineTypes,
  type StfInput,
} from '../machine/machine.ts';
import {
  defineScenario,
  type ExternalFaults,
  type ExternalSystems,
  type Scenario,
} from '../machine/scenario.ts';

/** A small machine for tests: numbers that are added, with one way to go wrong for each input. */
export interface Adder extends MachineTypes {
  State: { total: number; log: number[]; waiting: Map<number, number> };
  Input:
    | { kind: 'add'; amount: number }
    | { kind: 'refuse' }
    | { kind: 'changeThenRefuse'; amount: number }
    | { kind: 'throw' }
    | { kind: 'changeThenThrow'; amount: number }
    | { kind: 'mutateInPlace' }
    | { kind: 'answerNothing' };
  Id: number;
  Tracked: { kind: 'confirm'; amount: number };
  Untracked: { kind: 'notify' };
  Result: 'confirmed' | 'denied';
  Rejection: 'refused' | 'unknown';
}

/** Makes the machine; an asynchronous one awaits before it returns. */
export function adder(isAsync = false): Machine<Adder> {
  const machine = defineMachine<Adder>({
    name: 'adder',
    description: 'Adds numbers.',
    initialState: () => ({ total: 0, log: [], waiting: new Map() }),
    stf(state, input, actions) {
      if (input.kind === 'trackedActionCompleted') {
        const amount = state.current.waiting.get(input.id);
        if (amount === undefined) return err('unknown');
        state.update((draft) => {
          draft.waiting.delete(input.id);
          if (input.result === 'denied') draft.total -= amount;
        });
        return ok();
      }
      return handle(state, input.input, actions);
    },
    restore(state, actions) {
      for (const [id, amount] of state.waiting) actions.tracked(id, { kind: 'confirm', amount });
      return ok();
    },
    invariants: {
      'the total is below 100': (state) => state.total < 100 || `the total is ${state.total}`,
      'the total is no 13': (state) => state.total !== 13,
    },
  });
  if (!isAsync) return machine;
  return {
    ...machine,
    stf: async (...args) => {
      await Promise.resolve();
      return machine.stf(...args);
    },
    restore: async (...args) => {
      await Promise.resolve();
      return machine.restore(...args);
    },
  };
}

type Stf = Machine<Adder>['stf'];

function handle(
  state: Parameters<Stf>[0],
  input: Adder['Input'],
  actions: Parameters<Stf>[2],
): ReturnType<Stf> {
  const add = (amount: number) => {
    const id = state.current.log.length;
    state.update((draft) => {
      draft.total += amount;
      draft.log.push(amount);
      draft.waiting.set(id, amount);
    });
    actions.tracked(id, { kind: 'confirm', amount });
    actions.untracked({ kind: 'notify' });
  };
  switch (input.kind) {
    case 'add':
      add(input.amount);
      return ok();
    case 'refuse':
      return err('refused');
    case 'changeThenRefuse':
      add(input.amount);
      return err('refused');
    case 'throw':
      throw new RangeError('out of range');
    case 'changeThenThrow':
      add(input.amount);
      throw new RangeError('out of range');
    case 'mutateInPlace':
      (state.current as Adder['State']).waiting.set(1, 1);
      return err('refused');
    case 'answerNothing':
      return undefined as never;
  }
}

/** A scenario that draws from all inputs, and completes outstanding actions. */
export const adderScenario: Scenario<Adder> = defineScenario<Adder>({
  name: 'everything',
  description: 'Every input.',
  defaults: { seed: '1', operations: 100 },
  start(random) {
    const open: number[] = [];
    let completed = 0;
    return {
      next(): StfInput<Adder> {
        if (open.length > 0 && random.genBool(0.3)) {
          const [id] = open.splice(random.genRange('usize', 0, open.length), 1);
          return {
            kind: 'trackedActionCompleted',
            id: id ?? 0,
            result: random.genBool(0.5) ? 'confirmed' : 'denied',
          };
        }
        const amount = random.genRange('i32', 1, 20);
        const kind = random.choose([
          'add',
          'add',
          'refuse',
          'changeThenRefuse',
          'throw',
          'changeThenThrow',
          'mutateInPlace',
        ] as const) as 'add';
        return { kind: 'normal', input: { kind, amount } };
      },
      observe({ operation, actions }) {
        if (operation.kind === 'trackedActionCompleted') completed += 1;
        if (operation.kind !== 'normal') return;
        for (const emitted of actions) if (emitted.kind === 'tracked') open.push(emitted.id);
      },
      tallies: () => ({ completed }),
    };
  },
});

/** Jobs that are started, each with a tracked action; a machine that keeps every rule. */
export interface Jobs extends MachineTypes {
  State: { nextId: number; waiting: number[]; done: number };
  Input: 'start' | 'refuse';
  Id: number;
  Tracked: 'job';
  Untracked: 'started';
  Result: 'done' | 'pending';
  Rejection: 'refused';
}

/** The machine, with parts of it replaced by defective ones. */
export function jobs(defects: Partial<Machine<Jobs>> = {}): Machine<Jobs> {
  return defineMachine<Jobs>({
    name: 'jobs',
    description: 'Starts jobs.',
    initialState: () => ({ nextId: 1, waiting: [], done: 0 }),
    stf(state, input, actions) {
      if (input.kind === 'trackedActionCompleted') return completeJob(state, input, actions);
      if (input.input === 'refuse') return err('refused');
      return startJob(state, actions);
    },
    restore(state, actions) {
      for (const id of state.waiting) {
        actions.tracked(id, 'job');
      }
      return ok();
    },
    invariants: {
      'every job is waiting or done': ({ nextId, waiting, done }) =>
        nextId - 1 === waiting.length + done || `${nextId - 1} jobs`,
    },
    ...defects,
  });
}

/** The parameters of `stf` of the jobs. */
export type JobsStf = Parameters<Machine<Jobs>['stf']>;

/** Starts a job under an id; by default the next one. */
export function startJob(
  state: JobsStf[0],
  actions: JobsStf[2],
  id = state.current.nextId,
): ReturnType<Machine<Jobs>['stf']> {
  actions.tracked(id, 'job');
  actions.untracked('started');
  state.update((draft) => {
    draft.nextId += 1;
    draft.waiting.push(id);
  });
  return ok();
}

function completeJob(
  state: JobsStf[0],
  { id, result }: Extract<JobsStf[1], { kind: 'trackedActionCompleted' }>,
  actions: JobsStf[2],
): ReturnType<Machine<Jobs>['stf']> {
  const { waiting, nextId } = state.current;
  if (!waiting.includes(id)) return ok();
  if (result === 'pending') {
    // Asks again, under a new id.
    actions.tracked(nextId, 'job');
    state.update((draft) => {
      draft.nextId += 1;
      draft.done += 1;
      draft.waiting = [...waiting.filter((other) => other !== id), nextId];
    });
    return ok();
  }
  state.update((draft) => {
    draft.waiting = waiting.filter((other) => other !== id);
    draft.done += 1;
  });
  return ok();
}

/** A scenario that only starts jobs; the external system answers at once with the result of `answer`. */
export function jobsScenario({
  answer = () => 'done',
  settled = {},
  sometimes = {},
}: {
  readonly answer?: (id: number, faults: ExternalFaults) => Jobs['Result'] | undefined;
  readonly settled?: NonNullable<ExternalSystems<Jobs>['settled']>;
  readonly sometimes?: Readonly<Record<string, boolean>>;
} = {}): Scenario<Jobs> {
  return defineScenario<Jobs>({
    name: 'jobs',
    description: 'Starts jobs.',
    defaults: { seed: '1', operations: 20 },
    start: (random, faults) => ({
      next: () => ({ kind: 'normal', input: random.genBool(0.9) ? 'start' : 'refuse' }),
      observe() {},
      tallies: () => ({}),
      sometimes: () => sometimes,
      external: { receive: (id) => answer(id, faults), settled },
    }),
  });
}
