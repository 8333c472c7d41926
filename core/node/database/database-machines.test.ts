import { describe, expect, it } from 'vitest';
import { planChecks } from '../../engine/check-plan.ts';
import { replaySource } from '../../engine/replay.ts';
import { Run } from '../../engine/run.ts';
import type { Executed } from '../../machine/executed.ts';
import { FAULT_PROFILES } from '../../machine/faults.ts';
import {
  defineMachine,
  err,
  ok,
  type DeclaredMachine,
  type HybridMachineTypes,
  type MachineTypes,
} from '../../machine/machine.ts';
import type { Operation, StepFault } from '../../machine/operation.ts';
import { sqlite, type SqlTransaction } from '../../machine/storage.ts';
import { toPlainJson, type Value } from '../../value/value.ts';
import { connectStorage } from './connect.ts';

const SCHEMA = `
  create table stock (id integer primary key, count integer not null check (count >= 0));
  insert into stock values (1, 3)`;

interface Stock extends MachineTypes {
  State: { stock: ReadonlyMap<number, { id: number; count: number }> };
  /** A statement to execute, and the outcome to return then. */
  Input: { sql: string; refuses?: boolean; catches?: boolean };
  Id: number;
  Tracked: never;
  Untracked: never;
  Result: never;
  Rejection: { kind: 'Refused' };
}

const stock = defineMachine<Stock>({
  name: 'stock',
  description: 'Executes the given statement.',
  storage: sqlite({ schema: SCHEMA }),
  async stf(database, input) {
    if (input.kind !== 'normal') return ok();
    const { sql, refuses = false, catches = false } = input.input;
    try {
      await database.run(sql);
    } catch (error) {
      if (!catches) throw error;
    }
    return refuses ? err({ kind: 'Refused' }) : ok();
  },
  restore: () => ok(),
  invariants: { 'there is stock': ({ stock: rows }) => (rows.get(1)?.count ?? 0) > 0 },
});

async function play(
  declared: DeclaredMachine,
  operations: readonly Operation[],
): Promise<readonly Executed[]> {
  const { machine, close } = await connectStorage(declared, '.');
  const checks = planChecks(machine, FAULT_PROFILES.chaos);
  const run = new Run(machine, replaySource(operations), { checks });
  const steps: Executed[] = [];
  await run.advance(Number.POSITIVE_INFINITY, (step) => steps.push(step));
  await close();
  return steps;
}

const execute = (
  sql: string,
  more: Partial<Stock['Input']> = {},
  fault?: StepFault,
): Operation => ({
  kind: 'normal',
  input: { sql, ...more },
  ...(fault ? { fault } : {}),
});
const plain = (state: unknown) => toPlainJson(state as Value);
const TAKE = 'update stock set count = count - 1';

