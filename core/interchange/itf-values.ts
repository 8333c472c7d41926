import { assertNever } from '../assert.ts';
import { BIGINT_CHARS_MAX, VALUE_LEVELS_MAX } from '../limits.ts';
import { formatCount } from '../text/quantities.ts';
import { containerOf, isContainer } from '../value/container.ts';
import { Tuple } from '../value/tuple.ts';
import { fromEntries, UnsupportedValueError, type Value } from '../value/value.ts';
import { bigNumberOf } from './big-number.ts';
import { ItfError } from './itf-document.ts';

/** Whose values are written: those of a document come back as they were. */
export type Origin = 'machine' | 'document';

/**
 * A value as an expression of the format, which has integers, strings, booleans, lists, records, tuples,
 * sets and maps. Whatever else a machine may have is written like this:
 *
 * | value | expression |
 * |---|---|
 * | an integer, number or bigint | `{"#bigint":"12"}` |
 * | `0.5`, `-0`, `NaN`, `Infinity`, `null`, `undefined` | `{"#unserializable":"0.5"}` and so on |
 * | an object with a key that starts with `#` | `{"#map":[["#key",value],…]}` |
 * | a Map whose keys the format cannot distinguish, such as `1` and `1n` | a list of `{"#tup":[key,value]}` |
 * | a Set with members of that kind | a list |
 *
 * Values that a document had as JSON numbers and `null` are JSON again.
 */
export function encodeExpression(value: Value, origin: Origin): unknown {
  switch (typeof value) {
    case 'bigint':
      return { '#bigint': value.toString() };
    case 'undefined':
      return { '#unserializable': 'undefined' };
    case 'number':
      return origin === 'document' && Number.isFinite(value) ? value : encodeNumber(value);
    case 'string':
    case 'boolean':
      return value;
    case 'object':
      if (value !== null) return encodeContainer(value, origin);
      return origin === 'document' ? null : { '#unserializable': 'null' };
    case 'function':
    case 'symbol':
    default:
      return assertNever(value, 'value');
  }
}

function encodeNumber(value: number): unknown {
  if (Object.is(value, -0)) return { '#unserializable': '-0' };
  return Number.isInteger(value)
    ? { '#bigint': BigInt(value).toString() }
    : { '#unserializable': String(value) };
}

/** Values are frozen: what a state shares with the one before it is written once. */
const encoded = {
  machine: new WeakMap<object, unknown>(),
  document: new WeakMap<object, unknown>(),
};

function encodeContainer(value: Value & object, origin: Origin): unknown {
  const known = encoded[origin].get(value);
  if (known !== undefined) return known;
  const expression = encodeItems(value, (item) => encodeExpression(item, origin));
  encoded[origin].set(value, expression);
  return expression;
}

function encodeItems(value: Value & object, encode: (item: Value) => unknown): unknown {
  const container = containerOf(value);
  switch (container?.kind) {
    case undefined:
      throw new UnsupportedValueError([], value, 'The value');
    case 'list': {
      const items = Array.from(container.value, encode);
      return container.value instanceof Tuple ? { '#tup': items } : items;
    }
    case 'map':
    case 'table': {
      const pairs = Array.from(container.value, ([key, item]) => [encode(key), encode(item)]);
      return areDistinct(container.value.keys())
        ? { '#map': pairs }
        : pairs.map((pair) => ({ '#tup': pair }));
    }
    case 'set': {
      const members = Array.from(container.value, encode);
      return areDistinct(container.value) ? { '#set': members } : members;
    }
    case 'object': {
      const entries = Object.entries(container.value).map(
        ([key, item]) => [key, encode(item)] as const,
      );
      if (isUnserializable(container.value)) return container.value;
      const isNameable = entries.every(([key]) => !key.startsWith('#'));
      return isNameable ? fromEntries(entries) : { '#map': entries };
    }
    default:
      return assertNever(container, 'container');
  }
}

function areDistinct(members: Iterable<Value>): boolean {
  const contents = Array.from(members, contentOf);
  return new Set(contents).size === contents.length;
}

/** What a document could not say is kept as the document says it. */
function isUnserializable(value: object): boolean {
  const [[key, text] = [], ...others] = Object.entries(value);
  return key === '#unserializable' && typeof text === 'string' && others.length === 0;
}

