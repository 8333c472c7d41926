import { contentHash } from './content-hash.ts';
import { newEdit } from './edit.ts';
import { spend } from './effort.ts';
import { placesUnder, withKey, withoutKey, type HashIndex } from './hash-index.ts';
import { isFrozen, sameValue, type Value } from './value.ts';

/** The keys of a Map, or the members of a Set. */
export type Keys = ReadonlyMap<Value, Value> | ReadonlySet<Value>;

/** In fewer keys than this, one is found as quickly by looking at each. */
const INDEXED_KEYS_MIN = 32;

/** The effort of comparing two keys, of looking at the hash of one, and of putting one into an index. */
const COMPARED_EFFORT = 500;
const LOOKED_EFFORT = 20;
const INDEXED_EFFORT = 200;

/**
 * Finds keys that are objects by their content. A Map finds them by identity, but a path that was read
 * from a file has copies. Versions of an index share what they have in common.
 */
class ContentIndex {
  #index: HashIndex;
  /** Later keys have higher places. */
  #next = 0;
  readonly #edit = newEdit();

  constructor(from?: ContentIndex) {
    if (!from) return;
    this.#index = from.#index;
    this.#next = from.#next;
  }

  static of(keys: Keys): ContentIndex {
    const index = new ContentIndex();
    for (const key of keys.keys()) index.add(key);
    return index;
  }

  add(key: Value): void {
    if (typeof key !== 'object' || key === null) return;
    spend(INDEXED_EFFORT);
    this.#index = withKey(this.#index, key, this.#next, this.#edit, contentHash(key));
    this.#next += 1;
  }

  delete(key: Value): void {
    if (typeof key !== 'object' || key === null) return;
    spend(INDEXED_EFFORT);
    this.#index = withoutKey(this.#index, key, this.#edit, contentHash(key));
  }

  /** The first key of a content. */
  find(wanted: Value): { readonly key: Value } | undefined {
    let first: { readonly key: Value; readonly place: number } | undefined;
    for (const [key, place] of placesUnder(this.#index, contentHash(wanted))) {
      spend(COMPARED_EFFORT);
      if (first && first.place < place) continue;
      if (sameValue(key, wanted)) first = { key, place };
    }
    return first;
  }
}

const indices = new WeakMap<Keys, ContentIndex>();

/** The first key of a content, among keys that may change without a note. */
export function findByContent(
  keys: Keys,
  wanted: Value & object,
): { readonly key: Value } | undefined {
  const index = isFrozen(keys) ? indexOf(keys) : undefined;
  return index ? index.find(wanted) : findOneByOne(keys, wanted);
}

function findOneByOne(keys: Keys, wanted: Value & object): { readonly key: Value } | undefined {
  const hash = contentHash(wanted);
  for (const key of keys.keys()) {
    spend(LOOKED_EFFORT);
    if (typeof key !== 'object' || key === null || contentHash(key) !== hash) continue;
    spend(COMPARED_EFFORT);
    if (sameValue(key, wanted)) return { key };
  }
  return undefined;
}

function indexOf(keys: Keys): ContentIndex | undefined {
  const known = indices.get(keys);
  if (known || keys.size < INDEXED_KEYS_MIN) return known;
  const index = ContentIndex.of(keys);
  indices.set(keys, index);
  return index;
}

/** The keys of a copy, all of whose changes are noted here, so that an index of them can be kept. */
export class OwnKeys {
  readonly #keys: Keys;
  /** What the copy still equals, if that cannot change: an index of it serves the next copies, too. */
  #original: Keys | undefined;

  constructor(copy: Keys, original: Keys) {
    this.#keys = copy;
    this.#original = isFrozen(original) ? original : undefined;
    if (indices.has(original)) this.#share(original);
  }

  /** The first key of a content. */
  find(wanted: Value & object): { readonly key: Value } | undefined {
    if (this.#original && !indices.has(this.#keys)) this.#share(this.#original);
    const index = indexOf(this.#keys);
    return index ? index.find(wanted) : findOneByOne(this.#keys, wanted);
  }

  /** Notes that a key was put in that was not there. */
  noteAdded(key: Value): void {
    this.#original = undefined;
    indices.get(this.#keys)?.add(key);
  }

  /** Notes that a key was taken out. */
  noteRemoved(key: Value): void {
    this.#original = undefined;
    indices.get(this.#keys)?.delete(key);
  }

  #share(original: Keys): void {
    const index = indexOf(original);
    if (index) indices.set(this.#keys, new ContentIndex(index));
  }
}
