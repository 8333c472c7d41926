import type { Edit } from './sequence.ts';
import type { Value } from './types.ts';

/** What can be found by its key. */
export interface Keyed {
  readonly key: Value;
}

/** Entries under the bits of their keys' hashes that a level decides by. */
interface IndexNode<Entry> {
  readonly isNode: true;
  /** Which of the 32 slots there are. */
  bitmap: number;
  readonly slots: (IndexNode<Entry> | Bucket<Entry>)[];
  readonly edit: Edit;
}

/** Entries whose keys have the same hash: nearly always a single one. */
interface Bucket<Entry> {
  readonly isNode: false;
  readonly hash: number;
  readonly entries: readonly Entry[];
}

/**
 * Entries by key, where keys are told apart as a Map does. A hash array mapped trie (Bagwell, 2001):
 * changed versions share nearly everything. `undefined` is the empty index.
 */
export type HashIndex<Entry extends Keyed> = IndexNode<Entry> | undefined;

const LEVEL_BITS = 5;
const LEVEL_MASK = 31;

/** The entry of a key. */
export function indexed<Entry extends Keyed>(
  index: HashIndex<Entry>,
  key: Value,
): Entry | undefined {
  if (!index) return undefined;
  const hash = hashOf(key);
  let node: IndexNode<Entry> = index;
  for (let shift = 0; ; shift += LEVEL_BITS) {
    const bit = 1 << ((hash >>> shift) & LEVEL_MASK);
    if ((node.bitmap & bit) === 0) return undefined;
    const slot = node.slots[placeOf(node.bitmap, bit)] as IndexNode<Entry> | Bucket<Entry>;
    if (slot.isNode) {
      node = slot;
      continue;
    }
    if (slot.hash !== hash) return undefined;
    for (const entry of slot.entries) if (isSameKey(entry.key, key)) return entry;
    return undefined;
  }
}

/** The index with an entry, in the place of the one of the same key. */
export function withIndexed<Entry extends Keyed>(
  index: HashIndex<Entry>,
  entry: Entry,
  edit: Edit,
): HashIndex<Entry> {
  const hash = hashOf(entry.key);
  return put(index ?? emptyNode<Entry>(edit), { isNode: false, hash, entries: [entry] }, 0, edit);
}

/** The index without the entry of a key. */
export function withoutIndexed<Entry extends Keyed>(
  index: HashIndex<Entry>,
  key: Value,
  edit: Edit,
): HashIndex<Entry> {
  return index && take(index, key, hashOf(key), 0, edit);
}

function emptyNode<Entry>(edit: Edit): IndexNode<Entry> {
  return { isNode: true, bitmap: 0, slots: [], edit };
}

function put<Entry extends Keyed>(
  node: IndexNode<Entry>,
  bucket: Bucket<Entry>,
  shift: number,
  edit: Edit,
): IndexNode<Entry> {
  const bit = 1 << ((bucket.hash >>> shift) & LEVEL_MASK);
  const at = placeOf(node.bitmap, bit);
  if ((node.bitmap & bit) === 0) return withNewSlot(node, at, bit, bucket, edit);
  const slot = node.slots[at] as IndexNode<Entry> | Bucket<Entry>;
  const below = shift + LEVEL_BITS;
  const filled = slot.isNode ? put(slot, bucket, below, edit) : together(slot, bucket, below, edit);
  return withSlot(node, at, filled, edit);
}

function withNewSlot<Entry>(
  node: IndexNode<Entry>,
  at: number,
  bit: number,
  bucket: Bucket<Entry>,
  edit: Edit,
): IndexNode<Entry> {
  if (node.edit === edit) {
    node.slots.splice(at, 0, bucket);
    node.bitmap |= bit;
    return node;
  }
  const slots = node.slots.toSpliced(at, 0, bucket);
  return { isNode: true, bitmap: node.bitmap | bit, slots, edit };
}

/** Two buckets that the levels above do not tell apart. */
function together<Entry extends Keyed>(
  one: Bucket<Entry>,
  other: Bucket<Entry>,
  shift: number,
  edit: Edit,
): IndexNode<Entry> | Bucket<Entry> {
  if (one.hash === other.hash) {
    const [entry] = other.entries;
    if (!entry) return one;
    const rest = one.entries.filter(({ key }) => !isSameKey(key, entry.key));
    return { isNode: false, hash: one.hash, entries: [...rest, entry] };
  }
  return put(put(emptyNode<Entry>(edit), one, shift, edit), other, shift, edit);
}

function withSlot<Entry>(
  node: IndexNode<Entry>,
  at: number,
  slot: IndexNode<Entry> | Bucket<Entry>,
  edit: Edit,
): IndexNode<Entry> {
  if (node.edit === edit) {
    node.slots[at] = slot;
    return node;
  }
  const slots = node.slots.slice();
  slots[at] = slot;
  return { isNode: true, bitmap: node.bitmap, slots, edit };
}

function take<Entry extends Keyed>(
  node: IndexNode<Entry>,
  key: Value,
  hash: number,
  shift: number,
  edit: Edit,
): HashIndex<Entry> {
  const bit = 1 << ((hash >>> shift) & LEVEL_MASK);
  if ((node.bitmap & bit) === 0) return node;
  const at = placeOf(node.bitmap, bit);
  const slot = node.slots[at] as IndexNode<Entry> | Bucket<Entry>;
  const rest = slot.isNode
    ? take(slot, key, hash, shift + LEVEL_BITS, edit)
    : withoutKey(slot, key);
  if (rest === slot) return node;
  if (rest) return withSlot(node, at, rest, edit);
  if (node.slots.length === 1) return undefined;
  return {
    isNode: true,
    bitmap: node.bitmap & ~bit,
    slots: node.slots.toSpliced(at, 1),
    edit,
  };
}

function withoutKey<Entry extends Keyed>(
  bucket: Bucket<Entry>,
  key: Value,
): Bucket<Entry> | undefined {
  const entries = bucket.entries.filter((entry) => !isSameKey(entry.key, key));
  if (entries.length === bucket.entries.length) return bucket;
  return entries.length === 0 ? undefined : { ...bucket, entries };
}

/** The place of a slot: how many slots come before its bit. */
function placeOf(bitmap: number, bit: number): number {
  let bits = bitmap & (bit - 1);
  bits -= (bits >>> 1) & 0x55555555;
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function isSameKey(a: Value, b: Value): boolean {
  return a === b || (a !== a && b !== b);
}

/** FNV-1a, whose offset and prime these are, mixed as MurmurHash3 ends. */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

function mixed(hash: number): number {
  let mix = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return mix ^ (mix >>> 16);
}

/** Keys that a Map takes for the same have the same hash. */
function hashOf(key: Value): number {
  switch (typeof key) {
    case 'number':
      return (key | 0) === key ? mixed(key) : hashOfText(String(key));
    case 'string':
      return hashOfText(key);
    case 'object':
      return key === null ? 1 : mixed(identityOf(key));
    case 'bigint':
      return mixed(Number(BigInt.asIntN(32, key)) ^ FNV_OFFSET);
    case 'undefined':
    case 'boolean':
    case 'function':
    case 'symbol':
    default:
      return hashOfText(String(key));
  }
}

function hashOfText(text: string): number {
  let hash = FNV_OFFSET;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  }
  return mixed(hash);
}

const identities = new WeakMap<object, number>();
let identitiesGiven = 0;

/** A number for each object: a Map finds objects by identity. */
function identityOf(object: object): number {
  let identity = identities.get(object);
  if (identity === undefined) identities.set(object, (identity = ++identitiesGiven));
  return identity;
}