const contents = new WeakMap<object, string>();

/**
 * A text that is the same for two values exactly when the format does not tell them apart: sets and
 * maps have no order, and an integer may be written in two ways.
 */
export function contentOf(value: Value): string {
  if (!isContainer(value)) return contentOfScalar(value);
  const known = contents.get(value);
  if (known !== undefined) return known;
  const content = contentOfItems(value);
  contents.set(value, content);
  return content;
}

function contentOfScalar(value: string | number | bigint | boolean | null | undefined): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))
    ? BigInt(value).toString()
    : `${typeof value} ${String(value)}`;
}

function contentOfItems(value: Value & object): string {
  const container = containerOf(value);
  switch (container?.kind) {
    case undefined:
      throw new UnsupportedValueError([], value, 'The value');
    case 'list': {
      const items = Array.from(container.value, contentOf).join();
      return container.value instanceof Tuple ? `(${items})` : `[${items}]`;
    }
    case 'map':
    case 'table': {
      const pairs = Array.from(
        container.value,
        ([key, item]) => `${contentOf(key)}:${contentOf(item)}`,
      );
      return `map{${pairs.toSorted().join()}}`;
    }
    case 'set':
      return `set{${Array.from(container.value, contentOf).toSorted().join()}}`;
    case 'object': {
      const entries = Object.entries(container.value).map(
        ([key, item]) => `${JSON.stringify(key)}:${contentOf(item)}`,
      );
      return `{${entries.toSorted().join()}}`;
    }
    default:
      return assertNever(container, 'container');
  }
}

/** How expressions of a document are read. */
export interface Reading {
  /** Whether JSON numbers are the same integers as `#bigint`, because the document has both. */
  readonly hasBigints: boolean;
  /** Whether objects of bignumber.js are integers, because all that look like one are. */
  readonly hasBigNumbers?: boolean;
}

/**
 * Reads an expression of a document: a variable of a state, which itself is a record.
 *
 * @param place where it stands, for messages: `state 3, balances`.
 * @throws {ItfError} when it is not one, or nested more deeply than values may be.
 */
export function decodeExpression(json: unknown, place: string, reading: Reading): Value {
  return decodeWithin(json, place, { ...reading, levels: VALUE_LEVELS_MAX - 1 });
}

/** How an expression is read that has others around it. */
interface InnerReading extends Reading {
  /** How many levels of containers it may have. */
  readonly levels: number;
}

