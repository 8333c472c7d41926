/** @file Integers as objects of the package bignumber.js, which tools write that forget to convert them. */

/** An integer as that package holds it, and as `JSON.stringify` shows it. */
interface BigNumber {
  /** The sign. */
  readonly s: number;
  /** The exponent of ten of the first digit. */
  readonly e: number;
  /** The digits, in groups of fourteen; groups of zeros at the end are left out. */
  readonly c: readonly number[];
}

const GROUP_DIGITS = 14;
const GROUP = 10 ** GROUP_DIGITS;

/** Whether an object has the fields of such an integer and no others, whatever they hold. */
export function isLikeBigNumber(json: object): boolean {
  const keys = Object.keys(json);
  return keys.length === 3 && ['s', 'e', 'c'].every((key) => keys.includes(key));
}

/**
 * The integer that an object of that package is.
 *
 * @param digitsMax a limit: an exponent of some digits is a number of a million.
 * @returns `undefined` for anything else, such as a record that has these fields by chance: its sign, exponent
 *   and groups do not belong together.
 */
export function bigNumberOf(json: object, digitsMax: number): bigint | undefined {
  if (!isLikeBigNumber(json)) return undefined;
  const { s, e, c } = json as BigNumber;
  const hasForm =
    (s === 1 || s === -1) && Number.isSafeInteger(e) && e >= 0 && e < digitsMax && areGroups(c);
  if (!hasForm) return undefined;
  const places = Math.floor(e / GROUP_DIGITS);
  const [first = 0] = c;
  if (first === 0) return c.length === 1 && e === 0 ? 0n : undefined;
  const isFitting =
    String(first).length === (e % GROUP_DIGITS) + 1 && c.length <= places + 1 && c.at(-1) !== 0;
  if (!isFitting) return undefined;
  const groups = c.map((group, at) =>
    at === 0 ? group : String(group).padStart(GROUP_DIGITS, '0'),
  );
  const digits = groups.join('') + '0'.repeat((places + 1 - c.length) * GROUP_DIGITS);
  return BigInt(s) * BigInt(digits);
}

function areGroups(c: unknown): c is readonly number[] {
  const isGroup = (group: unknown) =>
    Number.isSafeInteger(group) && (group as number) >= 0 && (group as number) < GROUP;
  return Array.isArray(c) && c.length > 0 && c.every(isGroup);
}
