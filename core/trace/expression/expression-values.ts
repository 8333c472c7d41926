import { findByContent } from '../../value/content-index.ts';
import { Tuple } from '../../value/tuple.ts';
import { fromEntries, isPlainObject, type PlainObject, type Value } from '../../value/value.ts';

/**
 * @file How expressions compare values and find members. An evaluator of CEL tells kinds of values apart
 * by their `constructor`, which can be a key of a state, and keeps whole numbers (bigints) and numbers
 * apart, which people write alike.
 */

/** Whether CEL has no kind of its own for a value: dates and lengths of time are not data of a state. */
export function isData(value: unknown): value is Value {
  if (typeof value !== 'object' || value === null) return true;
  return isContainer(value);
}

function isContainer(value: object): boolean {
  return (
    Array.isArray(value) || value instanceof Map || value instanceof Set || isPlainObject(value)
  );
}

/**
 * Whether two values are equal in an expression: whole numbers equal numbers, the order of Map entries,
 * Set members and keys does not count, and a Set or a tuple equals a list of its items, since an expression can
 * write neither. A Set never equals a tuple.
 */
export function equalData(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return isNumber(a) && isNumber(b) && a == b; // oxlint-disable-line eqeqeq
  }
  if (a instanceof Set) return equalToSet(a, b);
  if (b instanceof Set) return equalToSet(b, a);
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => equalData(item, b[index]));
  }
  if (a instanceof Map) return equalToMap(a, b);
  if (b instanceof Map) return equalToMap(b, a);
  const [one, other] = [a as PlainObject, b as PlainObject];
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && equalData(one[key], other[key]))
  );
}

function equalToSet(set: ReadonlySet<Value>, other: object): boolean {
  if (other instanceof Tuple) return false;
  const members = Array.isArray(other) ? new Set<Value>(other as Value[]) : other;
  if (!(members instanceof Set) || members.size !== set.size) return false;
  if (Array.isArray(other) && other.length !== set.size) return false;
  for (const member of set) if (!findKey(members, member)) return false;
  // Two members of one may equal one member of the other: 1 and 1n.
  for (const member of members) if (!findKey(set, member as Value)) return false;
  return true;
}

function equalToMap(map: ReadonlyMap<Value, Value>, other: object): boolean {
  if (Array.isArray(other)) return false;
  const entries =
    other instanceof Map
      ? (other as ReadonlyMap<Value, Value>)
      : new Map<Value, Value>(Object.entries(other as PlainObject));
  if (entries.size !== map.size) return false;
  for (const [key, value] of map) {
    const found = findKey(entries, key);
    if (!found || !equalData(value, entries.get(found.key))) return false;
  }
  return true;
}

/** The key of a Map, or the member of a Set, that equals a value. */
function findKey(
  keys: ReadonlyMap<Value, Value> | ReadonlySet<Value>,
  wanted: Value,
): { readonly key: Value } | undefined {
  if (keys.has(wanted)) return { key: wanted };
  if (isNumber(wanted)) {
    const alike = typeof wanted === 'bigint' ? Number(wanted) : toWhole(wanted);
    // oxlint-disable-next-line eqeqeq
    return alike !== undefined && alike == wanted && keys.has(alike) ? { key: alike } : undefined;
  }
  if (typeof wanted !== 'object' || wanted === null) return undefined;
  const found = findByContent(keys, wanted);
  if (found) return found;
  for (const key of keys.keys()) if (equalData(key, wanted)) return { key };
  return undefined;
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function toWhole(value: number): bigint | undefined {
  return Number.isInteger(value) ? BigInt(value) : undefined;
}

/**
 * Whether a list or a Set has a member, or a Map or an object a key.
 *
 * @throws {TypeError} when the container is none.
 */
export function hasMember(container: unknown, wanted: Value): boolean {
  if (Array.isArray(container)) return container.some((item) => equalData(item, wanted));
  if (container instanceof Set) return findKey(container, wanted) !== undefined;
  if (typeof container !== 'object' || container === null) {
    throw new TypeError(`"in" takes a list, a Set, a Map or an object, not ${nameOf(container)}`);
  }
  return memberAt(container, wanted) !== undefined;
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'a text';
  return isNumber(value) ? 'a number' : `a ${typeof value}`;
}

/**
 * `container[key]`, or `container.key`; `undefined` when there is none. Members of a Set are counted from
 * 0 on.
 */
export function memberAt(container: unknown, key: Value): Value {
  if (container instanceof Map) {
    const found = findKey(container as ReadonlyMap<Value, Value>, key);
    return found && (container.get(found.key) as Value);
  }
  if (Array.isArray(container))
    return isNumber(key) ? (container[Number(key)] as Value) : undefined;
  if (container instanceof Set) {
    return isNumber(key) ? ([...container] as readonly Value[])[Number(key)] : undefined;
  }
  if (typeof container !== 'object' || container === null) return undefined;
  if (typeof key === 'object') return undefined;
  const name = String(key);
  return Object.hasOwn(container, name) ? (container as PlainObject)[name] : undefined;
}

const presentedAs = new WeakMap<object, Value>();
const originals = new WeakMap<object, Value>();

/**
 * The same value, of kinds that every function of an evaluator knows: tuples as lists, objects with a key
 * `constructor` as Maps. Remembered, as states share most of what they hold.
 */
export function presented(value: Value): Value {
  if (typeof value !== 'object' || value === null || !isContainer(value)) return value;
  const known = presentedAs.get(value);
  if (known !== undefined) return known;
  const made = madePresentable(value);
  presentedAs.set(value, made);
  if (made !== value) originals.set(made as object, value);
  return made;
}

function madePresentable(value: Value & object): Value {
  if (Array.isArray(value)) {
    const items = value as readonly Value[];
    const made = Array.from(items, presented);
    return !(value instanceof Tuple) && made.every((item, at) => item === items[at]) ? value : made;
  }
  if (value instanceof Set) {
    const made = new Set([...(value as ReadonlySet<Value>)].map(presented));
    return [...made].every((item) => value.has(item)) ? value : made;
  }
  const isMap = value instanceof Map;
  const entries = isMap ? [...(value as ReadonlyMap<Value, Value>)] : Object.entries(value);
  const made = entries.map(([key, item]) => [presented(key), presented(item)] as const);
  const isSame = made.every(
    ([key, item], at) => key === entries[at]?.[0] && item === entries[at]?.[1],
  );
  const hasConstructor = !isMap && Object.hasOwn(value, 'constructor');
  if (isSame && !hasConstructor) return value;
  return isMap || hasConstructor ? new Map(made) : fromEntries(made as [string, Value][]);
}

/** What a result was before it, or a member of it, was presented. */
export function restored(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  const original = originals.get(value);
  if (original !== undefined) return original;
  return Array.isArray(value) ? (value as readonly Value[]).map(restored) : value;
}

/** What a literal `{key: value}` stands for. */
export function ofLiteral(entries: readonly (readonly [Value, Value])[]): Value {
  const isObject = entries.every(([key]) => typeof key === 'string');
  return isObject ? fromEntries(entries as [string, Value][]) : new Map(entries);
}
