import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareSeeds } from './seeds.ts';

it('orders seeds as numbers', () => {
  const seed = fc.bigInt(0n, 2n ** 64n - 1n);
  fc.assert(
    fc.property(seed, seed, (a, b) => {
      expect(Math.sign(compareSeeds(a.toString(), b.toString()))).toBe(a < b ? -1 : a > b ? 1 : 0);
    }),
  );
});
