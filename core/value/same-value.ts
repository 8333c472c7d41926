import { Table } from './table.ts';
import { sameListKind } from './tuple.ts';
import type { PlainObject } from './types.ts';
import { sameWide } from './wide.ts';

/** So many containers are compared before it is remembered which are the same. */
const UNREMEMBERED_MAX = 100_000;

/** How many more containers are compared before that, in the comparison that goes on. */
let untilRemembered = 0;
/** What was found the same as what, since then. */
let knownSame: Map<object, object> | undefined;

/**
 * Whether two values are the same data, in the same order of Map entries and Set members. Parts that are
 * used in many places, as in `[a, a]`, are compared once.
 */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  untilRemembered = UNREMEMBERED_MAX;
  try {
    return sameContainers(a, b);
  } finally {
    knownSame = undefined;
  }
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (untilRemembered === 0) return isKnownSame(a, b);
  untilRemembered -= 1;
  return sameContainers(a, b);
}

/** To remember takes more than to compare most values, which are small. */
function isKnownSame(a: object, b: object): boolean {
  knownSame ??= new Map();
  if (knownSame.get(a) === b) return true;
  const result = sameContainers(a, b);
  if (result) knownSame.set(a, b);
  return result;
}

/**
 * Distinguishes the kinds of containers by itself: it runs for every item of every comparison, and
 * `containerOf`, which is built on it, would make an object for each.
 */
function sameContainers(a: object, b: object): boolean {
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length || !sameListKind(a, b)) return false;
    return sameWide(a, b, isSame) ?? sameItems(a, b);
  }
  if (a instanceof Table || b instanceof Table) {
    return a instanceof Table && b instanceof Table && sameRows(a, b);
  }
  if (a instanceof Map) {
    if (!(b instanceof Map) || a.size !== b.size) return false;
    return sameWide(a, b, isSame) ?? sameItems(entriesOf(a), entriesOf(b));
  }
  if (a instanceof Set) {
    if (!(b instanceof Set) || a.size !== b.size) return false;
    return sameWide(a, b, isSame) ?? sameItems([...a], [...b]);
  }
  if (Array.isArray(b) || b instanceof Map || b instanceof Set) return false;
  return sameWide(a, b, isSame) ?? sameProperties(a as PlainObject, b as PlainObject);
}

/** Makes no list of keys, and no function: this runs for every object in a comparison. */
function sameProperties(a: PlainObject, b: PlainObject): boolean {
  let more = 0;
  for (const key in a) {
    if (!Object.hasOwn(b, key) || !isSame(a[key], b[key])) return false;
    more += 1;
  }
  for (const _ in b) more -= 1;
  return more === 0;
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
}

function sameRows(a: Table, b: Table): boolean {
  if (a.size !== b.size) return false;
  for (const { before, after } of a.differences(b)) {
    if (!before || !after || !isSame(before.row, after.row)) return false;
  }
  return true;
}

function entriesOf(map: ReadonlyMap<unknown, unknown>): readonly unknown[] {
  return [...map.keys(), ...map.values()];
}
