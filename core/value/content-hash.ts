import { spend } from './effort.ts';
import { isFrozen, isPlainObject, type Value } from './value.ts';

/** The effort of looking at a container, and that of each of its items. */
const CONTAINER_EFFORT = 30;
const ITEM_EFFORT = 10;

/** FNV-1a, whose offset and prime these are, mixed as MurmurHash3 ends. */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** What the kinds of containers begin with. */
const [LIST, MAP, SET, OBJECT] = [1, 2, 3, 4];

const known = new WeakMap<object, number>();

/**
 * A number of 32 bits that is the same for values of the same content (see `sameValue`), to find them
 * among others. Remembered for frozen containers.
 */
export function contentHash(value: Value): number {
  switch (typeof value) {
    case 'object':
      return value === null ? mixed(5) : hashOfContainer(value);
    case 'string':
      return hashOfText(value);
    case 'number':
      return (value | 0) === value ? mixed(value) : hashOfText(String(value));
    case 'bigint':
    case 'boolean':
    case 'undefined':
    case 'function':
    case 'symbol':
    default:
      return hashOfText(String(value));
  }
}

function hashOfContainer(value: Value & object): number {
  const remembered = known.get(value);
  if (remembered !== undefined) return remembered;
  spend(CONTAINER_EFFORT);
  const hash = hashOfItems(value);
  // Only what can no longer change may be remembered.
  if (isFrozen(value)) known.set(value, hash);
  return hash;
}

function hashOfItems(value: Value & object): number {
  if (Array.isArray(value)) return hashInOrder(LIST, value as readonly Value[]);
  if (value instanceof Map) return hashInOrder(MAP, flattened(value as ReadonlyMap<Value, Value>));
  if (value instanceof Set) return hashInOrder(SET, value as ReadonlySet<Value>);
  // The rows of a table are not looked at: no key is one.
  if (!isPlainObject(value)) return mixed(OBJECT);
  // The order of names does not count.
  let sum = OBJECT;
  for (const name in value) {
    spend(ITEM_EFFORT);
    sum = (sum + mixed(Math.imul(hashOfText(name), FNV_PRIME) ^ contentHash(value[name]))) | 0;
  }
  return mixed(sum);
}

function* flattened(map: ReadonlyMap<Value, Value>): Iterable<Value> {
  for (const [key, item] of map) {
    yield key;
    yield item;
  }
}

function hashInOrder(kind: number, items: Iterable<Value>): number {
  let hash = FNV_OFFSET ^ kind;
  for (const item of items) {
    spend(ITEM_EFFORT);
    hash = Math.imul(hash ^ contentHash(item), FNV_PRIME);
  }
  return mixed(hash);
}

function hashOfText(text: string): number {
  spend(text.length);
  let hash = FNV_OFFSET;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  }
  return mixed(hash);
}

function mixed(hash: number): number {
  let mix = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return mix ^ (mix >>> 16);
}
