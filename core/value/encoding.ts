import { assertNever } from '../assert.ts';
import { BIGINT_CHARS_MAX, VALUE_LEVELS_MAX } from '../limits.ts';
import { formatCount } from '../text/counts.ts';
import { messageOf } from '../thrown.ts';
import { containerOf } from './container.ts';
import type { Path } from './path.ts';
import { Table } from './table.ts';
import { Tuple } from './tuple.ts';
import {
  fromEntries,
  OversizeError,
  tooDeep,
  UnsupportedValueError,
  WrittenSize,
  type Value,
} from './value.ts';

/**
 * The one encoding of values outside JSON. JSON data is itself; the rest are objects with
 * one key that starts with `$`:
 *
 * | value | encoded |
 * |---|---|
 * | `12n` | `{"$bigint":"12"}` |
 * | `undefined` | `{"$undefined":true}` |
 * | `NaN`, `Infinity`, `-Infinity`, `-0` | `{"$number":"NaN"}` and so on |
 * | `Tuple` | `{"$tuple":[item,…]}` |
 * | `Map` | `{"$map":[[key,value],…]}` in order |
 * | `Table` | `{"$table":[[key,row],…]}` in the order of the keys |
 * | `Set` | `{"$set":[member,…]}` in order |
 * | an object with a key that starts with `$` | `{"$object":[["$key",value],…]}` |
 *
 * @throws {UnsupportedValueError} for anything that is not a {@link Value}.
 * @throws {OversizeError} for a value that is beyond the limits of what is read back.
 */
export function encodeValue(value: Value): unknown {
  return encodeWithin(value, VALUE_LEVELS_MAX);
}

/** A value as indented JSON in that encoding. */
export function formatValueJson(value: Value): string {
  return JSON.stringify(encodeValue(value), null, 2);
}

/**
 * As {@link encodeValue}, for a value that has other containers around it.
 *
 * @param path where the value lies in those.
 */
export function encodeWithin(value: Value, levels: number, path?: Path): unknown {
  return encodeAt(value, levels, new WrittenSize(value, path));
}

function encodeAt(value: Value, levels: number, size: WrittenSize): unknown {
  switch (typeof value) {
    case 'bigint':
      return { $bigint: digitsOf(value) };
    case 'undefined':
      return { $undefined: true };
    case 'number':
      if (Number.isFinite(value) && !Object.is(value, -0)) return value;
      return { $number: Object.is(value, -0) ? '-0' : String(value) };
    case 'string':
    case 'boolean':
      return value;
    case 'object':
      return value === null ? null : encodeObject(value, levels - 1, size);
    case 'function':
    case 'symbol':
    default:
      throw new UnsupportedValueError([], value, 'The value');
  }
}

function digitsOf(value: bigint): string {
  const digits = value.toString();
  if (digits.length <= BIGINT_CHARS_MAX) return digits;
  throw new OversizeError(
    `A bigint has more than ${formatCount(BIGINT_CHARS_MAX)} digits, which no trace can hold.`,
  );
}

/** @param levels how many levels of containers may lie inside it. */
function encodeObject(value: Value & object, levels: number, size: WrittenSize): unknown {
  size.add();
  if (levels < 0) throw tooDeep('A value');
  const encode = (item: Value) => encodeAt(item, levels, size);
  const container = containerOf(value);
  switch (container?.kind) {
    case undefined:
      throw new UnsupportedValueError([], value, 'The value');
    case 'list': {
      const items = Array.from(container.value, encode);
      return container.value instanceof Tuple ? { $tuple: items } : items;
    }
    case 'map':
      return { $map: encodeEntries(container.value, encode) };
    case 'table':
      return { $table: encodeEntries(container.value, encode) };
    case 'set':
      return { $set: Array.from(container.value, encode) };
    case 'object': {
      const entries = Object.entries(container.value).map(
        ([key, item]) => [key, encode(item)] as const,
      );
      const isEscaped = entries.some(([key]) => key.startsWith('$'));
      return isEscaped ? { $object: entries } : fromEntries(entries);
    }
    default:
      return assertNever(container, 'container');
  }
}

function encodeEntries(
  map: ReadonlyMap<Value, Value>,
  encode: (item: Value) => unknown,
): readonly unknown[] {
  return Array.from(map, ([key, item]) => [encode(key), encode(item)]);
}

/** Thrown when JSON is not an encoded value: says what is there instead. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/**
 * Reads back what {@link encodeValue} wrote.
 *
 * @param json the parsed JSON; it is not changed. Anything but an object with a `$` key is its own value, and
 * may become a part of the result, or the result itself.
 * @throws {DecodeError} when a `$` object is not in one of the documented forms, or the nesting is too
 * deep.
 */
export function decodeValue(json: unknown): Value {
  return decodeWithin(json, VALUE_LEVELS_MAX);
}

