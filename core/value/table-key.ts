import type { Value } from './types.ts';

/** @file The keys of tables: their order, and the level that each has in the tree of a table. */

/**
 * The order of keys: null, then booleans, numbers, texts (by code unit), lists (item by item).
 *
 * @throws {TypeError} for a key of another kind.
 */
export function compareKeys(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : Number(a > b);
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : Number(a > b);
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(a, b);
  const byRank = typeRankOf(a) - typeRankOf(b);
  if (byRank !== 0 || a === null || a === undefined || b === null || b === undefined) return byRank;
  // A number and a bigint compare by value.
  return a < b ? -1 : Number(a > b);
}

function compareLists(a: readonly Value[], b: readonly Value[]): number {
  for (const [index, item] of a.entries()) {
    if (index >= b.length) return 1;
    const order = compareKeys(item, b[index]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function typeRankOf(key: Value): number {
  switch (typeof key) {
    case 'undefined':
      return 0;
    case 'boolean':
      return 1;
    case 'number':
    case 'bigint':
      return 2;
    case 'string':
      return 3;
    case 'object':
      if (key === null) return 0;
      if (Array.isArray(key)) return 4;
      throw new TypeError('A key of a table cannot be an object');
    case 'function':
    case 'symbol':
    default:
      throw new TypeError(`A key of a table cannot be a ${typeof key}`);
  }
}

/** FNV-1a, whose offset and prime these are, mixed as MurmurHash3 ends. 32 bits, signed. */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  // Signed, so that it is a small integer: others are kept as an object of their own in each node.
  return (mixed ^ (mixed >>> 16)) | 0;
}

/** Keys that compare as the same have the same hash. */
function hashOf(key: Value): number {
  // Small numbers are the most common keys by far.
  if (typeof key === 'number' && (key | 0) === key) return mix(key ^ FNV_OFFSET);
  if (Array.isArray(key)) {
    let hash = FNV_OFFSET;
    for (const item of key) hash = Math.imul(hash, FNV_PRIME) ^ hashOf(item);
    return mix(hash);
  }
  if (typeof key === 'bigint' && BigInt.asIntN(32, key) === key) return hashOf(Number(key));
  const isNothing = key === undefined || typeof key === 'object';
  const text = isNothing ? 'null' : String(key);
  let hash = FNV_OFFSET;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  }
  return mix(hash);
}

/** Bits of the hash that decide over one level: each has an eighth of the rows below. */
const LEVEL_BITS = 3;

/** The level of the tree that the row of a key lies on. */
export function levelOf(key: Value): number {
  const hash = hashOf(key);
  const trailingZeros = hash === 0 ? 32 : 31 - Math.clz32(hash & -hash);
  return Math.floor(trailingZeros / LEVEL_BITS);
}
