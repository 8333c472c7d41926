import { assertNever } from '../assert.ts';

/** The integer types whose draws fit a JavaScript number. */
export type NumberType = 'i8' | 'i16' | 'i32' | 'u8' | 'u16' | 'u32' | 'usize';

/** The integer types whose draws are bigints. */
export type BigIntType = 'i64' | 'u64';

const WORDS_PER_BLOCK = 16;
const TWO_32 = 0x1_0000_0000;
const I8_MAX = 0x7f;
/** A half word times such a range stays within 31 bits. */
const SMALL_RANGE_MAX = 0x7fff;
const MASK_64 = 0xffff_ffff_ffff_ffffn;

/**
 * The random generator of Rust's `rand_chacha` 0.3 with the draws of `rand` 0.8, bit for bit: a
 * seed found by a Rust test gives the same run here.
 *
 * `seed_from_u64` and the word order follow rand_core 0.6 and rand_chacha 0.3; `genRange` follows
 * `UniformInt::sample_single` of rand 0.8.5, `genBool` its `Bernoulli`, `genF64` its `Standard`,
 * `genRangeF64` its `UniformFloat`, `choose` and `shuffle` its `SliceRandom`.
 */
export class ChaCha8Rng {
  #key: Uint32Array;
  #streamLow: number;
  #streamHigh: number;
  /** Signed, like the halves below: small integers, which need no boxing. */
  readonly #words = new Int32Array(WORDS_PER_BLOCK);
  #next = WORDS_PER_BLOCK;
  #counterLow = 0;
  #counterHigh = 0;
  /** High and low half of the last 64-bit draw, signed: a pair of fields costs no allocation. */
  #high = 0;
  #low = 0;

  private constructor(key: Uint32Array, stream: bigint) {
    this.#key = key;
    this.#streamLow = Number(stream & 0xffff_ffffn);
    this.#streamHigh = Number(stream >> 32n);
  }

  /**
   * The generator that `ChaCha8Rng::seed_from_u64(seed)` makes in Rust.
   *
   * @param seed 0 to 2^64 - 1.
   * @param stream 0 to 2^64 - 1, as `set_stream` takes it; streams of a seed are independent.
   * @throws {RangeError} when seed or stream is outside 64 bits.
   */
  static seedFromU64(seed: bigint, stream = 0n): ChaCha8Rng {
    for (const [name, value] of [
      ['seed', seed],
      ['stream', stream],
    ] as const) {
      if (value < 0n || value > MASK_64) {
        throw new RangeError(`A ${name} is an unsigned 64-bit integer; got ${value}.`);
      }
    }
    // PCG32 expands the seed to the eight words of the key (rand_core 0.6, `seed_from_u64`).
    const key = new Uint32Array(8);
    let state = seed;
    for (let word = 0; word < key.length; word += 1) {
      state = (state * 6364136223846793005n + 11634580027462260723n) & MASK_64;
      const xorShifted = Number((((state >> 18n) ^ state) >> 27n) & 0xffff_ffffn);
      const rotation = Number(state >> 59n);
      key[word] = (xorShifted >>> rotation) | (xorShifted << (-rotation & 31));
    }
    return new ChaCha8Rng(key, stream);
  }

  /** Goes on as another generator does that has drawn nothing yet. */
  becomeLike(other: ChaCha8Rng): void {
    this.#key = other.#key;
    this.#streamLow = other.#streamLow;
    this.#streamHigh = other.#streamHigh;
    this.#next = WORDS_PER_BLOCK;
    this.#counterLow = 0;
    this.#counterHigh = 0;
  }

