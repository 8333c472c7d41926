import { containerOf } from '../value/container.ts';
import { isDiscriminant, kindOf } from '../value/label.ts';
import type { Value } from '../value/value.ts';
import type { Places } from './places.ts';
import { absolute, compareBigints, compareNumbers } from './scalar-order.ts';

/** A value that is simpler in one place. */
export interface SimplerValue {
  readonly value: Value;
  /** The scalar that was replaced, and its replacement. */
  readonly replaced?: readonly [Value, Value];
  /** Whether the value is a made-up text, which the machine may not know. */
  readonly isMadeUp?: boolean;
}

/** At most this many values that were seen in one place are tried. */
const SEEN_TRIES_MAX = 4;
/** Whole numbers below are tried one by one: some failures depend on a remainder. */
const SMALL_MAX = 33n;
/** At most this many smaller neighbours of a number are tried. */
const DECREMENTS_MAX = 16n;
/** A text is divided into at most this many pieces at a time. */
const PIECES_MAX = 64;
/** The simplest character. */
const SIMPLEST = '0';

/** Makes values simpler in one place at a time. */
export class ValueSimplifier {
  readonly #original: Places;
  readonly #isAsked: boolean;

  /**
   * @param original the values in the places of the run that is shrunk.
   * @param isAsked whether the scenario says of each value if it is possible: then those are tried as well that are
   *   simpler than any that was seen.
   */
  constructor(original: Places, isAsked: boolean) {
    this.#original = original;
    this.#isAsked = isAsked;
  }

  /**
   * Values that are simpler than `value`, those with less in them first. The discriminant of a union
   * stays unchanged.
   *
   * @param now the values in the places of the shortest run so far.
   */
  *simpler(value: Value, place: string, now: Places): Generator<SimplerValue> {
    if (typeof value === 'object' && value !== null) yield* this.#parts(value, place, now);
    // A text such as 'start' is its own kind, and stays.
    else if (kindOf(value) !== value) yield* this.#scalars(value, place, now);
  }

  *#parts(value: Value & object, place: string, now: Places): Generator<SimplerValue> {
    const container = containerOf(value);
    if (container?.kind === 'list') {
      const list = container.value;
      for (const fewer of fewerOf(list)) yield { value: fewer };
      for (const [index, item] of list.entries()) {
        for (const made of this.#within(item, `${place}[]`, now)) {
          yield { ...made, value: list.with(index, made.value) };
        }
      }
    } else if (container?.kind === 'set') {
      const members = [...container.value];
      for (const made of this.#parts(members, place, now)) {
        const set = new Set(made.value as readonly Value[]);
        // If an item became equal to another one, the set has lost an item, which is tried already.
        if (set.size === (made.value as readonly Value[]).length) yield { ...made, value: set };
      }
    } else if (container?.kind === 'map') {
      yield* this.#entries([...container.value], place, now);
    } else if (container?.kind === 'object') {
      yield* this.#properties(container.value, place, now);
    }
  }

  *#entries(
    entries: readonly (readonly [Value, Value])[],
    place: string,
    now: Places,
  ): Generator<SimplerValue> {
    for (const fewer of fewerOf(entries)) yield { value: new Map(fewer) };
    for (const [index, [key, item]] of entries.entries()) {
      for (const made of this.#within(item, `${place}[]`, now)) {
        yield { ...made, value: new Map(entries.with(index, [key, made.value])) };
      }
      for (const made of this.#within(key, `${place}{}`, now)) {
        const map = new Map(entries.with(index, [made.value, item]));
        if (map.size === entries.length) yield { ...made, value: map };
      }
    }
  }

  *#properties(
    value: { readonly [key: string]: Value },
    place: string,
    now: Places,
  ): Generator<SimplerValue> {
    for (const key of Object.keys(value)) {
      if (!this.#original.isOptional(place, key) && !now.isOptional(place, key)) continue;
      const { [key]: _, ...rest } = value;
      yield { value: rest };
    }
    for (const [key, item] of Object.entries(value)) {
      if (isDiscriminant(key, item)) continue;
      for (const made of this.#within(item, `${place}.${key}`, now)) {
        yield { ...made, value: { ...value, [key]: made.value } };
      }
    }
  }

  /** Simpler values inside another value, where a text may have any length. */
  *#within(value: Value, place: string, now: Places): Generator<SimplerValue> {
    if (typeof value === 'object' && value !== null) yield* this.#parts(value, place, now);
    else yield* this.#scalars(value, place, now);
  }

  *#scalars(value: Value, place: string, now: Places): Generator<SimplerValue> {
    const isSeen = this.#original.has(place, value);
    const seen = [
      ...this.#original.simplerThan(place, value).slice(0, SEEN_TRIES_MAX),
      ...now.simplerThan(place, value),
    ];
    const [small, rest] = inventedFor(value);
    for (const other of [...small, ...seen, ...rest]) {
      yield { value: other, replaced: [value, other] };
    }
    if (typeof value !== 'string') return;
    if (this.#isAsked) {
      for (const other of alikeTexts(value)) yield { value: other, replaced: [value, other] };
    }
    if (isFormatted(value)) return;
    for (const other of simplerTexts(value, isSeen)) {
      yield { value: other, replaced: [value, other], isMadeUp: true };
    }
  }
}