function decodeWithin(json: unknown, place: string, given: InnerReading): Value {
  const { hasBigints, hasBigNumbers = false, levels } = given;
  if (typeof json === 'number') return decodeNumber(json, hasBigints);
  if (typeof json !== 'object' || json === null) return json as Value;
  if (levels === 0) {
    const [variable] = place.split(/[.[]/, 1);
    throw new ItfError(`${variable}: it is nested more than ${VALUE_LEVELS_MAX} levels deep`);
  }
  const reading = { ...given, levels: levels - 1 };
  if (Array.isArray(json)) {
    return json.map((item, at) => decodeWithin(item, `${place}[${at}]`, reading));
  }
  const integer = hasBigNumbers ? bigNumberOf(json, BIGINT_CHARS_MAX) : undefined;
  if (integer !== undefined) return integer;
  const keys = Object.keys(json);
  const object = json as Readonly<Record<string, unknown>>;
  const tag = keys.find((key) => key.startsWith('#'));
  if (tag === undefined) {
    return fromEntries(
      keys.map((key) => [key, decodeWithin(object[key], `${place}.${key}`, reading)] as const),
    );
  }
  const value = decodeTagged(tag, object[tag], place, reading);
  if (keys.length === 1) return value;
  throw new ItfError(
    `${place}: "${tag}" must be the only key of its object; rename the field, or write the record as ` +
      'a #map',
  );
}

function decodeNumber(json: number, hasBigints: boolean): Value {
  // The format has no -0.
  if (json === 0) return hasBigints ? 0n : 0;
  return hasBigints && Number.isInteger(json) ? BigInt(json) : json;
}

function decodeTagged(tag: string, content: unknown, place: string, reading: InnerReading): Value {
  const decode = (item: unknown, at: number) => decodeWithin(item, `${place}[${at}]`, reading);
  const refuse = (form: string) =>
    new ItfError(`${place}: "${tag}" has invalid content: it must be ${form}`);
  switch (tag) {
    case '#bigint':
      if (typeof content !== 'string' || !/^-?\d+$/.test(content)) {
        throw refuse('an integer as a string, such as "12"');
      }
      if (content.length > BIGINT_CHARS_MAX) {
        throw refuse(`an integer of at most ${formatCount(BIGINT_CHARS_MAX)} digits`);
      }
      return BigInt(content);
    case '#tup':
      if (!Array.isArray(content)) throw refuse('a list');
      return Tuple.from(content.map(decode));
    case '#set':
      if (!Array.isArray(content)) throw refuse('a list');
      return decodeSet(content.map(decode), place);
    case '#map':
      if (!Array.isArray(content) || !content.every(isPair)) throw refuse('a list of pairs');
      return decodeMap(
        content.map(([key, item], at) => [decode(key, at), decode(item, at)]),
        place,
      );
    case '#unserializable':
      if (typeof content !== 'string') throw refuse('a string');
      return { [tag]: content };
    default:
      throw new ItfError(
        `${place}: unknown tag "${tag}"; ITF has #bigint, #tup, #set, #map and ` +
          '#unserializable, and a record whose fields begin with # must be written as a #map',
      );
  }
}

function isPair(json: unknown): json is readonly [unknown, unknown] {
  return Array.isArray(json) && json.length === 2;
}

function decodeSet(members: readonly Value[], place: string): ReadonlySet<Value> {
  refuseTwins(members, `${place}: the set has the member`);
  return new Set(members);
}

function decodeMap(
  entries: readonly (readonly [Value, Value])[],
  place: string,
): ReadonlyMap<Value, Value> {
  refuseTwins(
    entries.map(([key]) => key),
    `${place}: the map has the key`,
  );
  return new Map(entries);
}

/** The most of a member that a message quotes. */
const QUOTED_CHARS_MAX = 80;

function refuseTwins(members: readonly Value[], problem: string): void {
  const seen = new Set<string>();
  for (const content of members.map(contentOf)) {
    if (seen.has(content)) {
      throw new ItfError(`${problem} ${content.slice(0, QUOTED_CHARS_MAX)} twice; remove one`);
    }
    seen.add(content);
  }
}

/**
 * The value `next` with its sets, maps and records in the order that they had in `previous`; what is new
 * in them comes last. The format gives them no order, so a tool may write each state in another one.
 */
export function inOrderOf(previous: Value, next: Value): Value {
  if (!isContainer(previous) || !isContainer(next)) return next;
  if (contentOf(previous) === contentOf(next)) return previous;
  const [was, is] = [containerOf(previous), containerOf(next)];
  if (was?.kind === 'list' && is?.kind === 'list') {
    // An item may have moved.
    const byContent = new Map(was.value.map((item) => [contentOf(item), item] as const));
    return is.map((item, at) => {
      const same = byContent.get(contentOf(item));
      return same ?? inOrderOf(was.value[at as number], item);
    });
  }
  if (was?.kind === 'object' && is?.kind === 'object') {
    return fromEntries(entriesInOrder(Object.entries(was.value), Object.entries(is.value)));
  }
  if (was?.kind === 'map' && is?.kind === 'map') {
    return new Map(entriesInOrder([...was.value], [...is.value]));
  }
  if (was?.kind === 'set' && is?.kind === 'set') {
    const members = (set: ReadonlySet<Value>) => Array.from(set, (one) => [one, one] as const);
    return new Set(entriesInOrder(members(was.value), members(is.value)).map(([one]) => one));
  }
  return next;
}

type Entry<Key> = readonly [Key, Value];

function entriesInOrder<Key extends Value>(
  previous: readonly Entry<Key>[],
  next: readonly Entry<Key>[],
): readonly Entry<Key>[] {
  const fresh = new Map(next.map((entry) => [contentOf(entry[0]), entry] as const));
  const kept = previous.flatMap(([key, item]): readonly Entry<Key>[] => {
    const content = contentOf(key);
    const entry = fresh.get(content);
    fresh.delete(content);
    return entry ? [[key, inOrderOf(item, entry[1])]] : [];
  });
  return [...kept, ...fresh.values()];
}
