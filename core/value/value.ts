import { VALUE_LEVELS_MAX } from '../limits.ts';
import { SelfExplainingError } from '../thrown.ts';
import { refuseWrite } from './edit.ts';
import { FrozenMark } from './frozen-mark.ts';
import { formatPath, formatPrimitive, type Path, type PathSegment } from './path.ts';
import { Table } from './table.ts';
import type { PlainObject, Value } from './types.ts';
import { closeWide, wideSize } from './wide.ts';
import { OversizeError, TOO_LARGE_TO_WRITE, tooDeep, WrittenSize } from './written-size.ts';

export { sameValue } from './same-value.ts';
export type { DeepReadonly, PlainObject, Value } from './types.ts';
export { OversizeError, tooDeep, WrittenSize } from './written-size.ts';
import { setOwn } from './set-own.ts';

/** Thrown for data that is not a {@link Value}: names the place and what is there. */
export class UnsupportedValueError extends SelfExplainingError {
  override readonly name = 'UnsupportedValueError';

  constructor(path: Path, value: unknown, subject: string) {
    super(
      `${subject} holds ${describe(value)} (path: ${formatPath(path)}). Use plain data: objects, ` +
        'arrays, Map, Set, string, number, bigint, boolean, null and undefined.',
    );
  }
}

/** A longer name of a class does not help. */
const NAME_CHARS_MAX = 200;

/** Stands for a missing item of an array, which no encoding keeps apart from undefined. */
const HOLE = Symbol('hole');
/** Stands for a value that holds itself. */
const CYCLE = Symbol('cycle');
/** Stands for a Map or Set to which nothing can be added that refuses writes. */
const FROZEN = Symbol('frozen');

function describe(value: unknown): string {
  if (value === HOLE) return 'a hole (an item that was never set)';
  if (value === CYCLE) return 'a value that holds itself';
  if (value === FROZEN) return 'a frozen Map or Set (Object.freeze does not freeze its entries)';
  if (typeof value === 'function') return `a function${value.name ? ` (${value.name})` : ''}`;
  if (typeof value === 'symbol') return 'a symbol';
  const name: unknown = (value as object).constructor?.name;
  return typeof name === 'string' && name !== '' && name.length < NAME_CHARS_MAX
    ? `a ${name}`
    : 'an object with a foreign prototype';
}

/** Whether an object is an object literal. */
export function isPlainObject(value: object): value is PlainObject {
  return Object.getPrototypeOf(value) === Object.prototype;
}

/**
 * The values around the one that is being frozen, from the outside in: a value that is among them holds
 * itself. They are few, so that a list is searched faster than a Set is kept.
 */
const visiting: object[] = [];

/** What stands for a container while it is updated. */
export interface Resolvable {
  /** What it stands for. */
  readonly result: object;
  /** For a Map: the keys under which something may have been put since it was frozen. */
  readonly written: ReadonlySet<unknown> | undefined;
}

/** Returns what a value is if it is a draft. */
export type ResolveDraft = (value: object) => Resolvable | undefined;

/**
 * Freezes a value to its leaves and returns it. Skips what was frozen here before, so the cost follows
 * what changed.
 *
 * @param subject names the value in an error, such as "The state".
 * @param resolve for a value that holds drafts: what they stand for takes their places.
 * @throws {UnsupportedValueError} when something in it is not a {@link Value}.
 * @throws {OversizeError} when it is nested too deeply.
 */
export function freeze<T>(value: T, subject = 'The value', resolve?: ResolveDraft): T {
  // Steps emit many small actions: a single level is cheaper to freeze again than to remember.
  if (isLeaf(value)) return Object.freeze(value);
  return freezeAt(value, [], subject, resolve) as T;
}

/**
 * As {@link freeze}, for values that are not kept. It remembers nothing, which is what costs most.
 *
 * @throws {UnsupportedValueError} when something in it is not a {@link Value}.
 */
export function freezeOnce<T>(value: T, subject?: string): T {
  return freezeSimple(value, SIMPLE_DEPTH_MAX) ? value : freeze(value, subject);
}

/** What goes deeper may hold itself. */
const SIMPLE_DEPTH_MAX = 8;

/** Freezes objects, arrays and scalars. Returns false for anything else, and leaves it unfrozen. */
function freezeSimple(value: unknown, depthMax: number): boolean {
  if (typeof value !== 'object' || value === null) return isPrimitive(value);
  if (depthMax === 0 || wideSize(value) !== undefined) return false;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      if (!(index in value) || !freezeSimple(value[index], depthMax - 1)) return false;
    }
  } else {
    if (!isPlainObject(value) || Object.getOwnPropertySymbols(value).length > 0) return false;
    for (const key in value) if (!freezeSimple(value[key], depthMax - 1)) return false;
  }
  Object.freeze(value);
  return true;
}

