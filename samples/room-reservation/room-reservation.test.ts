import type { Operation } from 'phasmoscope';
import { recordSeed, replay, runSeed, verifyTrace } from 'phasmoscope/testing';
import { describe, expect, it } from 'vitest';
import { allRooms } from './rooms.ts';
import type { Hotel } from './types.ts';

const machine = new URL('index.ts', import.meta.url);

const CRASHED = 'a crash with a cache to lose';
const REFUSED = 'a deposit that is refused';
const TAKEN = 'a room that is taken';
const CACHED = 'a search that the cache answers';

/** What a profile must have reached over a few seeds. */
const REACHED: Readonly<Record<string, readonly string[]>> = {
  none: [REFUSED, TAKEN, CACHED],
  crashes: [CRASHED, REFUSED, TAKEN, CACHED],
  delivery: [REFUSED, TAKEN, CACHED],
  storage: [REFUSED, TAKEN, CACHED],
  chaos: [CRASHED, REFUSED, TAKEN, CACHED],
};

describe.each(Object.keys(REACHED))('under %s', (faults) => {
  it('keeps every rule, invariant and settled property', async () => {
    const reached = new Set<string>();
    for (let seed = 0; seed < 3; seed += 1) {
      const run = await runSeed({ machine, seed, operations: 400, faults });
      expect(run.findings).toEqual([]);
      for (const [name, has] of Object.entries(run.sometimes)) if (has) reached.add(name);
    }
    expect([...reached].toSorted()).toEqual(REACHED[faults]);
  });
});

it('gives the same trace for the same seed, and agrees with it when it is executed again', async () => {
  const seed = { machine, seed: 5, operations: 300, faults: 'chaos' };
  const [first, second] = [await recordSeed(seed), await recordSeed(seed)];
  expect(first.lines).toEqual(second.lines);
  expect(await verifyTrace(machine, first.lines)).toBeUndefined();
});

const search: Operation<Hotel> = { kind: 'normal', input: { kind: 'Search', night: 1 } };

function reserve(guest: number, room = 2): Operation<Hotel> & { kind: 'normal' } {
  return { kind: 'normal', input: { kind: 'Reserve', guest, room, night: 1 } };
}

function cancel(reservation: number): Operation<Hotel> {
  return { kind: 'normal', input: { kind: 'Cancel', reservation } };
}

function result(id: string, kind: Hotel['Result']['kind']): Operation<Hotel> {
  return { kind: 'trackedActionCompleted', id, result: { kind } };
}

const held = result('hold 1', 'Held');

/** Executes operations, and returns the outcome of the last one. */
async function play(...operations: readonly Operation<Hotel>[]) {
  const steps = await replay<Hotel>({
    machine,
    scenario: 'front-desk',
    faults: 'chaos',
    operations: [...operations, { kind: 'settled' }],
  });
  const step = steps.findLast(({ operation }) => operation.kind !== 'settled');
  if (!step) throw new Error('there are steps');
  const { cache, database } = step.after;
  return {
    actions: step.actions,
    answer: step.outcome.kind === 'err' ? step.outcome.error.kind : step.outcome.kind,
    cached: [...cache.free.keys()],
    booked: [...database.bookings.keys()],
    status: database.reservations.get(1)?.status,
    found: steps.flatMap(({ findings }) => findings.map(({ name }) => name)),
  };
}

describe('the hotel', () => {
  it('shows the free rooms of a night, from the database or from the cache', async () => {
    const shown = { kind: 'ShowRooms', night: 1, rooms: allRooms().filter((room) => room !== 2) };
    const fromDatabase = await play(reserve(7), search);
    expect(fromDatabase.actions).toEqual([{ kind: 'untracked', action: shown }]);
    expect(fromDatabase.cached).toEqual([1]);
    expect((await play(reserve(7), search, search)).actions).toEqual(fromDatabase.actions);
  });

  it('drops the cached rooms of a night when a room is taken or freed', async () => {
    expect((await play(search, reserve(7))).cached).toEqual([]);
    expect((await play(reserve(7), search, result('hold 1', 'Refused'))).cached).toEqual([]);
    expect((await play(reserve(7), held, search, cancel(1))).cached).toEqual([]);
  });

  it('loses the cache in a crash, and asks the bank again', async () => {
    const crash = [{ kind: 'crash', dispatched: 1 }, { kind: 'restore' }] as const;
    const { actions, cached, booked } = await play(reserve(7), search, ...crash);
    const action = { kind: 'HoldDeposit', reservation: 1 };
    expect(actions).toEqual([{ kind: 'tracked', id: 'hold 1', action }]);
    expect([cached, booked]).toEqual([[], [[2, 1]]]);
  });

  it('loses the cache with a step in which the process dies', async () => {
    const dying = { ...reserve(7), fault: { kind: 'crashBeforeCommit' } } as const;
    expect(await play(search, dying)).toMatchObject({ answer: 'crashed', cached: [], booked: [] });
  });

  it('refuses a room that is taken, and keeps nothing of the attempt', async () => {
    const { answer, booked } = await play(reserve(7), reserve(8));
    expect(answer).toBe('RoomTaken');
    expect(booked).toEqual([[2, 1]]);
  });

  it('gives the room of a refused deposit to the next guest', async () => {
    const refused = [reserve(7), result('hold 1', 'Refused')];
    expect(await play(...refused)).toMatchObject({ status: 'refused', booked: [], found: [] });
    const next = await play(...refused, reserve(8), result('hold 2', 'Held'));
    expect(next).toMatchObject({ answer: 'ok', booked: [[2, 1]], found: [] });
  });

  it('releases the deposit of a cancelled reservation, whatever comes late', async () => {
    const cancelled = await play(reserve(7), held, cancel(1));
    const action = { kind: 'ReleaseDeposit', reservation: 1 };
    expect(cancelled.actions).toEqual([{ kind: 'tracked', id: 'release 1', action }]);
    const released = [reserve(7), held, cancel(1), result('release 1', 'Released'), held];
    expect(await play(...released)).toMatchObject({ status: 'released', booked: [], found: [] });
  });

  it('cancels only what is confirmed', async () => {
    expect((await play(reserve(7), cancel(1))).answer).toBe('NotConfirmed');
    expect((await play(cancel(1))).answer).toBe('NotConfirmed');
  });
});