describe('a machine on a database', () => {
  it('is committed by an ok, and rolled back by an err, which does not break atomicity', async () => {
    const [taken, refused] = await play(stock, [execute(TAKE), execute(TAKE, { refuses: true })]);
    expect(plain(taken?.after)).toEqual({ stock: { 1: { id: 1, count: 2 } } });
    expect(refused).toMatchObject({ outcome: { kind: 'err' }, findings: [] });
    expect(refused?.after).toBe(refused?.before);
    expect(plain(refused?.attempted)).toEqual({ stock: { 1: { id: 1, count: 1 } } });
  });

  it('shares the rows that a step left unchanged', async () => {
    const [step] = await play(stock, [execute('insert into stock values (2, 5)')]);
    const [before, after] = [step?.before, step?.after] as Stock['State'][];
    expect(after?.stock.get(2)).toEqual({ id: 2, count: 5 });
    expect(after?.stock.get(1)).toBe(before?.stock.get(1));
  });

  it('has its invariants checked over the rows', async () => {
    const steps = await play(stock, [execute(TAKE), execute(TAKE), execute(TAKE)]);
    expect(steps.flatMap(({ findings }) => findings)).toMatchObject([
      { stepIndex: 2, kind: 'invariant', name: 'there is stock' },
    ]);
  });

  it('that lets a violated constraint through ends with an error', async () => {
    const [step] = await play(stock, [execute('update stock set count = -1')]);
    expect(step).toMatchObject({
      outcome: {
        kind: 'err',
        error: { kind: 'StorageFailed', reason: 'CHECK constraint failed: count >= 0' },
      },
      findings: [],
    });
  });

  it('can handle a violated constraint, and go on', async () => {
    const [step] = await play(stock, [execute('update stock set count = -1', { catches: true })]);
    expect(step).toMatchObject({ outcome: { kind: 'ok' }, findings: [] });
  });

  it('that executes an invalid statement panics', async () => {
    const [step] = await play(stock, [execute('update stok set count = 1')]);
    expect(step?.outcome).toMatchObject({
      kind: 'panic',
      error: { name: 'SqlError', message: 'no such table: stok, in: update stok set count = 1' },
    });
  });

  it.each([
    ['commit', 'atomicity'],
    ['update stock set count = abs(random())', 'no side effects'],
  ])('that executes %j is refused, and found', async (sql, name) => {
    const [step] = await play(stock, [execute(sql, { catches: true })]);
    expect(step).toMatchObject({ outcome: { kind: 'ok' }, findings: [{ kind: 'rule', name }] });
    const [uncaught] = await play(stock, [execute(sql)]);
    expect(uncaught?.outcome.kind).toBe('panic');
    expect(uncaught?.findings.map((finding) => finding.name)).toEqual([name]);
  });

  it.each([
    [0, 'deadlock detected'],
    [1, 'the connection was lost'],
  ])('is struck at access %i: %s, and can commit nothing afterwards', async (access, reason) => {
    const catching: typeof stock = {
      ...stock,
      async stf(database) {
        await database.run(TAKE).catch(() => undefined);
        await database.run(TAKE).catch(() => undefined);
        return ok();
      },
    };
    const [step] = await play(catching, [execute('', {}, { kind: 'accessFails', access })]);
    expect(step).toMatchObject({
      operation: { fault: { kind: 'accessFails' } },
      outcome: { kind: 'err', error: { kind: 'StorageFailed' } },
      findings: [],
    });
    expect(JSON.stringify(step?.outcome)).toContain(reason);
    expect(step?.after).toBe(step?.before);
  });

  it('cannot use its transaction when the step is over', async () => {
    let kept: SqlTransaction | undefined;
    const keeping: typeof stock = {
      ...stock,
      async stf(database) {
        kept ??= database;
        return kept === database ? ok() : kept.run(TAKE).then(() => ok());
      },
    };
    const [, second] = await play(keeping, [execute(''), execute('')]);
    expect(second?.outcome).toMatchObject({
      kind: 'panic',
      error: { message: expect.stringContaining('its step is over') as string },
    });
  });

  it('keeps its rows through a crash', async () => {
    const crash: Operation = { kind: 'crash', dispatched: 0 };
    const steps = await play(stock, [execute(TAKE), crash, { kind: 'restore' }]);
    expect(plain(steps[2]?.after)).toEqual({ stock: { 1: { id: 1, count: 2 } } });
  });
});

interface Cached extends HybridMachineTypes {
  State: { cache: { count?: number }; database: Stock['State'] };
  Input: { takes: boolean; refuses?: boolean };
  Id: number;
  Tracked: never;
  Untracked: never;
  Result: never;
  Rejection: { kind: 'Refused' };
}

const cached = defineMachine<Cached>({
  name: 'cached',
  description: 'Keeps in mind what it has read.',
  storage: sqlite({ schema: SCHEMA }),
  initialCache: () => ({}),
  async stf({ cache, database }, input) {
    if (input.kind !== 'normal') return ok();
    if (input.input.takes) await database.run(TAKE);
    const row = await database.get<{ count: number }>('select count from stock');
    cache.update((draft) => {
      if (row) draft.count = row.count;
    });
    return input.input.refuses ? err({ kind: 'Refused' }) : ok();
  },
  restore: () => ok(),
  invariants: {
    'the cache is right': ({ cache, database }) =>
      cache.count === undefined || cache.count === database.stock.get(1)?.count,
  },
});

const take = (refuses: boolean, fault?: StepFault): Operation => ({
  kind: 'normal',
  input: { takes: true, refuses },
  ...(fault ? { fault } : {}),
});
const AHEAD = { cache: { count: 2 }, database: { stock: { 1: { id: 1, count: 3 } } } };

describe('a machine with a cache in front of its database', () => {
  it('commits both', async () => {
    const [step] = await play(cached, [take(false)]);
    expect(plain(step?.after)).toEqual({
      cache: { count: 2 },
      database: { stock: { 1: { id: 1, count: 2 } } },
    });
  });

  it.each([
    ['an error', take(true)],
    ['a failed commit', take(false, { kind: 'commitFails' })],
  ])('keeps in the cache what %s rolled back in the database', async (_, operation) => {
    const [step] = await play(cached, [operation]);
    expect(plain(step?.after)).toEqual(AHEAD);
    expect(step?.findings).toMatchObject([{ kind: 'invariant', name: 'the cache is right' }]);
  });

  it('loses the cache in a crash, but not the database', async () => {
    const steps = await play(cached, [
      take(false),
      { kind: 'crash', dispatched: 0 },
      { kind: 'restore' },
    ]);
    expect(plain(steps[1]?.after)).toEqual({
      cache: {},
      database: { stock: { 1: { id: 1, count: 2 } } },
    });
  });

  it('leaves the cache unchanged by probes', async () => {
    const [step] = await play(cached, [{ kind: 'normal', input: { takes: false } }]);
    expect(step?.findings).toEqual([]);
    expect(plain(step?.after)).toMatchObject({ cache: { count: 3 } });
  });
});
