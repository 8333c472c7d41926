import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { assertNever } from '../assert.ts';
import { containerOf } from './container.ts';
import { Tuple } from './tuple.ts';
import { isFrozen, UnsupportedValueError, type Value } from './value.ts';

/** Bytes of a digest that are kept: 128 bits never collide by chance. */
const DIGEST_BYTES = 16;

const digests = new WeakMap<object, string>();

/** What the digest of a text costs besides its characters, in characters. */
const HASH_EFFORT = 300;

let effort = 0;

/**
 * The effort that digests took since the start of the program, in characters of some 10 ns each: the
 * same for the same values, so that what is decided by it can be repeated.
 */
export function hashingEffort(): number {
  return effort;
}

/**
 * The digest of a text: 32 hexadecimal digits (SHA-256, cut to 128 bits).
 */
export function hashText(text: string): string {
  effort += HASH_EFFORT + text.length;
  return bytesToHex(sha256(utf8ToBytes(text)).subarray(0, DIGEST_BYTES));
}

/**
 * The digest of a value, 32 hexadecimal digits. The digest of a container is made of its
 * children's digests (a Merkle tree), and those of frozen containers are remembered: hashing the
 * state after a step costs what the step changed.
 *
 * The order of Map entries and Set members counts, since a machine can see it; the order of object
 * keys does not, and that of a table's rows follows from their keys. The digest of a table is made of
 * the sum of its rows' digests.
 *
 * @throws {UnsupportedValueError} for anything that is not a {@link Value}.
 */
export function hashValue(value: Value): string {
  return hashText(describe(value));
}

/**
 * A text that differs for different values: leaves with a type tag, containers by digest. Texts
 * with lone surrogates, which are not Unicode, are not distinguished.
 */
function describe(value: Value): string {
  switch (typeof value) {
    case 'string':
      return `s${value}`;
    case 'number':
      return Object.is(value, -0) ? 'd-0' : `d${value}`;
    case 'bigint':
      return `n${value}`;
    case 'boolean':
      return value ? 't' : 'f';
    case 'undefined':
      return 'u';
    case 'object':
      return value === null ? 'z' : `#${digestOf(value)}`;
    case 'function':
    case 'symbol':
    default:
      throw new UnsupportedValueError([], value, 'The value');
  }
}

/**
 * The digest of a container by itself, remembered when it is frozen. Two of equal content have the same
 * one; use {@link hashValue} for what is written to files.
 */
export function digestOf(value: Value & object): string {
  const known = digests.get(value);
  if (known !== undefined) return known;
  const digest = hashText(listChildren(value));
  // Only what can no longer change may be remembered.
  if (isFrozen(value)) digests.set(value, digest);
  return digest;
}

function listChildren(value: Value & object): string {
  const container = containerOf(value);
  switch (container?.kind) {
    case undefined:
      throw new UnsupportedValueError([], value, 'The value');
    case 'list':
      return `${container.value instanceof Tuple ? '(' : '['}${Array.from(container.value, child).join('')}`;
    case 'table': {
      const sum = container.value.sumOfDigests((key, row) =>
        BigInt(`0x${hashText(child(key) + child(row))}`),
      );
      return `{r${container.size}:${sum}`;
    }
    case 'map': {
      let text = '{m';
      for (const [key, item] of container.value) text += child(key) + child(item);
      return text;
    }
    case 'set':
      return `{s${Array.from(container.value, child).join('')}`;
    case 'object': {
      let text = '{o';
      const object = container.value;
      for (const key of Object.keys(object).toSorted()) text += child(key) + child(object[key]);
      return text;
    }
    default:
      return assertNever(container, 'container');
  }
}

/** The objects among some keys, grouped by content (see {@link digestOf}), each group in order. */
export function groupByContent(keys: Iterable<Value>): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const key of keys) {
    if (typeof key !== 'object' || key === null) continue;
    const digest = digestOf(key);
    const group = groups.get(digest);
    if (group) group.push(key);
    else groups.set(digest, [key]);
  }
  return groups;
}

/** Length before content, so that neighbours can never run into each other. */
function child(value: Value): string {
  const text = describe(value);
  return `${text.length}:${text}`;
}
