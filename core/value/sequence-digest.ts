import { spend } from './effort.ts';
import type { Summary } from './sequence.ts';

/**
 * The digest of a sequence, and what it takes to join it with others. A polynomial over the digests of
 * the items, taken modulo five primes below 2^26, so that products are exact in a float: together they
 * have 130 bits. The digest of a whole follows from those of its parts wherever it is cut, which a
 * cryptographic one does not: so a change costs the way to it, whatever the history of the list. Each
 * item is digested by SHA-256 before, unless it is a text or number.
 */
export class SequenceDigest {
  // Ten fields of one object: the parts of a wide sequence lie far from each other in memory, and each array would be
  // two more places to read.
  readonly sum0: number;
  readonly sum1: number;
  readonly sum2: number;
  readonly sum3: number;
  readonly sum4: number;
  /** The base of each lane, to the power of the number of items. */
  readonly power0: number;
  readonly power1: number;
  readonly power2: number;
  readonly power3: number;
  readonly power4: number;

  /** @param sums and powers one for each lane. */
  constructor(sums: Lanes, powers: Lanes) {
    // As small integers: a number that may be a fraction is an object of its own.
    this.sum0 = sums[0] | 0;
    this.sum1 = sums[1] | 0;
    this.sum2 = sums[2] | 0;
    this.sum3 = sums[3] | 0;
    this.sum4 = sums[4] | 0;
    this.power0 = powers[0] | 0;
    this.power1 = powers[1] | 0;
    this.power2 = powers[2] | 0;
    this.power3 = powers[3] | 0;
    this.power4 = powers[4] | 0;
  }

  /** What tells a sequence apart from all others of the same length, as a text. */
  get text(): string {
    return `${this.sum0},${this.sum1},${this.sum2},${this.sum3},${this.sum4}`;
  }
}

/** A number for each prime. */
type Lanes = readonly [number, number, number, number, number];

const PRIMES = [67_108_859, 67_108_837, 67_108_819, 67_108_777, 67_108_763] as const;
/** Primitive roots of the primes: no two places within 2^25 have the same weight. */
const BASES = [46_802_510, 36_712_912, 52_044_509, 65_345_568, 52_918_793] as const;
/** Other primitive roots, for the characters of a text. */
const TEXT_BASES = [55_396_168, 45_824_915, 35_537_851, 65_354_267, 46_864_820] as const;

const [PRIME_0, PRIME_1, PRIME_2, PRIME_3, PRIME_4] = PRIMES;

/** As long as they are exact, divisions are done by a multiplication: `%` takes many times as long. */
const INVERSE_0 = 1 / PRIME_0;
const INVERSE_1 = 1 / PRIME_1;
const INVERSE_2 = 1 / PRIME_2;
const INVERSE_3 = 1 / PRIME_3;
const INVERSE_4 = 1 / PRIME_4;

/** The remainder of a whole number below 2^53 by a prime. */
function remainder(value: number, prime: number, inverse: number): number {
  const rest = value - Math.floor(value * inverse) * prime;
  // The quotient may be off by one.
  if (rest < 0) return rest + prime;
  return rest < prime ? rest : rest - prime;
}

/** The lanes of no items. */
const NOTHING: Lanes = [0, 0, 0, 0, 0];
const ONE: Lanes = [1, 1, 1, 1, 1];

/** The effort of a part of a sequence, and that of a character of a text. */
const PART_EFFORT = 60;
const CHAR_EFFORT = 20;

/** The digest of the sequence of one item whose digest is 32 hexadecimal digits. */
export function ofDigest(hex: string): SequenceDigest {
  // Eight digits for each lane, which overlap by two: a digit that differs is seen by some lane.
  const at = (lane: number, prime: number) => parseInt(hex.substr(lane * 6, 8), 16) % prime;
  return new SequenceDigest(
    [at(0, PRIME_0), at(1, PRIME_1), at(2, PRIME_2), at(3, PRIME_3), at(4, PRIME_4)],
    BASES,
  );
}

/** The digest of the sequence of one item that is told apart from others by a text. */
export function ofText(text: string): SequenceDigest {
  spend(PART_EFFORT + CHAR_EFFORT * text.length);
  const [base0, base1, base2, base3, base4] = TEXT_BASES;
  let [sum0, sum1, sum2, sum3, sum4] = [
    text.length,
    text.length,
    text.length,
    text.length,
    text.length,
  ];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    sum0 = remainder(sum0 * base0 + code, PRIME_0, INVERSE_0);
    sum1 = remainder(sum1 * base1 + code, PRIME_1, INVERSE_1);
    sum2 = remainder(sum2 * base2 + code, PRIME_2, INVERSE_2);
    sum3 = remainder(sum3 * base3 + code, PRIME_3, INVERSE_3);
    sum4 = remainder(sum4 * base4 + code, PRIME_4, INVERSE_4);
  }
  return new SequenceDigest([sum0, sum1, sum2, sum3, sum4], BASES);
}

/** The digest of some sequences, one after another. */
export function joinDigests(parts: readonly SequenceDigest[]): SequenceDigest {
  spend(PART_EFFORT * parts.length);
  let [sum0, sum1, sum2, sum3, sum4] = NOTHING;
  let [power0, power1, power2, power3, power4] = ONE;
  for (const part of parts) {
    sum0 = remainder(sum0 * part.power0 + part.sum0, PRIME_0, INVERSE_0);
    sum1 = remainder(sum1 * part.power1 + part.sum1, PRIME_1, INVERSE_1);
    sum2 = remainder(sum2 * part.power2 + part.sum2, PRIME_2, INVERSE_2);
    sum3 = remainder(sum3 * part.power3 + part.sum3, PRIME_3, INVERSE_3);
    sum4 = remainder(sum4 * part.power4 + part.sum4, PRIME_4, INVERSE_4);
    power0 = remainder(power0 * part.power0, PRIME_0, INVERSE_0);
    power1 = remainder(power1 * part.power1, PRIME_1, INVERSE_1);
    power2 = remainder(power2 * part.power2, PRIME_2, INVERSE_2);
    power3 = remainder(power3 * part.power3, PRIME_3, INVERSE_3);
    power4 = remainder(power4 * part.power4, PRIME_4, INVERSE_4);
  }
  return new SequenceDigest(
    [sum0, sum1, sum2, sum3, sum4],
    [power0, power1, power2, power3, power4],
  );
}

/** The sum of digests, where the order does not count. */
export function addDigests(parts: readonly SequenceDigest[]): SequenceDigest {
  spend(PART_EFFORT * parts.length);
  let [sum0, sum1, sum2, sum3, sum4] = NOTHING;
  for (const part of parts) {
    sum0 = (sum0 + part.sum0) % PRIME_0;
    sum1 = (sum1 + part.sum1) % PRIME_1;
    sum2 = (sum2 + part.sum2) % PRIME_2;
    sum3 = (sum3 + part.sum3) % PRIME_3;
    sum4 = (sum4 + part.sum4) % PRIME_4;
  }
  return new SequenceDigest([sum0, sum1, sum2, sum3, sum4], ONE);
}

/** How the parts of a sequence are digested, such that their order counts or not. */
export function digestSummary<Item>(
  ofItem: (item: Item) => SequenceDigest,
  isOrdered: boolean,
): Summary<Item, SequenceDigest> {
  const combine = isOrdered ? joinDigests : addDigests;
  return { of: (items) => combine(items.map(ofItem)), join: combine };
}
