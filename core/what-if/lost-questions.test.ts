import { describe, expect, it } from 'vitest';
import { planChecks } from '../engine/check-plan.ts';
import { replaySource } from '../engine/replay.ts';
import { Run } from '../engine/run.ts';
import type { Executed } from '../machine/executed.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { defineMachine, ok, type MachineTypes } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import { defineScenario } from '../machine/scenario.ts';
import type { ForkChange } from '../trace/format/fork.ts';
import { startFork } from './fork.ts';
import { parentInMemory } from './parent.ts';

interface Orders extends MachineTypes {
  State: { nextId: number; open: Map<number, number>; answers: string[] };
  Input: 'order';
  Id: number;
  Tracked: { kind: 'Order' | 'Check'; order: number };
  Untracked: 'noted';
  Result: string;
}

/** Orders something, asks how far that is after a crash, and asks again as long as it is not decided. */
const machine = defineMachine<Orders>({
  name: 'orders',
  description: 'Orders that a shop decides.',
  initialState: () => ({ nextId: 1, open: new Map(), answers: [] }),
  stf(state, input, actions) {
    const id = state.current.nextId;
    if (input.kind === 'normal') {
      actions.untracked('noted');
      actions.tracked(id, { kind: 'Order', order: id });
      state.update((draft) => {
        draft.nextId += 1;
        draft.open.set(id, id);
      });
      return ok();
    }
    const order = state.current.open.get(input.id);
    if (order === undefined) return ok();
    const asksAgain = input.result === 'undecided';
    if (asksAgain) actions.tracked(id, { kind: 'Check', order });
    state.update((draft) => {
      draft.answers.push(`${order} ${input.result}`);
      draft.open.delete(input.id);
      if (!asksAgain) return;
      draft.nextId += 1;
      draft.open.set(id, order);
    });
    return ok();
  },
  restore(state, actions) {
    for (const [id, order] of state.open) actions.tracked(id, { kind: 'Check', order });
    return ok();
  },
  invariants: {},
});

/** Orders again after a crash what is open, in the same words. */
const ordersAgain: typeof machine.restore = (state, actions) => {
  for (const [id, order] of state.open) actions.tracked(id, { kind: 'Order', order });
  return ok();
};

/**
 * A shop that has decided nothing yet of the orders that it knows.
 *
 * @param isLate whether it answers a question about another one when nothing else is to come, and not at once.
 */
function shop(isLate: boolean) {
  return defineScenario<Orders>({
    name: 'shop',
    description: 'A shop.',
    defaults: { seed: '1', operations: 10 },
    start: () => {
      const known = new Set<number>();
      const late = new Set<number>();
      return {
        next: () => undefined,
        observe: () => {},
        tallies: () => ({}),
        external: {
          receive(id, { kind, order }) {
            if (kind === 'Order') {
              known.add(order);
              return undefined;
            }
            if (known.has(order)) return 'undecided';
            if (isLate) late.add(id);
            return isLate ? undefined : 'unknown';
          },
          settle() {
            const [id] = late;
            if (id === undefined) return undefined;
            late.delete(id);
            return { kind: 'trackedActionCompleted', id, result: 'unknown' };
          },
        },
      };
    },
  });
}

/** A shop that decides what is ordered, and knows nothing of what was not. */
function knowingShop(answer: (kind: 'Order' | 'Check', isKnown: boolean) => string | undefined) {
  return defineScenario<Orders>({
    name: 'shop',
    description: 'A shop.',
    defaults: { seed: '1', operations: 10 },
    start: () => {
      const known = new Set<number>();
      return {
        next: () => undefined,
        observe: () => {},
        tallies: () => ({}),
        external: {
          receive(_, { kind, order }) {
            if (kind === 'Order') known.add(order);
            return answer(kind, known.has(order));
          },
        },
      };
    },
  });
}

const ORDER: Operation<Orders> = { kind: 'normal', input: 'order' };
const RESTORE: Operation<Orders> = { kind: 'restore' };
const CRASH: readonly Operation<Orders>[] = [{ kind: 'crash', dispatched: 2 }, RESTORE];

function comes(id: number, result: string): Operation<Orders> {
  return { kind: 'trackedActionCompleted', id, result };
}

function comesAgain(id: number, result: string): Operation<Orders> {
  return { kind: 'trackedActionCompleted', id, result, isDuplicate: true };
}

