import { describe, expect, it } from 'vitest';
import { ActionRefusedError, StorageError } from '../machine/errors.ts';
import type { Executed } from '../machine/executed.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import type { Finding } from '../machine/finding.ts';
import { defineMachine, ok, type Machine, type MachineTypes } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import { defineScenario, type SettledVerdict } from '../machine/scenario.ts';
import { planChecks } from './check-plan.ts';
import { replaySource } from './replay.ts';
import { Run } from './run.ts';

/** Orders that are paid for. The machine goes on when the charge of an order is refused. */
interface Orders extends MachineTypes {
  State: { orders: Map<string, { status: 'paying' | 'paid' | 'shipped' }>; mails: number };
  Input: { kind: 'Order' | 'Ship' | 'Mail' | 'Nothing'; order: string };
  Id: string;
  Tracked: { kind: 'Charge'; order: string };
  Untracked: { kind: 'Mail' };
  Result: 'paid';
  Rejection: never;
}

function orders(invariants: Machine<Orders>['invariants'] = {}): Machine<Orders> {
  return defineMachine<Orders>({
    name: 'orders',
    description: 'Orders that are paid for.',
    initialState: () => ({ orders: new Map(), mails: 0 }),
    stf(state, input, actions) {
      if (input.kind === 'trackedActionCompleted') {
        const order = input.id.replace('charge-', '');
        if (state.current.orders.get(order)?.status !== 'paying') return ok();
        state.update((draft) => void draft.orders.set(order, { status: 'paid' }));
        return ok();
      }
      const { kind, order } = input.input;
      switch (kind) {
        case 'Nothing':
          return ok();
        case 'Ship':
          state.update((draft) => void draft.orders.set(order, { status: 'shipped' }));
          return ok();
        case 'Mail':
          try {
            actions.untracked({ kind: 'Mail' });
          } catch (error) {
            if (!(error instanceof ActionRefusedError)) throw error;
          }
          state.update((draft) => void (draft.mails += 1));
          return ok();
        case 'Order':
          try {
            actions.tracked(`charge-${order}`, { kind: 'Charge', order });
          } catch (error) {
            if (!(error instanceof ActionRefusedError)) throw error;
          }
          try {
            state.update((draft) => void draft.orders.set(order, { status: 'paying' }));
          } catch (error) {
            if (!(error instanceof StorageError)) throw error;
          }
          return ok();
      }
    },
    restore(state, actions) {
      for (const [order, { status }] of state.orders) {
        if (status === 'paying') actions.tracked(`charge-${order}`, { kind: 'Charge', order });
      }
      return ok();
    },
    invariants,
  });
}

type Kind = Orders['Input']['kind'];
const input = (kind: Kind, order = 'A'): Operation<Orders> => ({
  kind: 'normal',
  input: { kind, order },
});
const refused = (kind: Kind, order = 'A') =>
  ({ ...input(kind, order), fault: { kind: 'actionRefused', action: 0 } }) as Operation<Orders>;
const settled: Operation = { kind: 'settled' };

const shipped: Machine<Orders>['invariants'] = {
  'what is shipped was paid': (state) =>
    ![...state.orders.values()].some(({ status }) => status === 'shipped') || 'not paid',
};

/** The findings of an execution, without those of atomicity, which are found at once. */
function play(
  machine: Machine<Orders>,
  operations: readonly Operation[],
  property: (state: unknown) => SettledVerdict = () => true,
): readonly Finding[] {
  const scenario = defineScenario<Orders>({
    name: 'orders',
    description: 'Orders.',
    defaults: { seed: '1', operations: 1 },
    start: () => ({
      next: () => undefined,
      observe() {},
      tallies: () => ({}),
      external: { receive: () => undefined, settled: { 'every order is paid': property } },
    }),
  });
  const steps: Executed[] = [];
  const run = new Run(machine, replaySource(operations, { scenario }), {
    checks: planChecks(machine, FAULT_PROFILES.chaos),
    locate: (error) => (error instanceof ActionRefusedError ? 'orders.ts:40:11' : undefined),
  });
  void run.advance(Number.POSITIVE_INFINITY, (step) => steps.push(step));
  return steps.flatMap(({ findings }) => findings);
}

const atStepZero = {
  kind: 'ActionRefused',
  stepIndex: 0,
  what: 'the container refused the tracked action "charge-A": {"kind":"Charge","order":"A"}',
  source: 'orders.ts:40:11',
} as const;

describe('a refusal that the machine caught is named with', () => {
  it('the rule that its step breaks', () => {
    expect(play(orders(), [refused('Order')])).toMatchObject([
      { name: 'atomicity', caught: atStepZero },
    ]);
  });

  it('an invariant that fails when the same record is written', () => {
    const found = play(orders(shipped), [refused('Order'), input('Order', 'B'), input('Ship')]);
    expect(found.at(-1)).toMatchObject({ name: 'what is shipped was paid', caught: atStepZero });
  });

  it('a settled property that names its action', () => {
    const verdict = { id: 'charge-A', message: 'somebody waits' };
    const found = play(orders(), [refused('Order'), settled], () => verdict);
    expect(found.at(-1)).toMatchObject({ name: 'every order is paid', caught: atStepZero });
  });

  it('a settled property that mentions its record', () => {
    const operations = [refused('Order'), input('Order', 'AB'), settled];
    const found = play(orders(), operations, () => 'order A waits');
    expect(found.at(-1)?.caught).toEqual(atStepZero);
    const other = play(orders(), operations, () => 'order AB waits');
    expect(other.at(-1)).not.toHaveProperty('caught');
  });
});

describe('a refusal that the machine caught is not named with', () => {
  it('an invariant about another record', () => {
    const found = play(orders(shipped), [
      refused('Order'),
      input('Order', 'B'),
      input('Ship', 'B'),
    ]);
    expect(found.at(-1)?.name).toBe('what is shipped was paid');
    expect(found.at(-1)).not.toHaveProperty('caught');
  });

  it('anything once the action is sent after all', () => {
    const operations = [
      refused('Order'),
      { kind: 'crash', dispatched: 0 },
      { kind: 'restore' },
      settled,
    ] as const;
    const found = play(orders(), operations, () => ({ id: 'charge-A', message: 'waits' }));
    expect(found.at(-1)?.kind).toBe('settled');
    expect(found.at(-1)).not.toHaveProperty('caught');
  });

  it('a step whose refused action was untracked', () => {
    const invariants = { 'no mail is sent': ({ mails }: { mails: number }) => mails === 0 };
    const [found] = play(orders(invariants), [refused('Mail')]);
    expect(found?.name).toBe('no mail is sent');
    expect(found).not.toHaveProperty('caught');
  });

  it('a step without a refusal', () => {
    const [found] = play(orders(shipped), [input('Ship')]);
    expect(found).not.toHaveProperty('caught');
  });
});

it('a failed access that the machine caught is named with what its step breaks', () => {
  const fault = { kind: 'accessFails', access: 0 } as const;
  const found = play(orders(), [{ ...input('Order'), fault } as Operation]);
  expect(found).toMatchObject([
    {
      name: 'tracked actions are restorable',
      caught: { kind: 'StorageFailed', stepIndex: 0, what: 'access 1 to the state failed' },
    },
  ]);
});