  /** A generator that draws what this one would draw next, for itself. */
  copy(): ChaCha8Rng {
    const copy = new ChaCha8Rng(this.#key, 0n);
    copy.#streamLow = this.#streamLow;
    copy.#streamHigh = this.#streamHigh;
    copy.#words.set(this.#words);
    copy.#next = this.#next;
    copy.#counterLow = this.#counterLow;
    copy.#counterHigh = this.#counterHigh;
    return copy;
  }

  /** 32 uniform bits. */
  nextU32(): number {
    return this.#nextWord() >>> 0;
  }

  /** 32 uniform bits, as a signed integer. */
  #nextWord(): number {
    if (this.#next === WORDS_PER_BLOCK) this.#refill();
    const word = this.#words[this.#next] as number;
    this.#next += 1;
    return word;
  }

  /** 64 uniform bits. */
  nextU64(): bigint {
    this.#draw64();
    return (BigInt(this.#high >>> 0) << 32n) | BigInt(this.#low >>> 0);
  }

  /**
   * Rust's `gen_range(low..high)`.
   *
   * @throws {RangeError} when the range is empty or its bounds do not fit the type.
   */
  genRange(type: NumberType, low: number, high: number): number;
  genRange(type: BigIntType, low: bigint, high: bigint): bigint;
  genRange(
    type: NumberType | BigIntType,
    low: number | bigint,
    high: number | bigint,
  ): number | bigint {
    if (!(low < high)) throw new RangeError(`Cannot draw from the empty range ${low}..${high}.`);
    if (typeof low === 'bigint') {
      return this.#drawBigInt(type as BigIntType, low, (high as bigint) - 1n);
    }
    return this.#drawNumber(type as NumberType, low, (high as number) - 1);
  }

  /**
   * Rust's `gen_range(low..=high)`.
   *
   * @throws {RangeError} when the range is empty or its bounds do not fit the type.
   */
  genRangeInclusive(type: NumberType, low: number, high: number): number;
  genRangeInclusive(type: BigIntType, low: bigint, high: bigint): bigint;
  genRangeInclusive(
    type: NumberType | BigIntType,
    low: number | bigint,
    high: number | bigint,
  ): number | bigint {
    if (!(low <= high)) throw new RangeError(`Cannot draw from the empty range ${low}..=${high}.`);
    if (typeof low === 'bigint') {
      return this.#drawBigInt(type as BigIntType, low, high as bigint);
    }
    return this.#drawNumber(type as NumberType, low, high as number);
  }

  /**
   * Rust's `gen_bool(p)`: true with probability `p`. `p` = 1 draws nothing, as in Rust.
   *
   * @throws {RangeError} when `p` is not in 0..=1.
   */
  genBool(p: number): boolean {
    if (!(p >= 0 && p <= 1)) throw new RangeError(`A probability is 0 to 1; got ${p}.`);
    if (p === 1) return true;
    // p * 2^64 is exact (a power of two only moves the exponent); its halves compare as numbers.
    const scaled = p * TWO_32;
    const thresholdHigh = Math.floor(scaled);
    const thresholdLow = Math.floor((scaled - thresholdHigh) * TWO_32);
    this.#draw64();
    const high = this.#high >>> 0;
    return high < thresholdHigh || (high === thresholdHigh && this.#low >>> 0 < thresholdLow);
  }

  /** Rust's `gen::<f64>()`: 53 uniform bits in 0 (inclusive) to 1 (exclusive). */
  genF64(): number {
    this.#draw64();
    return ((this.#high >>> 0) * 0x20_0000 + (this.#low >>> 11)) / 0x20_0000_0000_0000;
  }

  /**
   * Rust's `gen_range(low..high)` for f64.
   *
   * @throws {RangeError} when the range is empty or not finite.
   */
  genRangeF64(low: number, high: number): number {
    const scale = high - low;
    if (!(low < high) || !Number.isFinite(scale)) {
      throw new RangeError(`Cannot draw from the range ${low}..${high}.`);
    }
    for (;;) {
      this.#draw64();
      // 52 bits become the mantissa of a number in 1..2; subtracting 1 is exact.
      const mantissa = (this.#high >>> 0) * 0x10_0000 + (this.#low >>> 12);
      const zeroToOne = mantissa / 0x10_0000_0000_0000;
      const drawn = zeroToOne * scale + low;
      if (drawn < high) return drawn;
    }
  }

  /** Rust's `SliceRandom::choose`: `undefined` for an empty list. */
  choose<Item>(items: readonly Item[]): Item | undefined {
    if (items.length === 0) return undefined;
    return items[this.#drawIndex(items.length)];
  }

  /** Rust's `SliceRandom::shuffle`, in place. */
  shuffle(items: unknown[]): void {
    for (let last = items.length - 1; last >= 1; last -= 1) {
      const other = this.#drawIndex(last + 1);
      const moved = items[last];
      items[last] = items[other];
      items[other] = moved;
    }
  }

  /** Rust's `gen_index`: bounds that fit 32 bits draw 32 bits. */
  #drawIndex(bound: number): number {
    return this.#drawNumber(bound <= 0xffff_ffff ? 'u32' : 'usize', 0, bound - 1);
  }

  #draw64(): void {
    this.#low = this.#nextWord();
    this.#high = this.#nextWord();
  }

  /** A draw from low..=high: widening multiply with rejection (rand 0.8.5, `sample_single`). */
  #drawNumber(type: NumberType, low: number, high: number): number {
    // Bounds of this kind, which are the most frequent, fit every type and do not fill one.
    const isUsual = low >= 0 && high < I8_MAX && (low | 0) === low && (high | 0) === high;
    if (!isUsual && requireFit(type, low, high)) return this.#wholeType(type);
    const range = high - low + 1;
    switch (type) {
      case 'usize':
        return low + this.#below64(range);
      case 'i32':
      case 'u32':
        return low + this.#below32(range);
      case 'u8':
      case 'u16':
      case 'i8':
      case 'i16':
        return low + this.#belowSmall(range);
      default:
        return assertNever(type, 'integer type');
    }
  }

  /** A draw below `range` for the types of 8 and 16 bits. */
  #belowSmall(range: number): number {
    for (;;) {
      const word = this.#nextWord();
      const lower = Math.imul(word, range) >>> 0;
      // They reject exactly the 2^32 % range draws that some values would have too many. These are
      // fewer than the range, so the division is hardly ever needed.
      if (lower <= ~range >>> 0 || lower <= 0xffff_ffff - (TWO_32 % range)) {
        return mulHigh32(word, range);
      }
    }
  }

  /** A draw below `range` for the types of 32 bits. */
  #below32(range: number): number {
    const zone = zoneOf(range);
    for (;;) {
      const word = this.#nextWord();
      if (Math.imul(word, range) >>> 0 <= zone) return mulHigh32(word, range);
    }
  }

  /** Rust draws all values of a type as `gen()`: the low bits of a word, reinterpreted. */
  #wholeType(type: NumberType): number {
    const unused = 32 - Number(type.slice(1));
    const word = this.nextU32();
    return type.startsWith('i') ? (word << unused) >> unused : (word << unused) >>> unused;
  }

  /** A draw below `range` (a safe integer) from 64 bits. */
  #below64(range: number): number {
    if (range >= TWO_32) return Number(this.#below64BigInt(BigInt(range)));
    const zoneHigh = zoneOf(range);
    for (;;) {
      const low = this.#nextWord();
      const high = this.#nextWord();
      // The product of 64 bits and the range has three words; the carry goes from the lowest up.
      const carry = mulHigh32(low, range);
      const middle = (Math.imul(high, range) + carry) >>> 0;
      // The zone's low half is all ones, so the high half of the product's low word decides.
      if (middle > zoneHigh) continue;
      return mulHigh32(high, range) + (middle < carry ? 1 : 0);
    }
  }

  #below64BigInt(range: bigint): bigint {
    const leadingZeros = 64 - range.toString(2).length;
    const zone = (range << BigInt(leadingZeros)) - 1n;
    for (;;) {
      const product = this.nextU64() * range;
      if ((product & MASK_64) <= zone) return product >> 64n;
    }
  }

  #drawBigInt(type: BigIntType, low: bigint, high: bigint): bigint {
    const [min, max] = type === 'u64' ? [0n, MASK_64] : [-(1n << 63n), (1n << 63n) - 1n];
    if (low < min || high > max) {
      throw new RangeError(`The bounds ${low} and ${high} do not fit ${type}.`);
    }
    const range = high - low + 1n;
    if (range > MASK_64) {
      return type === 'u64' ? this.nextU64() : BigInt.asIntN(64, this.nextU64());
    }
    return low + this.#below64BigInt(range);
  }

