import type { Edit } from './edit.ts';
import type { Value } from './types.ts';

/** Keys under the bits of their hashes that a level decides by. */
interface IndexNode {
  readonly isNode: true;
  /** Which of the 32 slots there are. */
  bitmap: number;
  readonly slots: (IndexNode | Slot)[];
  readonly edit: Edit;
}

/** A key with its place, and others whose keys have the same hash, which hardly ever happens. */
interface Slot {
  readonly isNode: false;
  readonly hash: number;
  readonly key: Value;
  readonly place: number;
  readonly next: Slot | undefined;
}

/**
 * The places of keys, where keys are told apart as a Map does. A hash array mapped trie (Bagwell, 2001):
 * changed versions share nearly everything. `undefined` is the empty index.
 */
export type HashIndex = IndexNode | undefined;

const LEVEL_BITS = 5;
const LEVEL_MASK = 31;

/** The place of a key. */
export function placeIn(index: HashIndex, key: Value): number | undefined {
  if (!index) return undefined;
  for (let slot = slotUnder(index, hashOf(key)); slot; slot = slot.next) {
    if (isSameKey(slot.key, key)) return slot.place;
  }
  return undefined;
}

/** The keys with a hash and their places, where the index was made with hashes of another kind. */
export function* placesUnder(index: HashIndex, hash: number): Iterable<readonly [Value, number]> {
  for (let slot = index && slotUnder(index, hash); slot; slot = slot.next) {
    yield [slot.key, slot.place];
  }
}

function slotUnder(index: IndexNode, hash: number): Slot | undefined {
  let node = index;
  for (let shift = 0; ; shift += LEVEL_BITS) {
    const bit = 1 << ((hash >>> shift) & LEVEL_MASK);
    if ((node.bitmap & bit) === 0) return undefined;
    const slot = node.slots[rankOf(node.bitmap, bit)];
    if (!slot?.isNode) return slot?.hash === hash ? slot : undefined;
    node = slot;
  }
}

/** The index with a key that is not in it. @param hash for an index with hashes of another kind. */
export function withKey(
  index: HashIndex,
  key: Value,
  place: number,
  edit: Edit,
  hash = hashOf(key),
): HashIndex {
  const slot = { isNode: false, hash, key, place, next: undefined } as const;
  return put(index ?? emptyNode(edit), slot, 0, edit);
}

/** The index without a key. @param hash for an index with hashes of another kind. */
export function withoutKey(
  index: HashIndex,
  key: Value,
  edit: Edit,
  hash = hashOf(key),
): HashIndex {
  return index && take(index, key, hash, 0, edit);
}

function emptyNode(edit: Edit): IndexNode {
  return { isNode: true, bitmap: 0, slots: [], edit };
}

function put(node: IndexNode, added: Slot, shift: number, edit: Edit): IndexNode {
  const bit = 1 << ((added.hash >>> shift) & LEVEL_MASK);
  const at = rankOf(node.bitmap, bit);
  if ((node.bitmap & bit) === 0) return withNewSlot(node, at, bit, added, edit);
  const slot = node.slots[at] as IndexNode | Slot;
  const below = shift + LEVEL_BITS;
  const filled = slot.isNode ? put(slot, added, below, edit) : together(slot, added, below, edit);
  return withSlot(node, at, filled, edit);
}

function withNewSlot(node: IndexNode, at: number, bit: number, slot: Slot, edit: Edit): IndexNode {
  if (node.edit === edit) {
    node.slots.splice(at, 0, slot);
    node.bitmap |= bit;
    return node;
  }
  return {
    isNode: true,
    bitmap: node.bitmap | bit,
    slots: node.slots.toSpliced(at, 0, slot),
    edit,
  };
}

/** Two slots that the levels above do not tell apart. */
function together(one: Slot, other: Slot, shift: number, edit: Edit): IndexNode | Slot {
  if (one.hash === other.hash) return { ...other, next: one };
  return put(put(emptyNode(edit), one, shift, edit), other, shift, edit);
}

function withSlot(node: IndexNode, at: number, slot: IndexNode | Slot, edit: Edit): IndexNode {
  if (node.edit === edit) {
    node.slots[at] = slot;
    return node;
  }
  const slots = node.slots.slice();
  slots[at] = slot;
  return { isNode: true, bitmap: node.bitmap, slots, edit };
}

function take(node: IndexNode, key: Value, hash: number, shift: number, edit: Edit): HashIndex {
  const bit = 1 << ((hash >>> shift) & LEVEL_MASK);
  if ((node.bitmap & bit) === 0) return node;
  const at = rankOf(node.bitmap, bit);
  const slot = node.slots[at] as IndexNode | Slot;
  const rest = slot.isNode
    ? take(slot, key, hash, shift + LEVEL_BITS, edit)
    : slot.hash === hash
      ? others(slot, key)
      : slot;
  if (rest === slot) return node;
  if (rest) return withSlot(node, at, rest, edit);
  if (node.slots.length === 1) return undefined;
  const slots = node.slots.toSpliced(at, 1);
  return { isNode: true, bitmap: node.bitmap & ~bit, slots, edit };
}

/** The slots of one hash without that of a key. Without recursion: there may be many of one content. */
function others(slot: Slot, key: Value): Slot | undefined {
  const before: Slot[] = [];
  let found: Slot | undefined = slot;
  for (; found && !isSameKey(found.key, key); found = found.next) before.push(found);
  if (!found) return slot;
  return before.reduceRight<Slot | undefined>((next, one) => ({ ...one, next }), found.next);
}

/** How many slots come before that of a bit. */
function rankOf(bitmap: number, bit: number): number {
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
