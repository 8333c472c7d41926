import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { assertNever } from '../assert.ts';
import { containerOf, type Container } from './container.ts';
import { spend } from './effort.ts';
import { FrozenMark } from './frozen-mark.ts';
import type { Entry } from './ordered-entries.ts';
import {
  digestSummary,
  joinDigests,
  ofDigest,
  ofText,
  type SequenceDigest,
} from './sequence-digest.ts';
import { summarize, type Summary } from './sequence.ts';
import { Tuple } from './tuple.ts';
import { isFrozen, UnsupportedValueError, type Value } from './value.ts';
import { WideList } from './wide-list.ts';
import { entriesOfWide } from './wide.ts';

/** Bytes of a digest that are kept: 128 bits never collide by chance. */
const DIGEST_BYTES = 16;

/**
 * How containers with many items are digested. `whole`: as all others, by a text of all items; traces
 * up to version 4 have it. `parts`: from digests of their parts, so that a change costs what it touched.
 * Smaller containers have the same digest in both.
 */
export const DIGESTS = ['whole', 'parts'] as const;
export type Digests = (typeof DIGESTS)[number];

/** With `parts`, containers with at least this many items are digested from their parts. */
const PARTS_ITEMS_MIN = 512;

/** The digests that are not kept by a {@link FrozenMark}. */
const known: Readonly<Record<Digests, WeakMap<object, string>>> = {
  whole: new WeakMap(),
  parts: new WeakMap(),
};

/** The effort of the digest of a text, and that of each of its characters. */
const HASH_EFFORT = 3_000;
const CHAR_EFFORT = 10;

/**
 * The digest of a text: 32 hexadecimal digits (SHA-256, cut to 128 bits).
 */
export function hashText(text: string): string {
  spend(HASH_EFFORT + CHAR_EFFORT * text.length);
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
export function hashValue(value: Value, digests: Digests = 'parts'): string {
  return hashText(describe(value, digests));
}

/**
 * A text that differs for different values: leaves with a type tag, containers by digest. Texts with
 * lone surrogates are not Unicode: with `whole`, they are all the same character.
 */
function describe(value: Value, digests: Digests): string {
  switch (typeof value) {
    case 'string':
      return digests === 'whole' || value.isWellFormed()
        ? `s${value}`
        : `w${JSON.stringify(value)}`;
    case 'number':
      return Object.is(value, -0) ? 'd-0' : `d${value}`;
    case 'bigint':
      return `n${value}`;
    case 'boolean':
      return value ? 't' : 'f';
    case 'undefined':
      return 'u';
    case 'object':
      return value === null ? 'z' : `#${digestOf(value, digests)}`;
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
export function digestOf(value: Value & object, digests: Digests = 'parts'): string {
  const kept = digests === 'parts' ? FrozenMark.digestOf(value) : undefined;
  const remembered = kept ?? known[digests].get(value);
  if (remembered !== undefined) return remembered;
  const container = containerOf(value);
  if (!container) throw new UnsupportedValueError([], value, 'The value');
  const isOfParts = digests === 'parts' && container.size >= PARTS_ITEMS_MIN;
  const digest = hashText(isOfParts ? listParts(container) : listChildren(container, digests));
  // Only what can no longer change may be remembered.
  if (!isFrozen(value)) return digest;
  if (digests !== 'parts' || !FrozenMark.keepDigest(value, digest))
    known[digests].set(value, digest);
  return digest;
}

function listChildren(container: Container, digests: Digests): string {
  const child = (value: Value) => childOf(value, digests);
  switch (container.kind) {
    case 'list':
      return `${tagOf(container)}${Array.from(container.value, child).join('')}`;
    case 'table': {
      const sum = container.value.sumOfDigests((key, row) =>
        BigInt(`0x${hashText(child(key) + child(row))}`),
      );
      return `{r${container.size}:${sum}`;
    }
    case 'map': {
      let text = tagOf(container);
      for (const [key, item] of container.value) text += child(key) + child(item);
      return text;
    }
    case 'set':
      return `${tagOf(container)}${Array.from(container.value, child).join('')}`;
    case 'object': {
      let text = tagOf(container);
      const object = container.value;
      for (const key of Object.keys(object).toSorted()) text += child(key) + child(object[key]);
      return text;
    }
    default:
      return assertNever(container, 'container');
  }
}

function tagOf(container: Exclude<Container, { readonly kind: 'table' }>): string {
  switch (container.kind) {
    case 'list':
      return container.value instanceof Tuple ? '(' : '[';
    case 'map':
      return '{m';
    case 'set':
      return '{s';
    case 'object':
      return '{o';
    default:
      return assertNever(container, 'container');
  }
}

/** Says for a container with many items what {@link listChildren} says, with a digest of the items. */
function listParts(container: Container): string {
  if (container.kind === 'table') return listChildren(container, 'parts');
  // No child has a text that begins so: its length comes first.
  return `${tagOf(container)}*${container.size}:${digestOfItems(container).text}`;
}

function digestOfItems(container: Exclude<Container, { readonly kind: 'table' }>): SequenceDigest {
  const { value } = container;
  const list = WideList.of(value);
  if (list?.sequence) return summarize(list.sequence, ITEMS);
  const sequence = entriesOfWide(value)?.sequence;
  if (sequence) return summarize(sequence, ENTRIES[container.kind]);
  switch (container.kind) {
    case 'list':
      return ITEMS.of(container.value);
    case 'map':
    case 'set':
      return ENTRIES[container.kind].of(Array.from(container.value.entries(), toEntry));
    case 'object':
      return ENTRIES.object.of(Object.entries(container.value).map(toEntry));
    default:
      return assertNever(container, 'container');
  }
}

type Digested = Pick<Entry, 'key' | 'value' | 'digest'>;

function toEntry([key, value]: readonly [Value, Value]): Digested {
  return { key, value, digest: undefined };
}

function digestOfItem(value: Value): SequenceDigest {
  const isLeaf = typeof value !== 'object' || value === null;
  return isLeaf ? ofText(describe(value, 'parts')) : ofDigest(digestOf(value));
}

function digestOfEntry(entry: Digested, make: (entry: Digested) => SequenceDigest): SequenceDigest {
  return (entry.digest ??= make(entry)) as SequenceDigest;
}

const ITEMS = digestSummary(digestOfItem, true);

/** The entries of a Map are a sequence of keys and values; those of an object have no order. */
const ENTRIES: Readonly<Record<Container['kind'], Summary<Digested, SequenceDigest>>> = (() => {
  const pair = ({ key, value }: Digested) => joinDigests([digestOfItem(key), digestOfItem(value)]);
  const property = ({ key, value }: Digested) =>
    ofDigest(hashText(childOf(key, 'parts') + childOf(value, 'parts')));
  const map = digestSummary((entry: Digested) => digestOfEntry(entry, pair), true);
  const set = digestSummary((entry: Digested) => digestOfItem(entry.key), true);
  const object = digestSummary((entry: Digested) => digestOfEntry(entry, property), false);
  return { map, set, object, list: map, table: map };
})();

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
function childOf(value: Value, digests: Digests): string {
  const text = describe(value, digests);
  return `${text.length}:${text}`;
}
