import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keysOf } from '../keys-of.ts';
import golden from './chacha8-rng.golden.json' with { type: 'json' };
import { ChaCha8Rng } from './chacha8-rng.ts';

function times<Drawn>(count: number, draw: (index: number) => Drawn): Drawn[] {
  return Array.from({ length: count }, (_, index) => draw(index));
}

describe.each(golden.seeds)('seed $seed draws what rand_chacha 0.3 draws', (expected) => {
  const rng = () => ChaCha8Rng.seedFromU64(BigInt(expected.seed));

  it.each<[key: keyof typeof expected, draw: (random: ChaCha8Rng) => unknown]>([
    ['nextU32', (random) => times(40, () => random.nextU32())],
    ['nextU64', (random) => times(20, () => String(random.nextU64()))],
    ['rangeI32_0_100', (random) => times(30, () => random.genRange('i32', 0, 100))],
    ['rangeUsize_0_7k1', (random) => times(30, (k) => random.genRange('usize', 0, 7 * k + 1))],
    ['rangeU8_9_17', (random) => times(30, () => random.genRange('u8', 9, 17))],
    ['rangeU16_60_240', (random) => times(30, () => random.genRange('u16', 60, 240))],
    ['rangeI32Inclusive_1_3', (random) => times(30, () => random.genRangeInclusive('i32', 1, 3))],
    [
      'rangeI32Inclusive_-50_50',
      (random) => times(20, () => random.genRangeInclusive('i32', -50, 50)),
    ],
    [
      'rangeI64',
      (random) =>
        times(20, () => String(random.genRange('i64', -1_000_000_000_000n, 1_000_000_000_000n))),
    ],
    [
      'rangeU64InclusiveFull',
      (random) => times(20, () => String(random.genRangeInclusive('u64', 0n, 2n ** 64n - 1n))),
    ],
    ['genBool_085', (random) => times(40, () => random.genBool(0.85))],
    ['genF64', (random) => times(10, () => random.genF64())],
    ['rangeF64_-1.5_2.5', (random) => times(10, () => random.genRangeF64(-1.5, 2.5))],
    ['choose10', (random) => times(20, () => random.choose([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]))],
    [
      'shuffle20',
      (random) => {
        const items = times(20, (index) => index);
        random.shuffle(items);
        return items;
      },
    ],
    [
      'nextU64After63U32',
      (random) => {
        times(63, () => random.nextU32());
        return times(3, () => String(random.nextU64()));
      },
    ],
    [
      'nextU32After100000',
      (random) => {
        times(100_000, () => random.nextU32());
        return times(8, () => random.nextU32());
      },
    ],
    [
      'mixed',
      (random) =>
        times(12, () => [
          random.genRange('i32', 0, 100),
          random.genRange('usize', 0, 1000),
          random.genBool(0.5),
          random.genRange('u8', 9, 17),
          String(random.nextU64()),
        ]).flat(),
    ],
  ])('%s', (key, draw) => {
    expect(draw(rng())).toEqual(expected[key]);
  });
});

describe('ranges', () => {
  it('stay inside their bounds, for every type, for any bounds', () => {
    const numberTypes = {
      i8: [-128, 127],
      u8: [0, 255],
      i16: [-32_768, 32_767],
      u16: [0, 65_535],
      i32: [-2_147_483_648, 2_147_483_647],
      u32: [0, 4_294_967_295],
      usize: [0, Number.MAX_SAFE_INTEGER - 1],
    } as const;
    const draws = fc.constantFrom(...keysOf(numberTypes));
    const bounds = draws.chain((type) => {
      const [min, max] = numberTypes[type];
      const bound = fc
        .oneof(fc.maxSafeInteger(), fc.constantFrom(min, max))
        .map((value) => Math.min(max, Math.max(min, value)));
      return fc.tuple(fc.constant(type), bound, bound);
    });
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), bounds, (seed, [type, a, b]) => {
        const [low, high] = a <= b ? [a, b] : [b, a];
        const drawn = ChaCha8Rng.seedFromU64(seed).genRangeInclusive(type, low, high);
        expect(Number.isInteger(drawn) && drawn >= low && drawn <= high).toBe(true);
      }),
    );
  });

  it('draw the same from 64 bits whether or not the range fits the fast path', () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, 2n ** 64n - 1n),
        fc.oneof(fc.integer({ min: 1, max: 2 ** 16 }), fc.integer({ min: 1, max: 2 ** 34 })),
        (seed, range) => {
          const quick = ChaCha8Rng.seedFromU64(seed);
          const wide = ChaCha8Rng.seedFromU64(seed);
          expect(times(20, () => BigInt(quick.genRange('usize', 0, range)))).toEqual(
            times(20, () => wide.genRange('u64', 0n, BigInt(range))),
          );
        },
      ),
    );
  });

  it('of a whole signed type reinterpret the drawn word, as `gen()` does', () => {
    const word = ChaCha8Rng.seedFromU64(0n).nextU32();
    const whole = (type: 'i8' | 'i32', low: number, high: number) =>
      ChaCha8Rng.seedFromU64(0n).genRangeInclusive(type, low, high);
    expect(whole('i32', -2_147_483_648, 2_147_483_647)).toBe(word | 0);
    expect(whole('i8', -128, 127)).toBe((word << 24) >> 24);
  });

  it('refuse what Rust refuses', () => {
    const rng = ChaCha8Rng.seedFromU64(0n);
    expect(() => rng.genRange('i32', 5, 5)).toThrow('empty range 5..5');
    expect(() => rng.genRange('u8', 0, 300)).toThrow('do not fit u8');
    expect(() => rng.genBool(1.5)).toThrow('A probability is 0 to 1');
    expect(() => ChaCha8Rng.seedFromU64(2n ** 64n)).toThrow('unsigned 64-bit');
  });
});

describe('a copy', () => {
  it('draws what its original draws next, and leaves the original as it is', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), fc.nat({ max: 100 }), (seed, drawn) => {
        const original = ChaCha8Rng.seedFromU64(seed, 3n);
        for (let at = 0; at < drawn; at += 1) original.nextU32();
        const copy = original.copy();
        const inCopy = Array.from({ length: 40 }, () => copy.nextU32());
        expect(Array.from({ length: 40 }, () => original.nextU32())).toEqual(inCopy);
      }),
    );
  });
});

describe('streams', () => {
  it('of one seed differ, and stream 0 is the plain generator', () => {
    const first = (stream: bigint) => ChaCha8Rng.seedFromU64(7n, stream).nextU64();
    expect(first(0n)).toBe(ChaCha8Rng.seedFromU64(7n).nextU64());
    expect(new Set([first(0n), first(1n), first(2n), first(2n ** 64n - 1n)]).size).toBe(4);
  });
});
