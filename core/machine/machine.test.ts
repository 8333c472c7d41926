import { describe, expectTypeOf, it } from 'vitest';
import type { DeepReadonly } from '../value/value.ts';
import {
  defineInvariants,
  defineMachine,
  err,
  ok,
  type HybridAccess,
  type HybridMachine,
  type KeyValueMachine,
  type Machine,
  type MachineTypes,
  type SqlMachine,
  type StateAccess,
} from './machine.ts';
import { defineScenario } from './scenario.ts';
import { keyValue, sqlite, type KeyValueTransaction, type SqlTransaction } from './storage.ts';

// These tests are checked by the compiler: nothing in these machines is annotated, and a wrong
// inference is an error of `tsc`. So is an expected error that does not occur.

interface Orders extends MachineTypes {
  State: { open: number[] };
  Input: { kind: 'Order'; item: string };
  Id: number;
  Tracked: { kind: 'Charge'; cents: number };
  Untracked: { kind: 'Mail' };
  Result: 'paid' | 'declined';
  Rejection: { kind: 'SoldOut' };
}

interface Pairs extends Orders {
  State: never;
}

interface Cached extends MachineTypes {
  State: { cache: { free: number[] }; database: { rooms: ReadonlyMap<number, { id: number }> } };
  Input: 'look';
  Id: string;
  Tracked: never;
  Untracked: never;
  Result: never;
  Rejection: 'no';
}

const about = { name: 'a', description: 'A machine.' } as const;
const storage = sqlite({ schema: 'create table rooms (id integer primary key)' });

describe('defineMachine infers everything from the types of the machine', () => {
  it('for a state in memory', () => {
    const machine = defineMachine<Orders>({
      ...about,
      initialState: () => ({ open: [] }),
      stf(state, input, actions) {
        expectTypeOf(state).toEqualTypeOf<StateAccess<Orders['State']>>();
        if (input.kind === 'trackedActionCompleted') {
          expectTypeOf(input.result).toEqualTypeOf<'paid' | 'declined'>();
          return ok();
        }
        expectTypeOf(input.input.item).toEqualTypeOf<string>();
        expectTypeOf(actions.tracked(1, { kind: 'Charge', cents: 1 })).toEqualTypeOf<void>();
        // @ts-expect-error -- an action that the types do not name
        actions.untracked({ kind: 'Letter' });
        state.update((draft) => {
          expectTypeOf(draft).toEqualTypeOf<Orders['State']>();
          // @ts-expect-error -- a property that the state does not have
          draft.closed = 1;
        });
        return err({ kind: 'SoldOut' });
      },
      restore(state) {
        expectTypeOf(state).toEqualTypeOf<DeepReadonly<Orders['State']>>();
        return ok();
      },
      invariants: {
        'the state is inferred': (state, before) => {
          expectTypeOf(state).toEqualTypeOf<DeepReadonly<Orders['State']>>();
          expectTypeOf(before).toEqualTypeOf<DeepReadonly<Orders['State']> | undefined>();
          return state.open.length < 3 || `${state.open.length} are open`;
        },
      },
    });
    expectTypeOf(machine).toEqualTypeOf<Machine<Orders>>();
  });

  it('for a state in a database', () => {
    const machine = defineMachine<Orders>({
      ...about,
      storage,
      async stf(database, input, actions) {
        expectTypeOf(database).toEqualTypeOf<SqlTransaction>();
        if (input.kind === 'normal') actions.untracked({ kind: 'Mail' });
        await database.run('select 1');
        return ok();
      },
      restore: (database) => {
        expectTypeOf(database).toEqualTypeOf<SqlTransaction>();
        return ok();
      },
      invariants: { 'the state is inferred': ({ open }) => open.length >= 0 },
    });
    expectTypeOf(machine).toEqualTypeOf<SqlMachine<Orders>>();
  });

  it('for pairs of key and value', () => {
    const machine = defineMachine<Pairs>({
      ...about,
      storage: keyValue({ pairs: {} }),
      async stf(pairs) {
        expectTypeOf(pairs).toEqualTypeOf<KeyValueTransaction>();
        await pairs.set('a', 1);
        return ok();
      },
      restore: () => ok(),
      invariants: {},
    });
    expectTypeOf(machine).toEqualTypeOf<KeyValueMachine<Pairs>>();
  });

  it('for a cache in front of a database', () => {
    const machine = defineMachine<Cached>({
      ...about,
      storage,
      initialCache: () => ({ free: [] }),
      async stf(state) {
        expectTypeOf(state).toEqualTypeOf<HybridAccess<Cached['State']['cache']>>();
        await state.database.run('select 1');
        return err('no');
      },
      restore: () => ok(),
      invariants: {
        'the state is inferred': ({ cache, database }) => cache.free.length <= database.rooms.size,
      },
    });
    expectTypeOf(machine).toEqualTypeOf<HybridMachine<Cached>>();
  });

  it('and refuses a machine without a place for its state', () => {
    // @ts-expect-error -- neither initialState nor storage
    defineMachine<Orders>({ ...about, stf: () => ok(), restore: () => ok(), invariants: {} });
  });
});

it('defineInvariants infers the state', () => {
  defineInvariants<Orders>({
    'the state is inferred': (state) => {
      expectTypeOf(state).toEqualTypeOf<DeepReadonly<Orders['State']>>();
      return true;
    },
    // @ts-expect-error -- a number is not a verdict
    'a verdict is a boolean or a string': (state) => state.open.length,
  });
});

it('defineScenario infers the parameters of a driver, and checks its results', () => {
  defineScenario<Orders>({
    name: 'orders',
    description: 'Orders.',
    defaults: { seed: '1', operations: 10 },
    start: (random, faults) => ({
      next(state) {
        expectTypeOf(state).toEqualTypeOf<DeepReadonly<Orders['State']>>();
        const item = random.choose(['tea', 'cake'] as const) ?? 'tea';
        return { kind: 'normal', input: { kind: 'Order', item } };
      },
      observe({ actions, after }) {
        expectTypeOf(after).toEqualTypeOf<DeepReadonly<Orders['State']>>();
        for (const action of actions) {
          if (action.kind === 'tracked') expectTypeOf(action.id).toEqualTypeOf<number>();
        }
      },
      tallies: () => ({}),
      external: {
        receive(id, action) {
          expectTypeOf(id).toEqualTypeOf<number>();
          expectTypeOf(action.cents).toEqualTypeOf<number>();
          return faults.strikes() ? 'declined' : 'paid';
        },
        settled: { 'nothing is open': ({ open }) => open.length === 0 || 'an order is open' },
      },
    }),
  });
});