/** Simple scalars that fit any machine: those to try before the values that were seen, and after. */
function inventedFor(value: Value): readonly [readonly Value[], readonly Value[]] {
  if (typeof value === 'number') return simplerNumbers(value);
  if (typeof value === 'bigint') return simplerBigints(value);
  return [value === true ? [false] : [], []];
}

/** Whether a text has digits with something between them, as in times and dates, which have no simpler parts. */
function isFormatted(text: string): boolean {
  return /^\d[\dTZ:.,+/ -]*$/.test(text) && /\D/.test(text);
}

/** Lists without a stretch of their items, the shortest first. */
function* fewerOf<Item>(list: readonly Item[]): Generator<readonly Item[]> {
  for (let size = list.length; size >= 1; size = Math.floor(size / 2)) {
    for (let end = list.length; end > 0; end -= size) {
      yield list.toSpliced(Math.max(0, end - size), Math.min(size, end));
    }
  }
}

/** Whole numbers simpler than a bigint: those to try before the values that were seen, and after. */
export function simplerBigints(value: bigint): readonly [readonly bigint[], readonly bigint[]] {
  const size = absolute(value);
  const sign = value < 0n ? -1n : 1n;
  const small: bigint[] = [];
  for (let other = 0n; other < size && other < SMALL_MAX; other += 1n) small.push(other);
  const rest: bigint[] = value < 0n ? [size] : [];
  for (let power = 10n; power <= size; power *= 10n) rest.push(sign * (size % power));
  for (let less = size / 2n; less > 0n; less /= 2n) rest.push(sign * (size - less));
  for (let less = 1n; less <= DECREMENTS_MAX && less < size; less += 1n) {
    rest.push(sign * (size - less));
  }
  return [small, [...new Set(rest)].filter((other) => compareBigints(other, value) < 0)];
}

function simplerNumbers(value: number): readonly [readonly number[], readonly number[]] {
  const isSimpler = (other: number) => compareNumbers(other, value) < 0;
  if (!Number.isFinite(value)) return [[0, 1].filter(isSimpler), []];
  const whole = Math.trunc(value);
  const [small, rest] = simplerBigints(BigInt(whole));
  const rounded = [whole, ...[1, 2, 3].map((digits) => Number(value.toFixed(digits)))];
  return [small.map(Number).filter(isSimpler), [...rounded, ...rest.map(Number)].filter(isSimpler)];
}

/**
 * Texts of the same form as a text, with a smaller number or a letter from earlier in the alphabet: `A1` for `B7`,
 * `09:00` for `13:45`.
 */
function* alikeTexts(text: string): Generator<string> {
  for (const { index, 0: part } of text.matchAll(/\d+|(?<!\p{L})[B-Zb-z](?!\p{L})/gu)) {
    const put = (other: string) => text.slice(0, index) + other + text.slice(index + part.length);
    for (const other of smallerParts(part)) yield put(other);
  }
}

/** Smaller numbers of as many digits, or the letters before one. */
function smallerParts(part: string): readonly string[] {
  if (/^\d/.test(part)) {
    const numbers = simplerBigints(BigInt(part)).flat();
    return numbers.map((number) => String(number).padStart(part.length, '0'));
  }
  const first = part === part.toUpperCase() ? 'A' : 'a';
  const count = part.charCodeAt(0) - first.charCodeAt(0);
  return Array.from({ length: count }, (_, at) => String.fromCharCode(first.charCodeAt(0) + at));
}

/**
 * Texts that are simpler than a text: shorter ones, whose beginning is kept the longest. Characters
 * change only in a text that was made up already: a text that occurred is easier to understand.
 */
function* simplerTexts(text: string, isSeen: boolean): Generator<string> {
  const chars = Array.from(text);
  for (const fewer of fewerOf(chars)) {
    const isTooFine = chars.length > PIECES_MAX * (chars.length - fewer.length);
    if (isTooFine) break;
    yield fewer.join('');
  }
  if (isSeen || chars.length > PIECES_MAX) return;
  const simplified = chars.map((char) => (char > SIMPLEST ? SIMPLEST : char));
  const all = simplified.join('');
  if (all !== text) yield all;
  for (const [index, char] of simplified.entries()) {
    if (char !== chars[index]) yield chars.with(index, char).join('');
  }
}
