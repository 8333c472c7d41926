import { checkSeeds, shrinkSeed } from 'phasmoscope/testing';
import { expect, it } from 'vitest';

const machine = new URL('index.ts', import.meta.url);

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
  const causes = await checkSeeds({ machine, faults: 'chaos', seeds: 3, operations: 400 });
  const names = causes.map(({ name, shape }) => `${name}, ${shape}`);
  expect(names.toSorted()).toEqual(Object.keys(CAUSES).toSorted());
  for (const { seed } of causes) expect(seed).toBe('0');
});

it.each(Object.entries(CAUSES))('shrinks to the fewest steps: %s', async (cause, kinds) => {
  const seed = { machine, seed: 0, operations: 400, faults: 'chaos' };
  const shrunk = await shrinkSeed(seed, ({ name, shape }) => `${name}, ${shape}` === cause);
  expect(shrunk.operations.map(({ kind }) => kind)).toEqual(kinds);
});

it('is not found without faults', async () => {
  expect(await checkSeeds({ machine, faults: 'none', seeds: 3, operations: 400 })).toEqual([]);
});
