import { spend } from './effort.ts';
import type { Summary } from './sequence.ts';

/**
 * The digest of a sequence, and what it takes to join it with others. A polynomial over the digests of
 * the items, taken modulo five primes below 2^26, so that products are exact in a float: together they
 * have 130 bits. The digest of a whole follows from those of its parts wherever it is cut, which a
 * cryptographic one does not: so a change costs the way to it, whatever the history of the list. Each
 * item is digested by SHA-256 before, unless it is a text or number.
 */
export interface SequenceDigest {
  readonly sums: readonly number[];
  /** The base of each lane, to the power of the number of items. */
  readonly powers: readonly number[];
}

const PRIMES = [67_108_859, 67_108_837, 67_108_819, 67_108_777, 67_108_763] as const;
/** Primitive roots of the primes: no two places within 2^25 have the same weight. */
const BASES = [46_802_510, 36_712_912, 52_044_509, 65_345_568, 52_918_793] as const;
/** Other primitive roots, for the characters of a text. */
const TEXT_BASES = [55_396_168, 45_824_915, 35_537_851, 65_354_267, 46_864_820] as const;

/** As long as they are exact, divisions are done by a multiplication: `%` takes many times as long. */
const INVERSES = PRIMES.map((prime) => 1 / prime);

/** The remainder of a whole number below 2^53 by the prime of a lane. */
function remainder(value: number, lane: number): number {
  const prime = PRIMES[lane] ?? 1;
  const rest = value - Math.floor(value * (INVERSES[lane] ?? 0)) * prime;
  // The quotient may be off by one.
  if (rest < 0) return rest + prime;
  return rest < prime ? rest : rest - prime;
}

/** The effort of a part of a sequence, and that of a character of a text. */
const PART_EFFORT = 60;
const CHAR_EFFORT = 20;

/** The digest of no items. */
const EMPTY: SequenceDigest = { sums: PRIMES.map(() => 0), powers: PRIMES.map(() => 1) };

/** The digest of the sequence of one item whose digest is 32 hexadecimal digits. */
export function ofDigest(hex: string): SequenceDigest {
  // Eight digits for each lane, which overlap by two: a digit that differs is seen by some lane.
  return ofSums(PRIMES.map((prime, lane) => parseInt(hex.substr(lane * 6, 8), 16) % prime));
}

/** The digest of the sequence of one item that is told apart from others by a text. */
export function ofText(text: string): SequenceDigest {
  spend(PART_EFFORT + CHAR_EFFORT * text.length);
  const sums = PRIMES.map(() => text.length);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    for (let lane = 0; lane < PRIMES.length; lane += 1) {
      sums[lane] = remainder((sums[lane] ?? 0) * (TEXT_BASES[lane] ?? 0) + code, lane);
    }
  }
  return ofSums(sums);
}

function ofSums(sums: readonly number[]): SequenceDigest {
  return { sums, powers: BASES };
}

/** The digest of some sequences, one after another. */
export function joinDigests(parts: Iterable<SequenceDigest>): SequenceDigest {
  const sums = [...EMPTY.sums];
  const powers = [...EMPTY.powers];
  for (const part of parts) {
    spend(PART_EFFORT);
    for (let lane = 0; lane < PRIMES.length; lane += 1) {
      const power = part.powers[lane] ?? 1;
      sums[lane] = remainder((sums[lane] ?? 0) * power + (part.sums[lane] ?? 0), lane);
      powers[lane] = remainder((powers[lane] ?? 0) * power, lane);
    }
  }
  return { sums, powers };
}

/** The sum of digests, where the order does not count. */
export function addDigests(parts: Iterable<SequenceDigest>): SequenceDigest {
  const sums = [...EMPTY.sums];
  for (const part of parts) {
    spend(PART_EFFORT);
    for (let lane = 0; lane < PRIMES.length; lane += 1) {
      sums[lane] = ((sums[lane] ?? 0) + (part.sums[lane] ?? 0)) % (PRIMES[lane] ?? 1);
    }
  }
  return { sums, powers: EMPTY.powers };
}

/** How the parts of a sequence are digested, such that their order counts or not. */
export function digestSummary<Item>(
  ofItem: (item: Item) => SequenceDigest,
  isOrdered: boolean,
): Summary<Item, SequenceDigest> {
  const combine = isOrdered ? joinDigests : addDigests;
  return { of: (items) => combine(items.map(ofItem)), join: combine };
}
