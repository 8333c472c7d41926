import type { Value } from './types.ts';
import { boundOf } from './wide-list.ts';

/** The property under which the draft of a list has its {@link DraftedList}. */
export const LIST = Symbol('drafted list');

/** The items of a list that is drafted, as they are kept: some of them may be drafts. */
export interface DraftedList {
  readonly size: number;
  at(index: number): Value;
  splice(index: number, removed: number, inserted: readonly Value[]): void;
  toList(): readonly Value[];
  /** Notes that something was written to the list. */
  modify(): void;
  /** What the author gets for an item. */
  drafted(item: Value): Value;
}

function listOf(draft: unknown): DraftedList {
  return (draft as { readonly [LIST]: DraftedList })[LIST];
}

/** Replaces a stretch and returns what was there, for the author. */
function replace(
  list: DraftedList,
  index: number,
  removed: number,
  inserted: readonly Value[],
): Value[] {
  const taken = Array.from({ length: removed }, (_, at) => list.at(index + at));
  const isSame =
    removed === inserted.length && taken.every((item, at) => Object.is(item, inserted[at]));
  const given = taken.map((item) => list.drafted(item));
  if (isSame) return given;
  list.modify();
  list.splice(index, removed, inserted);
  return given;
}

/** Puts all items in another order. */
function reorder(draft: Value, change: (items: Value[]) => Value[]): Value {
  const list = listOf(draft);
  const before = list.toList();
  const after = change([...before]);
  if (after.every((item, at) => Object.is(item, before[at]))) return draft;
  list.modify();
  list.splice(0, list.size, after);
  return draft;
}

type Search = 'includes' | 'indexOf' | 'lastIndexOf';

/** Objects are compared with the drafts of items; anything else can be searched for among the items. */
function search(draft: Value, method: Search, args: readonly unknown[]): unknown {
  const [wanted] = args;
  const isObject = typeof wanted === 'object' && wanted !== null;
  const among = isObject ? draft : listOf(draft).toList();
  return Reflect.apply(Array.prototype[method] as () => unknown, among, args);
}

/**
 * The methods that change a list, or search in it, done to the items themselves: through the draft each
 * item would be read and written one by one.
 */
export const DRAFT_LIST_METHODS: Readonly<Record<string, unknown>> = {
  push(this: Value, ...items: Value[]): number {
    const list = listOf(this);
    replace(list, list.size, 0, items);
    return list.size;
  },
  pop(this: Value): Value {
    const list = listOf(this);
    return list.size === 0 ? undefined : replace(list, list.size - 1, 1, [])[0];
  },
  shift(this: Value): Value {
    const list = listOf(this);
    return list.size === 0 ? undefined : replace(list, 0, 1, [])[0];
  },
  unshift(this: Value, ...items: Value[]): number {
    const list = listOf(this);
    replace(list, 0, 0, items);
    return list.size;
  },
  splice(this: Value, ...args: [unknown?, unknown?, ...Value[]]): Value[] {
    const list = listOf(this);
    const [start, count, ...inserted] = args;
    const from = boundOf(start, list.size, 0);
    const rest = list.size - from;
    const removed =
      args.length < 2 ? (args.length === 0 ? 0 : rest) : Math.trunc(Number(count)) || 0;
    return replace(list, from, Math.max(0, Math.min(removed, rest)), inserted);
  },
  sort(this: Value, compare?: (a: Value, b: Value) => number): Value {
    return reorder(this, (items) => items.toSorted(compare));
  },
  reverse(this: Value): Value {
    return reorder(this, (items) => items.toReversed());
  },
  includes(this: Value, ...args: unknown[]): unknown {
    return search(this, 'includes', args);
  },
  indexOf(this: Value, ...args: unknown[]): unknown {
    return search(this, 'indexOf', args);
  },
  lastIndexOf(this: Value, ...args: unknown[]): unknown {
    return search(this, 'lastIndexOf', args);
  },
};
