import { newEdit, refuseWrite, type Edit } from './edit.ts';
import { placeIn, withKey, withoutKey, type HashIndex } from './hash-index.ts';
import { differingRuns, type Run } from './sequence-difference.ts';
import { searchSequence } from './sequence-search.ts';
import { SequenceWalk } from './sequence-walk.ts';
import {
  itemAt,
  sequenceOf,
  settleFresh,
  sizeOf,
  toList,
  withItem,
  withRange,
  type Sequence,
} from './sequence.ts';
import type { Value } from './types.ts';

/** A key with its value, at its place in the order. */
export interface Entry {
  readonly key: Value;
  readonly value: Value;
  /** Later entries have higher places; a place is never used again. */
  readonly place: number;
  /** What `hash.ts` remembers of it. */
  digest: unknown;
}

/** The place of a new entry. @param next is higher than all places so far. */
export type Placing = (key: Value, next: number) => number;

/** How entries differ from later ones. */
export interface EntryDifferences {
  /** In the order before: entries that have another value, or are gone. */
  readonly before: readonly { readonly was: Entry; readonly is: Entry | undefined }[];
  /** In the order after. A key that was taken out and put in again is gone, and added. */
  readonly added: readonly Entry[];
}

/** The places of an object's keys that are not indices begin here: all indices come before. */
export const NAMES_FROM = 2 ** 32;

const atTheEnd: Placing = (_, next) => next;

/**
 * Entries of a Map, a Set or an object: found by key, in their order, and shared by versions. A copy
 * costs nothing, and a change the logarithm of the size.
 */
export class OrderedEntries {
  readonly #placing: Placing;
  #sequence: Sequence<Entry>;
  /** The place of each key: a change of a value leaves it as it is. */
  #index: HashIndex;
  #next: number;
  /** Absent once the entries can no longer change. */
  #edit: Edit | undefined = newEdit();
  /** How often a key was looked up since then, */
  #reads = 0;
  /** and the entries by key, once that was often. */
  #mirror: ReadonlyMap<Value, Entry> | undefined;

  constructor(placing: Placing = atTheEnd, from?: OrderedEntries) {
    this.#placing = placing;
    this.#sequence = from && from.#sequence;
    this.#index = from && from.#index;
    this.#next = from ? from.#next : 0;
  }

  /** Open entries of keys that are all different. */
  static of(pairs: Iterable<readonly [Value, Value]>, placing?: Placing): OrderedEntries {
    const made = new OrderedEntries(placing);
    const edit = made.#openEdit();
    const entries: Entry[] = [];
    for (const [key, value] of pairs) {
      const entry = made.#entry(key, value);
      entries.push(entry);
      made.#index = withKey(made.#index, key, entry.place, edit);
    }
    entries.sort((a, b) => a.place - b.place);
    made.#sequence = sequenceOf(entries, edit);
    return made;
  }

