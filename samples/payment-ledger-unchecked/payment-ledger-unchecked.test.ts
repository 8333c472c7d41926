import { afterAll, expect, it, vi } from 'vitest';
import { loadMachine } from '../../core/node/load/machine-loader.ts';
import { pathOfMachine } from '../../core/node/load/samples.ts';
import { shrinkSeed } from '../../core/node/test-helpers/test-runs.ts';
import { checkSeeds } from '../../core/node/testing.ts';

vi.setConfig({ testTimeout: 60_000 });

const path = pathOfMachine({ kind: 'sample', name: 'payment-ledger-unchecked' });
const loaded = await loadMachine(path);
afterAll(() => loaded.close());

const CAUSES = {
  'idempotent completion, completion Charged': ['normal', 'trackedActionCompleted'],
  'money is conserved, completion Charged': [
    'normal',
    'trackedActionCompleted',
    'trackedActionCompleted',
  ],
  'every balance follows from transfers and charges, completion Charged': [
    'normal',
    'trackedActionCompleted',
    'trackedActionCompleted',
  ],
};

it('books a charge twice when its result comes twice', async () => {
  const causes = await checkSeeds({ machine: path, faults: 'chaos', seeds: 3, operations: 400 });
  const names = causes.map(({ name, shape }) => `${name}, ${shape}`);
  expect(names.toSorted()).toEqual(Object.keys(CAUSES).toSorted());
  for (const { seed } of causes) expect(seed).toBe('0');
});

it.each(Object.entries(CAUSES))('shrinks to the fewest steps: %s', async (cause, kinds) => {
  const operations = await shrinkSeed(loaded, { seed: 0, operations: 400, faults: 'chaos' }, cause);
  expect(operations.map(({ kind }) => kind)).toEqual(kinds);
});

it('is not found without faults', async () => {
  expect(await checkSeeds({ machine: path, faults: 'none', seeds: 3, operations: 400 })).toEqual(
    [],
  );
});