/** What the steps of a fork are, in short, such as "done 1", "restore asks 1,2". */
async function forked(
  operations: readonly Operation<Orders>[],
  from: number,
  change: ForkChange | readonly ForkChange[],
  scenario = shop(false),
  subject = machine,
) {
  const changes = [change].flat();
  const checks = planChecks(subject, FAULT_PROFILES.chaos);
  const run = new Run(subject, replaySource([...operations, { kind: 'settled' }]), { checks });
  const label = { scenario: scenario.name, seed: 1n, operationsMax: 10, faults: 'none' };
  const parent = await parentInMemory({ machine: subject, run, label });
  const fork = { from, changes, goesOn: 'sameOperations' } as const;
  const forkedRun = await startFork({ machine: subject, scenario, checks }, parent, fork);
  const steps: string[] = [];
  await forkedRun.run.advance(Number.POSITIVE_INFINITY, (step) => steps.push(brief(step)));
  return steps;
}

function brief({ operation, outcome, actions }: Executed): string {
  const ids = actions.flatMap((one) => (one.kind === 'tracked' ? [one.id] : [])).join(',');
  const asks = ids === '' ? '' : ` asks ${ids}`;
  const died = outcome.kind === 'crashed' ? ' dies' : '';
  const isMessage = operation.kind === 'trackedActionCompleted' || operation.kind === 'loss';
  const name = isMessage ? `${String(operation.result)} ${operation.id}` : operation.kind;
  const isSecond = operation.kind === 'trackedActionCompleted' && operation.isDuplicate;
  const how = operation.kind === 'loss' ? 'lost ' : isSecond ? 'again ' : '';
  return `${how}${name}${asks}${died}`;
}

const crashAfter = (after: number, dispatched: number): ForkChange => ({
  kind: 'crash',
  after,
  dispatched,
});

describe('the answer to an order that a fork has lost', () => {
  const parent = [ORDER, ORDER, comes(1, 'done'), comes(2, 'done')];

  it('is what the shop answers to the question that restore asks', async () => {
    expect(await forked(parent, 2, crashAfter(1, 1))).toEqual([
      'crash',
      'restore asks 1,2',
      'done 1',
      'unknown 2',
      'settled',
    ]);
  });

  it('is that of the parent where the order was sent', async () => {
    expect(await forked(parent, 2, crashAfter(1, 2))).toEqual([
      'crash',
      'restore asks 1,2',
      'done 1',
      'done 2',
      'settled',
    ]);
  });

  it('is not that of the parent when it comes right after the crash', async () => {
    const steps = await forked([ORDER, comes(1, 'done')], 1, crashAfter(0, 0));
    expect(steps).toEqual(['crash', 'restore asks 1', 'unknown 1', 'settled']);
  });

  it('comes at the end when the shop has none before, and no later crash loses the question', async () => {
    const late = [ORDER, comes(1, 'done'), { kind: 'crash', dispatched: 0 }, RESTORE] as const;
    const steps = await forked(late, 1, crashAfter(0, 0), shop(true));
    expect(steps).toEqual([
      'crash',
      'restore asks 1',
      'crash',
      'restore asks 1',
      'unknown 1',
      'settled',
    ]);
  });

  it('is lost where that of the parent is', async () => {
    const lost = { kind: 'loss', id: 1, result: 'done' } as const;
    const steps = await forked([ORDER, lost, comes(1, 'done')], 1, crashAfter(0, 0));
    expect(steps).toEqual(['crash', 'restore asks 1', 'lost unknown 1', 'unknown 1', 'settled']);
  });
});

describe('the second delivery of an answer to an order that a fork has lost', () => {
  it('is that of the answer which has come in its place', async () => {
    const parent = [ORDER, comes(1, 'done'), ORDER, comesAgain(1, 'done')];
    expect(await forked(parent, 1, crashAfter(0, 0))).toEqual([
      'crash',
      'restore asks 1',
      'unknown 1',
      'normal asks 2',
      'again unknown 1',
      'settled',
    ]);
  });

  it('does not take place where nothing has come in its place', async () => {
    const parent = [ORDER, comes(1, 'done'), comesAgain(1, 'done')];
    const steps = await forked(parent, 1, crashAfter(0, 0), shop(true));
    expect(steps).toEqual(['crash', 'restore asks 1', 'unknown 1', 'settled']);
  });

  it('is a first one where the answer has become known in between', async () => {
    const parent = [ORDER, comes(1, 'done'), ...CRASH, comesAgain(1, 'done'), ORDER];
    let asked = 0;
    const slow = knowingShop((kind) => {
      if (kind === 'Order') return undefined;
      asked += 1;
      return asked > 1 ? 'unknown' : undefined;
    });
    expect(await forked(parent, 1, crashAfter(0, 0), slow)).toEqual([
      'crash',
      'restore asks 1',
      'crash',
      'restore asks 1',
      'unknown 1',
      'normal asks 2',
      'settled',
    ]);
  });
});