  /** The same entries, which can be changed for themselves. */
  copy(): OrderedEntries {
    return new OrderedEntries(this.#placing, this);
  }

  get isOpen(): boolean {
    return this.#edit !== undefined;
  }

  get sequence(): Sequence<Entry> {
    return this.#sequence;
  }

  get size(): number {
    return sizeOf(this.#sequence);
  }

  get(key: Value): Entry | undefined {
    if (this.#mirror) return this.#mirror.get(key);
    if (!this.#edit) this.#countRead();
    const place = placeIn(this.#index, key);
    return place === undefined ? undefined : this.at(this.#positionOf(place));
  }

  /** What is read much pays for a Map of its own, in which keys are found quicker. */
  #countRead(): void {
    this.#reads += 1;
    if (this.#reads * 2 < this.size) return;
    this.#mirror = new Map(this.toList().map((entry) => [entry.key, entry]));
  }

  /** The entry at a position in the order, which must be there. */
  at(position: number): Entry {
    return itemAt(this.#sequence, position);
  }

  /** Sets the value of a key; a new key comes at the end, or at its place. */
  set(key: Value, value: Value): void {
    const edit = this.#openEdit();
    const place = placeIn(this.#index, key);
    if (place !== undefined) return this.#put(place, key, value);
    const entry = this.#entry(key, value);
    const at = this.#positionOf(entry.place);
    this.#sequence = withRange(this.#sequence, at, at, [entry], edit);
    this.#index = withKey(this.#index, key, entry.place, edit);
  }

  /** Puts another key, and value, in the place of a key. */
  replace(key: Value, entry: Pick<Entry, 'key' | 'value'>): void {
    const edit = this.#openEdit();
    const place = placeIn(this.#index, key);
    if (place === undefined) return;
    this.#put(place, entry.key, entry.value);
    this.#index = withKey(withoutKey(this.#index, key, edit), entry.key, place, edit);
  }

  /** Puts an entry in the place of another one. */
  #put(place: number, key: Value, value: Value): void {
    if (!this.#sequence) return;
    const edit = this.#openEdit();
    const entry = { key, value, place, digest: undefined };
    this.#sequence = withItem(this.#sequence, this.#positionOf(place), entry, edit);
  }

  delete(key: Value): boolean {
    const edit = this.#openEdit();
    const place = placeIn(this.#index, key);
    if (place === undefined) return false;
    const at = this.#positionOf(place);
    this.#sequence = withRange(this.#sequence, at, at + 1, [], edit);
    this.#index = withoutKey(this.#index, key, edit);
    return true;
  }

  clear(): void {
    this.#openEdit();
    [this.#sequence, this.#index] = [undefined, undefined];
  }

  keys(): IterableIterator<Value, undefined> {
    return this.#edit ? this.#walkOpen(keyOf) : new KeyWalk(this.#sequence);
  }

  values(): IterableIterator<Value, undefined> {
    return this.#edit ? this.#walkOpen(valueOf) : new ValueWalk(this.#sequence);
  }

  pairs(): IterableIterator<[Value, Value], undefined> {
    return this.#edit ? this.#walkOpen(pairOf) : new PairWalk(this.#sequence);
  }

  /** As a Map does, it comes to what is put in on the way, and not to what is taken out. */
  *#walkOpen<Given>(pick: (entry: Entry) => Given): Generator<Given, undefined> {
    for (let place = 0; ; place += 1) {
      const at = searchSequence(this.#sequence, place, placeOf);
      if (at >= this.size) return undefined;
      const entry = this.at(at);
      ({ place } = entry);
      yield pick(entry);
    }
  }

  /** All entries as a new list. */
  toList(): Entry[] {
    return toList(this.#sequence);
  }

  /**
   * Ends the changes. Calls for each entry that may be new since the entries were opened; what is
   * returned takes the place of its value.
   */
  close(settle: (key: Value, value: Value) => Value): void {
    settleFresh(this.#sequence, this.#openEdit(), (entry) => {
      const settled = settle(entry.key, entry.value);
      // No version shares the entry yet.
      if (settled !== entry.value) (entry as { value: Value }).value = settled;
      return entry;
    });
    this.#edit = undefined;
  }

  /** What differs in later entries. Costs what was changed between the two. */
  differences(after: OrderedEntries): EntryDifferences {
    const older: Entry[] = [];
    const newer: Entry[] = [];
    for (const run of differingRuns(this.#sequence, after.#sequence)) {
      collect(this.#sequence, run.before, older);
      collect(after.#sequence, run.after, newer);
    }
    const added = new Map(newer.map((entry) => [entry.place, entry]));
    const before: { was: Entry; is: Entry | undefined }[] = [];
    for (const was of older) {
      const is = added.get(was.place);
      if (is === was) {
        added.delete(was.place);
        continue;
      }
      const isSameKey = is !== undefined && Object.is(is.key, was.key);
      if (isSameKey) added.delete(was.place);
      if (!isSameKey || !Object.is(is.value, was.value)) {
        before.push({ was, is: isSameKey ? is : undefined });
      }
    }
    return { before, added: [...added.values()] };
  }

  /** Whether entries come after all others. */
  areLast(entries: readonly Entry[]): boolean {
    const [first] = entries;
    return first === undefined || this.#positionOf(first.place) === this.size - entries.length;
  }

  #entry(key: Value, value: Value): Entry {
    const place = this.#placing(key, this.#next);
    this.#next = Math.max(this.#next, place + 1);
    return { key, value, place, digest: undefined };
  }

  #positionOf(place: number): number {
    return searchSequence(this.#sequence, place, placeOf);
  }

  #openEdit(): Edit {
    return this.#edit ?? refuseWrite();
  }
}

function collect(sequence: Sequence<Entry>, { from, to }: Run['before'], entries: Entry[]): void {
  for (let at = from; at < to; at += 1) entries.push(itemAt(sequence, at));
}

/** The end of a walk. */
const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

// Each has a `next` of its own, since reading all entries is what a machine may do at each step.

class KeyWalk extends SequenceWalk<Entry, Value> {
  next(): IteratorResult<Value, undefined> {
    if (this.at >= this.items.length && !this.toNextLeaf()) return DONE;
    return { done: false, value: (this.items[this.at++] as Entry).key };
  }
}

class ValueWalk extends SequenceWalk<Entry, Value> {
  next(): IteratorResult<Value, undefined> {
    if (this.at >= this.items.length && !this.toNextLeaf()) return DONE;
    return { done: false, value: (this.items[this.at++] as Entry).value };
  }
}

class PairWalk extends SequenceWalk<Entry, [Value, Value]> {
  next(): IteratorResult<[Value, Value], undefined> {
    if (this.at >= this.items.length && !this.toNextLeaf()) return DONE;
    const { key, value } = this.items[this.at++] as Entry;
    return { done: false, value: [key, value] };
  }
}

function placeOf({ place }: Entry): number {
  return place;
}

function keyOf({ key }: Entry): Value {
  return key;
}

function valueOf({ value }: Entry): Value {
  return value;
}

function pairOf({ key, value }: Entry): [Value, Value] {
  return [key, value];
}