/** As {@link decodeValue}, for a value that has other containers around it. */
export function decodeWithin(json: unknown, levels: number): Value {
  return isItself(json, levels) ? (json as Value) : decodeAt(json, levels);
}

/** The first character of the keys that stand for something else. */
const DOLLAR = '$'.charCodeAt(0);

/** Whether JSON is the value that it encodes, and not nested too deeply; most of what is read is. */
function isItself(json: unknown, levels: number): boolean {
  if (typeof json !== 'object' || json === null) return true;
  if (levels <= 0) return false;
  if (Array.isArray(json)) {
    for (const item of json) if (!isItself(item, levels - 1)) return false;
    return true;
  }
  for (const key in json) {
    if (key.charCodeAt(0) === DOLLAR) return false;
    if (!isItself((json as Readonly<Record<string, unknown>>)[key], levels - 1)) return false;
  }
  return true;
}

function decodeAt(json: unknown, levels: number): Value {
  if (typeof json !== 'object' || json === null) return json as Value;
  if (levels <= 0) {
    throw new DecodeError(`the value is nested more than ${VALUE_LEVELS_MAX} levels deep`);
  }
  const decode = (item: unknown) => decodeAt(item, levels - 1);
  if (Array.isArray(json)) return json.map(decode);
  const keys = Object.keys(json);
  const [tag] = keys;
  const object = json as Readonly<Record<string, unknown>>;
  if (tag?.startsWith('$')) {
    if (keys.length > 1) throw new DecodeError(`"${tag}" must be the only key`);
    return decodeTagged(tag, object[tag], decode);
  }
  const unescaped = keys.find((key) => key.startsWith('$'));
  if (unescaped !== undefined) throw new DecodeError(`"${unescaped}" must be the only key`);
  return fromEntries(keys.map((key) => [key, decode(object[key])]));
}

type Decode = (json: unknown) => Value;

function decodeTagged(tag: string, content: unknown, decode: Decode): Value {
  switch (tag) {
    case '$bigint':
      if (typeof content !== 'string' || !/^-?\d+$/.test(content)) {
        throw new DecodeError('$bigint must be a decimal string');
      }
      if (content.length > BIGINT_CHARS_MAX) {
        throw new DecodeError(`$bigint must have at most ${formatCount(BIGINT_CHARS_MAX)} digits`);
      }
      return BigInt(content);
    case '$undefined':
      return undefined;
    case '$number':
      return decodeNumber(content);
    case '$tuple':
      return Tuple.from(decodeList(tag, content).map(decode));
    case '$map':
      return whole(
        tag,
        content,
        new Map(decodeList(tag, content).map((pair) => decodePair(tag, pair, decode))),
      );
    case '$table':
      return decodeTable(decodeList(tag, content).map((pair) => decodePair(tag, pair, decode)));
    case '$set':
      return whole(tag, content, new Set(decodeList(tag, content).map(decode)));
    case '$object':
      return decodeObject(decodeList(tag, content).map((pair) => decodePair(tag, pair, decode)));
    default:
      throw new DecodeError(`"${tag}" is not a known encoding`);
  }
}

function decodeObject(entries: readonly (readonly [Value, Value])[]): Value {
  const named = entries.map(([key, item]) => {
    if (typeof key !== 'string') throw new DecodeError('the keys of $object must be strings');
    return [key, item] as const;
  });
  if (new Set(named.map(([key]) => key)).size < named.length) {
    throw new DecodeError('$object must not hold a key twice');
  }
  return fromEntries(named);
}

/** Refuses a Map or Set that holds less than its list, because a key is there twice. */
function whole<Keyed extends { readonly size: number }>(
  tag: string,
  content: unknown,
  decoded: Keyed,
): Keyed {
  if (decoded.size === (content as readonly unknown[]).length) return decoded;
  throw new DecodeError(`${tag} must not hold a key twice`);
}

function decodeTable(entries: readonly (readonly [Value, Value])[]): Table {
  try {
    return new Table(entries);
  } catch (error) {
    throw new DecodeError(`$table: ${messageOf(error)}`);
  }
}

function decodeNumber(content: unknown): number {
  switch (content) {
    case 'NaN':
      return Number.NaN;
    case 'Infinity':
      return Number.POSITIVE_INFINITY;
    case '-Infinity':
      return Number.NEGATIVE_INFINITY;
    case '-0':
      return -0;
    default:
      throw new DecodeError('$number must be "NaN", "Infinity", "-Infinity" or "-0"');
  }
}

function decodeList(tag: string, content: unknown): readonly unknown[] {
  if (!Array.isArray(content)) throw new DecodeError(`${tag} must be a list`);
  return content;
}

function decodePair(tag: string, pair: unknown, decode: Decode): [Value, Value] {
  if (!Array.isArray(pair) || pair.length !== 2)
    throw new DecodeError(`${tag} must be a list of pairs`);
  return [decode(pair[0]), decode(pair[1])];
}
