import { assertNever } from '../assert.ts';
import { containerOf } from './container.ts';
import { Table } from './table.ts';
import { Tuple } from './tuple.ts';
import { fromEntries, UnsupportedValueError, type Value } from './value.ts';

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
 */
export function encodeValue(value: Value): unknown {
  switch (typeof value) {
    case 'bigint':
      return { $bigint: value.toString() };
    case 'undefined':
      return { $undefined: true };
    case 'number':
      if (Number.isFinite(value) && !Object.is(value, -0)) return value;
      return { $number: Object.is(value, -0) ? '-0' : String(value) };
    case 'string':
    case 'boolean':
      return value;
    case 'object':
      return value === null ? null : encodeObject(value);
    case 'function':
    case 'symbol':
    default:
      throw new UnsupportedValueError([], value, 'The value');
  }
}

function encodeObject(value: Value & object): unknown {
  const container = containerOf(value);
  switch (container?.kind) {
    case undefined:
      throw new UnsupportedValueError([], value, 'The value');
    case 'list': {
      const items = Array.from(container.value, encodeValue);
      return container.value instanceof Tuple ? { $tuple: items } : items;
    }
    case 'map':
      return { $map: encodeEntries(container.value) };
    case 'table':
      return { $table: encodeEntries(container.value) };
    case 'set':
      return { $set: Array.from(container.value, encodeValue) };
    case 'object': {
      const entries = Object.entries(container.value).map(
        ([key, item]) => [key, encodeValue(item)] as const,
      );
      const isEscaped = entries.some(([key]) => key.startsWith('$'));
      return isEscaped ? { $object: entries } : fromEntries(entries);
    }
    default:
      return assertNever(container, 'container');
  }
}

function encodeEntries(map: ReadonlyMap<Value, Value>): readonly unknown[] {
  return Array.from(map, ([key, item]) => [encodeValue(key), encodeValue(item)]);
}

/** Thrown when JSON is not an encoded value: says what is there instead. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/**
 * Reads back what {@link encodeValue} wrote.
 *
 * @param json the parsed JSON; it is not changed.
 * @throws {DecodeError} when a `$` object is not in one of the documented forms.
 */
export function decodeValue(json: unknown): Value {
  if (typeof json !== 'object' || json === null) return json as Value;
  if (Array.isArray(json)) return json.map(decodeValue);
  const keys = Object.keys(json);
  const [tag] = keys;
  const object = json as Readonly<Record<string, unknown>>;
  if (tag?.startsWith('$')) {
    if (keys.length > 1) throw new DecodeError(`"${tag}" must be the only key`);
    return decodeTagged(tag, object[tag]);
  }
  const unescaped = keys.find((key) => key.startsWith('$'));
  if (unescaped !== undefined) throw new DecodeError(`"${unescaped}" must be the only key`);
  return fromEntries(keys.map((key) => [key, decodeValue(object[key])]));
}

function decodeTagged(tag: string, content: unknown): Value {
  switch (tag) {
    case '$bigint':
      if (typeof content === 'string' && /^-?\d+$/.test(content)) return BigInt(content);
      throw new DecodeError('$bigint must be a decimal string');
    case '$undefined':
      return undefined;
    case '$number':
      return decodeNumber(content);
    case '$tuple':
      return Tuple.from(decodeList(tag, content).map(decodeValue));
    case '$map':
      return new Map(decodeList(tag, content).map((pair) => decodePair(tag, pair)));
    case '$table':
      return decodeTable(decodeList(tag, content).map((pair) => decodePair(tag, pair)));
    case '$set':
      return new Set(decodeList(tag, content).map(decodeValue));
    case '$object':
      return fromEntries(
        decodeList(tag, content).map((pair) => {
          const [key, item] = decodePair(tag, pair);
          if (typeof key !== 'string') throw new DecodeError('the keys of $object must be strings');
          return [key, item] as const;
        }),
      );
    default:
      throw new DecodeError(`"${tag}" is not a known encoding`);
  }
}

function decodeTable(entries: readonly (readonly [Value, Value])[]): Table {
  try {
    return new Table(entries);
  } catch (error) {
    throw new DecodeError(`$table: ${(error as Error).message}`);
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

function decodePair(tag: string, pair: unknown): [Value, Value] {
  if (!Array.isArray(pair) || pair.length !== 2)
    throw new DecodeError(`${tag} must be a list of pairs`);
  return [decodeValue(pair[0]), decodeValue(pair[1])];
}
