import { checkSeeds, shrinkSeed } from 'phasmoscope/testing';
import { expect, it } from 'vitest';

const machine = new URL('index.ts', import.meta.url);

const STALE = 'the cache agrees with the database';

it.each(['storage', 'chaos'])('is found under %s, and nothing else is', async (faults) => {
  const causes = await checkSeeds({ machine, faults, seeds: 4, operations: 500 });
  expect([...new Set(causes.map(({ name }) => name))]).toEqual([STALE]);
  // A process that died has lost its cache.
  expect(causes.filter(({ shape }) => shape.includes('crash'))).toEqual([]);
});

it('shrinks to a search, and a reservation that is rolled back', async () => {
  const seed = { machine, seed: 0, operations: 500, faults: 'chaos' };
  const { operations } = await shrinkSeed(
    seed,
    ({ name, shape }) => name === STALE && shape === 'input Reserve, commitFails',
  );
  expect(operations).toMatchObject([
    { kind: 'normal', input: { kind: 'Search' } },
    { kind: 'normal', input: { kind: 'Reserve' }, fault: { kind: 'commitFails' } },
  ]);
});

it('shrinks to the reservation that is cancelled, whatever its number was', async () => {
  const seed = { machine, seed: 16, operations: 500, faults: 'chaos' };
  const { operations } = await shrinkSeed(
    seed,
    ({ name, shape }) => name === STALE && shape === 'input Cancel, commitFails',
  );
  expect(operations).toMatchObject([
    { kind: 'normal', input: { kind: 'Reserve' } },
    { kind: 'trackedActionCompleted', id: 'hold 1', result: { kind: 'Held' } },
    { kind: 'normal', input: { kind: 'Search' } },
    { kind: 'normal', input: { kind: 'Cancel', reservation: 1 }, fault: { kind: 'commitFails' } },
  ]);
});

it.each(['none', 'crashes', 'delivery'])('is not found under %s', async (faults) => {
  expect(await checkSeeds({ machine, faults, seeds: 2, operations: 300 })).toEqual([]);
});