  /** Computes the next block: 8 rounds over constants, key, 64-bit counter, 64-bit stream. */
  #refill(): void {
    chaChaBlock(
      this.#key,
      this.#counterLow,
      this.#counterHigh,
      this.#streamLow,
      this.#streamHigh,
      this.#words,
    );
    this.#counterLow = (this.#counterLow + 1) >>> 0;
    if (this.#counterLow === 0) this.#counterHigh = (this.#counterHigh + 1) >>> 0;
    this.#next = 0;
  }
}

/** The largest accepted low half of a product with `range`, as a u32. */
function zoneOf(range: number): number {
  return ((range << Math.clz32(range)) - 1) >>> 0;
}

/** The smallest and the largest value of each type. */
const LIMITS: Readonly<Record<NumberType, readonly [min: number, max: number]>> = {
  i8: [-0x80, I8_MAX],
  u8: [0, 0xff],
  i16: [-0x8000, 0x7fff],
  u16: [0, 0xffff],
  i32: [-0x8000_0000, 0x7fff_ffff],
  u32: [0, 0xffff_ffff],
  // 64 bits wide in Rust; here the bounds are safe integers.
  usize: [0, Number.MAX_SAFE_INTEGER - 1],
};

/**
 * Makes sure that the bounds fit a type. Returns whether they include all its values; these are never
 * drawn for `usize`.
 */
