import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseSeed, SEED_MAX } from './seed.ts';

it('reads back every seed', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, SEED_MAX), (seed) => {
      expect(parseSeed(seed.toString())).toEqual({ kind: 'ok', seed });
    }),
  );
  expect(parseSeed(' 18 446_744,073709551615 ')).toEqual({ kind: 'ok', seed: SEED_MAX });
});

it.each([
  ['', 'got nothing'],
  ['-1', 'got "-1"'],
  ['0x10', 'got "0x10"'],
  ['1e3', 'got "1e3"'],
  ['18446744073709551616', 'at most 18446744073709551615'],
])('says what is wrong with %j', (text, reason) => {
  expect(parseSeed(text)).toMatchObject({ kind: 'err', message: expect.stringContaining(reason) });
});