/** Whether {@link freeze} made sure that the value can no longer change. */
export function isFrozen(value: object): boolean {
  return FrozenMark.has(value);
}

/** Whether {@link freezeAt} has nothing to do, as for most items of a changed Map. */
function isSettled(value: unknown): boolean {
  // Only what can have a mark can be asked for it.
  return isPrimitive(value) || (typeof value !== 'symbol' && FrozenMark.has(value as object));
}

/** Returns the value, or what takes its place: another object only where a draft is resolved. */
function freezeAt(
  value: unknown,
  path: PathSegment[],
  subject: string,
  resolve: ResolveDraft | undefined,
): unknown {
  if (isPrimitive(value)) return value;
  if (typeof value !== 'object' || value === null) {
    throw new UnsupportedValueError(path, value, subject);
  }
  if (FrozenMark.has(value)) return value;
  const draft = resolve?.(value);
  if (draft) return freezeDraft(draft, path, subject, resolve);
  return freezeNew(value, path, subject, resolve);
}

/** Freezes what a draft stands for. */
function freezeDraft(
  { result, written }: Resolvable,
  path: PathSegment[],
  subject: string,
  resolve: ResolveDraft | undefined,
): object {
  return FrozenMark.has(result) ? result : freezeNew(result, path, subject, resolve, written);
}

/** Freezes what was not frozen before, and is no draft. */
function freezeNew(
  value: object,
  path: PathSegment[],
  subject: string,
  resolve: ResolveDraft | undefined,
  written?: ReadonlySet<unknown>,
): object {
  if (path.length >= VALUE_LEVELS_MAX) throw tooDeep(subject);
  let result: object = value;
  if (!isLeaf(value)) {
    if (visiting.includes(value)) throw new UnsupportedValueError(path, CYCLE, subject);
    visiting.push(value);
    try {
      result = freezeChildren(value, path, subject, resolve, written);
    } finally {
      visiting.pop();
    }
  }
  FrozenMark.add(result);
  // A wide list or object refuses writes by itself, and cannot be frozen by the language.
  return wideSize(result) === undefined ? Object.freeze(result) : result;
}

/** Whether it is an object literal with nothing below it that could be frozen. */
function isLeaf(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !isPlainObject(value)) return false;
  // A wide one takes more to look at than to close.
  if (wideSize(value) !== undefined) return false;
  for (const key in value) if (!isPrimitive(value[key])) return false;
  return Object.getOwnPropertySymbols(value).length === 0;
}

function isPrimitive(value: unknown): boolean {
  if (typeof value === 'object') return value === null;
  return typeof value !== 'function' && typeof value !== 'symbol';
}

/** Returns the container with frozen children: the same one unless that cannot be written to. */
function freezeChildren(
  value: object,
  path: PathSegment[],
  subject: string,
  resolve: ResolveDraft | undefined,
  written: ReadonlySet<unknown> | undefined,
): object {
  const child: FreezeChild = (segment, item) => {
    if (isSettled(item)) return item as Value;
    path.push(segment);
    const result = freezeAt(item, path, subject, resolve);
    path.pop();
    return result as Value;
  };
  if (closeWide(value, child)) return value;
  const isKeyed = value instanceof Map || value instanceof Set;
  if (isKeyed && !Object.isExtensible(value)) {
    throw new UnsupportedValueError(path, FROZEN, subject);
  }
  if (Array.isArray(value)) return freezeItems(value, path, subject, child);
  if (value instanceof Map) {
    freezeEntries(value, child, written);
    value.set = refuseWrite;
    value.delete = refuseWrite;
    value.clear = refuseWrite;
    return value;
  }
  if (value instanceof Set) {
    for (const item of value) child({ mapKey: item as Value }, item);
    value.add = refuseWrite;
    value.delete = refuseWrite;
    value.clear = refuseWrite;
    return value;
  }
  if (!isPlainObject(value)) throw new UnsupportedValueError(path, value, subject);
  const [symbol] = Object.getOwnPropertySymbols(value);
  if (symbol) throw new UnsupportedValueError([...path, String(symbol)], symbol, subject);
  return freezeProperties(value, child);
}

type FreezeChild = (segment: PathSegment, item: unknown) => Value;

function freezeItems(
  list: unknown[],
  path: PathSegment[],
  subject: string,
  child: FreezeChild,
): object {
  let result = list;
  for (let index = 0; index < list.length; index += 1) {
    const item = list[index];
    if (item === undefined && !(index in list)) {
      throw new UnsupportedValueError([...path, index], HOLE, subject);
    }
    const frozenItem = child(index, item);
    if (frozenItem === item) continue;
    if (result === list && Object.isFrozen(list)) result = list.slice();
    result[index] = frozenItem;
  }
  return result;
}

