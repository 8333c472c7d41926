import { runSeed } from 'phasmoscope/testing';
import { expect, it } from 'vitest';

const machine = new URL('index.ts', import.meta.url);

it('books two overlapping appointments at a known step of a known seed', async () => {
  const run = { machine, seed: 12345, operations: 1000, faults: 'none' };
  const { findings } = await runSeed(run);
  expect(findings).toEqual([
    {
      stepIndex: 77,
      kind: 'invariant',
      name: 'no two bookings overlap',
      shape: 'completion Success',
      message: 'Monday 15:00 overlaps Monday 15:15',
      predicate: expect.stringMatching(/dentist-booking\/machine\.ts:\d+:\d+$/),
    },
  ]);
});