function requireFit(type: NumberType, low: number, high: number): boolean {
  const [min, max] = LIMITS[type] ?? assertNever(type as never, 'integer type');
  if (low >= min && high <= max && Math.floor(low) === low && Math.floor(high) === high) {
    return low === min && high === max && type !== 'usize';
  }
  throw new RangeError(`The bounds ${low} and ${high} do not fit ${type}.`);
}

/** The high 32 bits of the 64-bit product of a word, signed or not, and a u32. */
function mulHigh32(word: number, range: number): number {
  const upper = word >>> 16;
  const lower = word & 0xffff;
  // Ranges are mostly short: then all stays within 31 bits, which is fastest.
  if (range <= SMALL_RANGE_MAX) {
    return (Math.imul(upper, range) + (Math.imul(lower, range) >>> 16)) >>> 16;
  }
  return Math.floor((upper * range + Math.floor((lower * range) / 0x1_0000)) / 0x1_0000);
}

/**
 * One ChaCha8 block into `words`. Written out over sixteen locals, which the compiler can keep in
 * registers; an array would be read and written at every one of the 384 operations.
 */
function chaChaBlock(
  key: Uint32Array,
  counterLow: number,
  counterHigh: number,
  streamLow: number,
  streamHigh: number,
  words: Int32Array,
): void {
  // Read one by one: taking them apart as a list would go through an iterator.
  const k0 = key[0] as number;
  const k1 = key[1] as number;
  const k2 = key[2] as number;
  const k3 = key[3] as number;
  const k4 = key[4] as number;
  const k5 = key[5] as number;
  const k6 = key[6] as number;
  const k7 = key[7] as number;
  let x0 = 0x61707865;
  let x1 = 0x3320646e;
  let x2 = 0x79622d32;
  let x3 = 0x6b206574;
  let x4 = k0 | 0;
  let x5 = k1 | 0;
  let x6 = k2 | 0;
  let x7 = k3 | 0;
  let x8 = k4 | 0;
  let x9 = k5 | 0;
  let x10 = k6 | 0;
  let x11 = k7 | 0;
  let x12 = counterLow | 0;
  let x13 = counterHigh | 0;
  let x14 = streamLow | 0;
  let x15 = streamHigh | 0;
  for (let doubleRound = 0; doubleRound < 4; doubleRound += 1) {
    x0 = (x0 + x4) | 0;
    x12 ^= x0;
    x12 = (x12 << 16) | (x12 >>> 16);
    x8 = (x8 + x12) | 0;
    x4 ^= x8;
    x4 = (x4 << 12) | (x4 >>> 20);
    x0 = (x0 + x4) | 0;
    x12 ^= x0;
    x12 = (x12 << 8) | (x12 >>> 24);
    x8 = (x8 + x12) | 0;
    x4 ^= x8;
    x4 = (x4 << 7) | (x4 >>> 25);
    x1 = (x1 + x5) | 0;
    x13 ^= x1;
    x13 = (x13 << 16) | (x13 >>> 16);
    x9 = (x9 + x13) | 0;
    x5 ^= x9;
    x5 = (x5 << 12) | (x5 >>> 20);
    x1 = (x1 + x5) | 0;
    x13 ^= x1;
    x13 = (x13 << 8) | (x13 >>> 24);
    x9 = (x9 + x13) | 0;
    x5 ^= x9;
    x5 = (x5 << 7) | (x5 >>> 25);
    x2 = (x2 + x6) | 0;
    x14 ^= x2;
    x14 = (x14 << 16) | (x14 >>> 16);
    x10 = (x10 + x14) | 0;
    x6 ^= x10;
    x6 = (x6 << 12) | (x6 >>> 20);
    x2 = (x2 + x6) | 0;
    x14 ^= x2;
    x14 = (x14 << 8) | (x14 >>> 24);
    x10 = (x10 + x14) | 0;
    x6 ^= x10;
    x6 = (x6 << 7) | (x6 >>> 25);
    x3 = (x3 + x7) | 0;
    x15 ^= x3;
    x15 = (x15 << 16) | (x15 >>> 16);
    x11 = (x11 + x15) | 0;
    x7 ^= x11;
    x7 = (x7 << 12) | (x7 >>> 20);
    x3 = (x3 + x7) | 0;
    x15 ^= x3;
    x15 = (x15 << 8) | (x15 >>> 24);
    x11 = (x11 + x15) | 0;
    x7 ^= x11;
    x7 = (x7 << 7) | (x7 >>> 25);
    x0 = (x0 + x5) | 0;
    x15 ^= x0;
    x15 = (x15 << 16) | (x15 >>> 16);
    x10 = (x10 + x15) | 0;
    x5 ^= x10;
    x5 = (x5 << 12) | (x5 >>> 20);
    x0 = (x0 + x5) | 0;
    x15 ^= x0;
    x15 = (x15 << 8) | (x15 >>> 24);
    x10 = (x10 + x15) | 0;
    x5 ^= x10;
    x5 = (x5 << 7) | (x5 >>> 25);
    x1 = (x1 + x6) | 0;
    x12 ^= x1;
    x12 = (x12 << 16) | (x12 >>> 16);
    x11 = (x11 + x12) | 0;
    x6 ^= x11;
    x6 = (x6 << 12) | (x6 >>> 20);
    x1 = (x1 + x6) | 0;
    x12 ^= x1;
    x12 = (x12 << 8) | (x12 >>> 24);
    x11 = (x11 + x12) | 0;
    x6 ^= x11;
    x6 = (x6 << 7) | (x6 >>> 25);
    x2 = (x2 + x7) | 0;
    x13 ^= x2;
    x13 = (x13 << 16) | (x13 >>> 16);
    x8 = (x8 + x13) | 0;
    x7 ^= x8;
    x7 = (x7 << 12) | (x7 >>> 20);
    x2 = (x2 + x7) | 0;
    x13 ^= x2;
    x13 = (x13 << 8) | (x13 >>> 24);
    x8 = (x8 + x13) | 0;
    x7 ^= x8;
    x7 = (x7 << 7) | (x7 >>> 25);
    x3 = (x3 + x4) | 0;
    x14 ^= x3;
    x14 = (x14 << 16) | (x14 >>> 16);
    x9 = (x9 + x14) | 0;
    x4 ^= x9;
    x4 = (x4 << 12) | (x4 >>> 20);
    x3 = (x3 + x4) | 0;
    x14 ^= x3;
    x14 = (x14 << 8) | (x14 >>> 24);
    x9 = (x9 + x14) | 0;
    x4 ^= x9;
    x4 = (x4 << 7) | (x4 >>> 25);
  }
  words[0] = x0 + 0x61707865;
  words[1] = x1 + 0x3320646e;
  words[2] = x2 + 0x79622d32;
  words[3] = x3 + 0x6b206574;
  words[4] = x4 + k0;
  words[5] = x5 + k1;
  words[6] = x6 + k2;
  words[7] = x7 + k3;
  words[8] = x8 + k4;
  words[9] = x9 + k5;
  words[10] = x10 + k6;
  words[11] = x11 + k7;
  words[12] = x12 + counterLow;
  words[13] = x13 + counterHigh;
  words[14] = x14 + streamLow;
  words[15] = x15 + streamHigh;
}