/** @param written the keys whose entries may be new; by default any. */
function freezeEntries(
  map: Map<unknown, unknown>,
  child: FreezeChild,
  written: ReadonlySet<unknown> | undefined,
): void {
  const entry = (key: unknown, item: unknown) => {
    if (isSettled(key) && isSettled(item)) return;
    child({ mapKey: key as Value }, key);
    const frozenItem = child({ mapKey: key as Value }, item);
    if (frozenItem !== item) map.set(key, frozenItem);
  };
  if (map instanceof Table) {
    map.visitFresh(entry);
  } else if (written) {
    for (const key of written) if (map.has(key)) entry(key, map.get(key));
  } else {
    for (const [key, item] of map) entry(key, item);
  }
}

function freezeProperties(object: PlainObject, child: FreezeChild): object {
  let result = object as Record<string, unknown>;
  for (const key of Object.keys(object)) {
    const item = object[key];
    const frozenItem = child(key, item);
    if (frozenItem === item) continue;
    if (result === object && Object.isFrozen(object)) result = { ...object };
    setOwn(result, key, frozenItem);
  }
  return result;
}

/**
 * The value as ordinary JSON, for people and scripts: a Map becomes an object, or a list of pairs when
 * its keys are not texts and numbers that all look different, as `1` and `"1"` do not; a Set becomes a
 * list, and a bigint, NaN or an infinity its text. `undefined` is left out of objects, as JSON.stringify
 * does. No entry is lost, but not reversible: that is `encodeValue`.
 */
export function toPlainJson(value: Value, size = new WrittenSize(value)): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'object' || value === null) return value;
  size.add();
  const write = (item: Value) => toPlainJson(item, size);
  if (Array.isArray(value)) return value.map(write);
  if (value instanceof Map) return mapToPlainJson(value as ReadonlyMap<Value, Value>, write);
  if (value instanceof Set) return Array.from(value as ReadonlySet<Value>, write);
  return fromEntries(Object.entries(value).map(([key, item]) => [key, write(item as Value)]));
}

function mapToPlainJson(map: ReadonlyMap<Value, Value>, write: (item: Value) => unknown): unknown {
  const names = namesOf(map);
  const items = Array.from(map.values(), write);
  return names
    ? fromEntries(items.map((item, at) => [names[at] ?? '', item] as const))
    : Array.from(map.keys(), (key, at) => [write(key), items[at]]);
}

/** The keys of a Map as the keys of an object, if they are texts and numbers that all look different. */
function namesOf(map: ReadonlyMap<Value, Value>): readonly string[] | undefined {
  const names = Array.from(map.keys()).filter(
    (key) => typeof key === 'string' || typeof key === 'number',
  );
  const texts = new Set(names.map(String));
  return texts.size === map.size ? [...texts] : undefined;
}

/** The longest value that is quoted whole. */
const QUOTED_CHARS_MAX = 160;

/** A value in a sentence: as JSON for people to read, but `10n` is no text; cut when it is long. */
export function quoteValue(value: unknown): string {
  const text = quotedWhole(value as Value);
  return text.length <= QUOTED_CHARS_MAX ? text : `${text.slice(0, QUOTED_CHARS_MAX)}…`;
}

function quotedWhole(value: Value): string {
  try {
    return textOf(value, new WrittenSize(value));
  } catch (error) {
    if (error instanceof OversizeError) return TOO_LARGE_TO_WRITE;
    throw error;
  }
}

function textOf(value: Value, size: WrittenSize): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return formatPrimitive(value);
  size.add();
  const list = (items: Iterable<Value>) =>
    `[${Array.from(items, (item) => textOf(item, size)).join()}]`;
  const record = (entries: Iterable<readonly [string, Value]>) =>
    `{${Array.from(entries, ([name, item]) => `${JSON.stringify(name)}:${textOf(item, size)}`).join()}}`;
  if (Array.isArray(value) || value instanceof Set) return list(value as Iterable<Value>);
  if (value instanceof Map) {
    const map = value as ReadonlyMap<Value, Value>;
    const names = namesOf(map);
    return names
      ? record(Array.from(map.values(), (item, at) => [names[at] ?? '', item]))
      : list(map as Iterable<[Value, Value]>);
  }
  return record(Object.entries(value as PlainObject).filter(([, item]) => item !== undefined));
}

/** `Object.fromEntries` that also keeps a key named `__proto__` as data. */
export function fromEntries<Item>(
  entries: Iterable<readonly [string, Item]>,
): Record<string, Item> {
  const object: Record<string, Item> = {};
  for (const [key, item] of entries) setOwn(object, key, item);
  return object;
}