describe('the answer to an order that the parent has lost, and a fork has not', () => {
  /** Decides at once what is ordered, and says so when it is asked. */
  const prompt = knowingShop((_, isKnown) => (isKnown ? 'done' : 'unknown'));
  /** Decides what is ordered when it is asked how far that is. */
  const asked = knowingShop((kind, isKnown) => {
    if (kind === 'Order') return undefined;
    return isKnown ? 'done' : 'unknown';
  });
  const LOST: readonly Operation<Orders>[] = [{ kind: 'crash', dispatched: 1 }, RESTORE];
  const parent = [ORDER, ...LOST, comes(1, 'unknown'), ORDER, comes(2, 'done')];
  const isSpared: ForkChange = { kind: 'remove', at: 1 };

  it('is what the shop answers, in the place of what the parent was answered', async () => {
    expect(await forked(parent, 1, isSpared, prompt)).toEqual([
      'done 1',
      'normal asks 2',
      'done 2',
      'settled',
    ]);
  });

  it('is so where the fork begins before the order', async () => {
    expect(await forked(parent, 0, isSpared, prompt)).toEqual([
      'normal asks 1',
      'done 1',
      'normal asks 2',
      'done 2',
      'settled',
    ]);
  });

  it('is what the shop says when it is asked after a later crash', async () => {
    const late = [ORDER, ...LOST, ORDER, comes(1, 'unknown'), comes(2, 'done')];
    expect(await forked(late, 1, [isSpared, crashAfter(3, 2)], asked)).toEqual([
      'normal asks 2',
      'crash',
      'restore asks 1,2',
      'done 1',
      'done 2',
      'settled',
    ]);
  });

  it('comes twice where that of the parent does', async () => {
    const twice = [ORDER, ...LOST, comes(1, 'unknown'), comesAgain(1, 'unknown')];
    expect(await forked(twice, 1, isSpared, prompt)).toEqual(['done 1', 'again done 1', 'settled']);
  });

  it('is that of the parent where the crash loses the order as well', async () => {
    expect(await forked(parent, 0, crashAfter(3, 0), prompt)).toEqual([
      'normal asks 1',
      'crash',
      'restore asks 1',
      'unknown 1',
      'crash',
      'restore',
      'normal asks 2',
      'done 2',
      'settled',
    ]);
  });

  it('is that of the parent where restore has asked the same again', async () => {
    const machineOf = { ...machine, restore: ordersAgain };
    const same = [ORDER, ...LOST, comes(1, 'declined')];
    expect(await forked(same, 1, isSpared, prompt, machineOf)).toEqual(['declined 1', 'settled']);
  });
});

describe('the ids of a fork', () => {
  it('are not those at the same place when it restores what its parent does not', async () => {
    const parent = [ORDER, ORDER, ...CRASH, comes(1, 'done'), comes(2, 'declined')];
    const dies: ForkChange = { kind: 'fault', at: 0, fault: { kind: 'crashBeforeCommit' } };
    expect(await forked(parent, 0, dies)).toEqual([
      'normal dies',
      'crash',
      'restore',
      'normal asks 1',
      'crash',
      'restore asks 1',
      'declined 1',
      'settled',
    ]);
  });

  it('are known of what a message asks that comes again after a crash', async () => {
    const parent = [ORDER, ...CRASH, comes(1, 'undecided'), comes(2, 'done')];
    const dies: ForkChange = { kind: 'fault', at: 3, fault: { kind: 'crashBeforeCommit' } };
    expect(await forked(parent, 3, dies)).toEqual([
      'undecided 1 dies',
      'crash',
      'restore asks 1',
      'undecided 1 asks 2',
      'done 2',
      'settled',
    ]);
  });
});
