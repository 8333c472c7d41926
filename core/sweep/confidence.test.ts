import fc from 'fast-check';
import { expect, it } from 'vitest';
import { claimOf, seedsNeeded } from './confidence.ts';

it.each([
  [1_000, 95, 2_995],
  [100, 95, 299],
  [1_000, 99, 4_603],
  [1_000_000, 95, 2_995_731],
])('one in %i with %i %% takes %i seeds', (oneIn, confidencePercent, seeds) => {
  expect(seedsNeeded({ oneIn, confidencePercent })).toBe(seeds);
});

it('seeds that are enough for a claim allow it, and one fewer does not', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 100_000 }),
      fc.integer({ min: 50, max: 99 }),
      (oneIn, confidencePercent) => {
        const seeds = seedsNeeded({ oneIn, confidencePercent });
        expect(claimOf(seeds, confidencePercent).oneIn).toBeGreaterThanOrEqual(oneIn);
        const passing = (1 - 1 / oneIn) ** (seeds - 1);
        expect(passing).toBeGreaterThan(1 - confidencePercent / 100 - 1e-9);
      },
    ),
  );
});
