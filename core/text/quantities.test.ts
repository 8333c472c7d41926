import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  OPERATIONS_MAX,
  parseBytes,
  parseOperations,
  parseSeed,
  parseSeedCount,
  parseSeedRange,
  parseShard,
  parseStepIndex,
  parseTime,
  SEED_MAX,
  formatBytes,
  formatCount,
  seedSchema,
  toSeedRange,
  valueOf,
  type Parsed,
} from './quantities.ts';

function problemOf(parsed: Parsed<unknown>): string {
  if (parsed.kind === 'ok') throw new Error('nothing is wrong');
  return `${parsed.problem.title} ${parsed.problem.remedy}`;
}

describe('parseSeed', () => {
  it('reads back every seed', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, SEED_MAX), (seed) => {
        expect(valueOf(parseSeed(seed.toString()))).toBe(seed);
        expect(seedSchema.safeParse(seed.toString()).success).toBe(true);
      }),
    );
  });

  it('takes digits in groups', () => {
    expect(valueOf(parseSeed(' 18 446_744,073709551615 '))).toBe(SEED_MAX);
  });

  it.each([
    ['', 'An empty text is not a seed'],
    ['-1', '"-1" is not a seed'],
    ['0x10', '"0x10" is not a seed'],
    ['1e3', '"1e3" is not a seed'],
    ['18446744073709551616', 'from 0 to 18446744073709551615'],
  ])('says what is wrong with %j', (text, message) => {
    expect(problemOf(parseSeed(text))).toContain(message);
  });
});

it.each(['1 000', ' 1', '1\n', '', '-1', '18446744073709551616', '1'.repeat(100_000)])(
  'a seed in a file or a message has digits only, unlike %j',
  (text) => {
    expect(seedSchema.safeParse(text).success).toBe(false);
  },
);

it('takes counts within their limits', () => {
  expect(valueOf(parseOperations('5 000 000'))).toBe(OPERATIONS_MAX);
  expect(valueOf(parseSeedCount('1\u202f000'))).toBe(1_000);
  for (const text of ['0', '-1', '1.5', 'many', '', '5000001']) {
    expect(problemOf(parseOperations(text))).toContain(
      'is not a number of operations. Give a whole number from 1 to 5 000 000.',
    );
  }
});

it('takes the steps of a trace', () => {
  expect(['0', ' 12 ', '1\u202f000'].map((text) => valueOf(parseStepIndex(text, 1_000)))).toEqual([
    0, 12, 1_000,
  ]);
  for (const text of ['', '-1', '1.5', '1001']) {
    expect(problemOf(parseStepIndex(text, 1_000))).toContain(
      'is not a step. Give a step from 0 to 1 000.',
    );
  }
});

describe('ranges of seeds', () => {
  it('are given by their first and last seed', () => {
    expect(valueOf(parseSeedRange('5..9'))).toEqual({ from: 5n, count: 5 });
    expect(valueOf(parseSeedRange(`${SEED_MAX}..${SEED_MAX}`))).toEqual({
      from: SEED_MAX,
      count: 1,
    });
  });

  it.each([
    ['5', '"5" is not a range of seeds'],
    ['1..2..3', 'Give the first and the last seed'],
    ['9..5', 'The range 9..5 holds no seed'],
    [`0..${SEED_MAX}`, 'holds too many seeds'],
  ])('say what is wrong with %s', (text, message) => {
    expect(problemOf(parseSeedRange(text))).toContain(message);
  });

  it('end at the largest seed', () => {
    expect(valueOf(toSeedRange(SEED_MAX - 2n, 3))).toEqual({ from: SEED_MAX - 2n, count: 3 });
    expect(problemOf(toSeedRange(SEED_MAX - 2n, 4))).toContain('there are only 3 seeds, not 4');
    expect(problemOf(toSeedRange(SEED_MAX, 2))).toContain('there is only 1 seed, not 2');
  });
});

it('takes times with a unit, and seconds without one', () => {
  const times = ['30', '30s', '1.5 m', '10min', '2h', '250ms'].map((text) =>
    valueOf(parseTime(text)),
  );
  expect(times).toEqual([30_000, 30_000, 90_000, 600_000, 7_200_000, 250]);
  for (const text of ['', '0s', 'soon', '-1m', '169h']) {
    expect(problemOf(parseTime(text))).toMatch(/is not a time.*60s, 10m or 2h/);
  }
});

it('takes sizes with a unit, and writes them as it takes them', () => {
  const sizes = ['1.5 GB', '4gb', '500 MB', '2', '64KB', '1 TB'].map((text) =>
    valueOf(parseBytes(text)),
  );
  expect(sizes.map(formatBytes)).toEqual(['1.5 GB', '4 GB', '500 MB', '2 GB', '64 KB', '1 TB']);
  expect([0, 100, 1_536_000].map(formatBytes)).toEqual(['0 KB', '0.1 KB', '1.5 MB']);
  for (const text of ['', '0 GB', 'much', '-1 GB', '1024 TB', '5 m']) {
    expect(problemOf(parseBytes(text))).toMatch(/is not a size.*500 MB or 4 GB/);
  }
});

it('takes shards, counted from 1', () => {
  expect(valueOf(parseShard(' 3/16 '))).toEqual({ index: 3, total: 16 });
  for (const text of ['3', '0/4', '5/4', 'a/b', '1/0', '1.5/2', '-1/2', '1/1000000000']) {
    expect(problemOf(parseShard(text))).toContain('is not a shard. Give which shard of how many');
  }
});

it.each([
  [0, '0'],
  [999, '999'],
  [1_000, '1 000'],
  [1_234_567, '1 234 567'],
  [-12_345, '-12 345'],
  [1_234.5, '1 234.5'],
  [1e21, '1 000 000 000 000 000 000 000'],
])('writes the count %s in groups of digits', (count, text) => {
  expect(formatCount(count)).toBe(text);
});
