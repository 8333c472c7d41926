import { afterAll, expect, it, vi } from 'vitest';
import { loadMachine } from '../../core/node/load/machine-loader.ts';
import { pathOfMachine } from '../../core/node/load/samples.ts';
import { shrinkSeed } from '../../core/node/test-helpers/test-runs.ts';
import { checkSeeds } from '../../core/node/testing.ts';

vi.setConfig({ testTimeout: 60_000 });

const path = pathOfMachine({ kind: 'sample', name: 'room-reservation-stale-cache' });
const loaded = await loadMachine(path);
afterAll(() => loaded.close());

const STALE = 'the cache agrees with the database';

it.each(['storage', 'chaos'])('is found under %s, and nothing else is', async (faults) => {
  const causes = await checkSeeds({ machine: path, faults, seeds: 4, operations: 500 });
  expect([...new Set(causes.map(({ name }) => name))]).toEqual([STALE]);
  // A process that died has no cache to be wrong.
  expect(causes.filter(({ shape }) => shape.includes('crash'))).toEqual([]);
});

it('shrinks to a search, and a reservation that is rolled back', async () => {
  const seed = { seed: 0, operations: 500, faults: 'chaos' };
  const operations = await shrinkSeed(loaded, seed, `${STALE}, input Reserve, commitFails`);
  expect(operations).toMatchObject([
    { kind: 'normal', input: { kind: 'Search' } },
    { kind: 'normal', input: { kind: 'Reserve' }, fault: { kind: 'commitFails' } },
  ]);
});

it.each(['none', 'crashes', 'delivery'])('is not found under %s', async (faults) => {
  expect(await checkSeeds({ machine: path, faults, seeds: 2, operations: 300 })).toEqual([]);
});
