import { EACH, type RecordKind } from '../../machine/records.ts';
import { containerOf, valueAt, type Container } from '../../value/container.ts';
import { fieldsBesideLabel, kindOf } from '../../value/label.ts';
import { formatKey, formatPath, type Path, type PathSegment } from '../../value/path.ts';
import type { Value } from '../../value/value.ts';
import type { TraceHeader } from '../format/header.ts';

/** A kind of records in a trace. */
export interface NamedKind extends RecordKind {
  /** What one of them is called: as declared, or the place of its container. */
  readonly name: string;
  readonly references: readonly string[];
  /** Whether the machine declares it. */
  readonly isDeclared: boolean;
  /** Whether its ids are names of an object, which are texts, or values; `undefined` if that is not known. */
  readonly ids: 'names' | 'values' | undefined;
}

/** A record, wherever it is in the state: what its kind and its id are called. */
export interface RecordRef {
  readonly kind: string;
  /** The text of its id, see {@link keyText}; empty for a record that is the only one of its kind. */
  readonly key: string;
}

/** How deep containers are looked for where no records are declared. */
const DERIVED_LEVELS_MAX = 3;
/** The fields in which a phase is looked for where none is declared. */
export const PHASE_FIELDS: readonly string[] = ['phase', 'status', 'state', 'stage'];
/** The field that tells the items of a list apart where none is declared. */
const ITEM_ID = 'id';

/**
 * The kinds of records of a run: those that its machine declares, or else the containers that the initial
 * state has near its root, each of whose entries is a record.
 */
export function recordKindsOf({
  records,
  initialState,
}: Pick<TraceHeader, 'records' | 'initialState'>): readonly NamedKind[] {
  if (records) {
    return Object.entries(records).map(([name, kind]) => ({
      ...kind,
      name,
      references: kind.references ?? referencesTo(name),
      isDeclared: true,
      ids: idsOf(kind, initialState),
    }));
  }
  const kinds: NamedKind[] = [];
  derive(initialState, [], kinds);
  return kinds;
}

function idsOf({ at, id }: RecordKind, initialState: Value): NamedKind['ids'] {
  if (id !== undefined) return 'values';
  let container = containerOf(initialState);
  for (const wanted of at.slice(0, at.lastIndexOf(EACH))) {
    // All that are alike are of one form: the first one shows it.
    const [first] = container?.entries() ?? [];
    const segment = container?.kind === 'object' ? wanted : { mapKey: wanted };
    const item = wanted === EACH ? undefined : container?.get(segment);
    container = containerOf(wanted === EACH ? first?.[1] : item?.found ? item.value : undefined);
  }
  if (!container) return undefined;
  return container.kind === 'object' ? 'names' : 'values';
}

function derive(value: Value, names: readonly string[], kinds: NamedKind[]): void {
  const container = containerOf(value);
  if (!container || names.length > DERIVED_LEVELS_MAX) return;
  if (container.kind !== 'object' || (names.length > 0 && isDictionary(container))) {
    const name = names.length === 0 ? 'entry' : formatPath(names);
    const last = names.at(-1) ?? name;
    const references = [...referencesTo(singularOf(last)), last];
    const ids = container.kind === 'object' ? 'names' : 'values';
    kinds.push({ name, at: [...names, EACH], references, isDeclared: false, ids });
    return;
  }
  for (const [name, item] of container.entries()) derive(item, [...names, name], kinds);
}

/** Whether an object is a collection of objects by key, and not one thing with named parts. */
function isDictionary(container: Container): boolean {
  for (const [, item] of container.entries()) {
    if (containerOf(item)?.kind !== 'object') return false;
  }
  return true;
}

function referencesTo(name: string): readonly string[] {
  return [name, `${name}Id`, `${name}_id`];
}

/** The name of one of many: `bookings` gives `booking`. */
function singularOf(name: string): string {
  if (name.endsWith('ies')) return name.replace(/ies$/, 'y');
  if (/(?:s|x|z|ch|sh)es$/.test(name)) return name.replace(/es$/, '');
  return name.replace(/(?<!s)s$/, '');
}

/**
 * The text of an id of a record: of a number or a text itself, so that a person can type it. A text that
 * would be taken for something else is quoted, so that 1 and "1" stay apart.
 */
export function keyText(key: Value): string {
  return typeof key === 'string' && !isAmbiguous(key) ? key : formatKey(key);
}

function isAmbiguous(text: string): boolean {
  return (
    /^(?:-?\d+(?:\.\d+)?(?:e[+-]?\d+)?n?|true|false|null|undefined|NaN|-?Infinity)$/i.test(text) ||
    /^(?:["[({]|(?:Set|Map) |$)/.test(text)
  );
}

/** A record as a text: `order/17`. */
export function formatRecord({ kind, key }: RecordRef): string {
  return key === '' ? kind : `${kind}/${key}`;
}

/** A record as it is called in a sentence: `order 17`. */
export function nameOfRecord({ kind, key }: RecordRef): string {
  return key === '' ? kind : `${kind} ${key}`;
}

/** The record that a text names; `undefined` if no kind of the trace is called so. */
export function parseRecord(kinds: readonly NamedKind[], text: string): RecordRef | undefined {
  for (const { name, at } of kinds) {
    const isOfMany = at.includes(EACH);
    if (!isOfMany && text === name) return { kind: name, key: '' };
    if (text.startsWith(`${name}/`) && text.length > name.length + 1)
      return { kind: name, key: text.slice(name.length + 1) };
  }
  return undefined;
}

/** Whether two refer to the same record. */
export function sameRecord(one: RecordRef, other: RecordRef): boolean {
  return one.kind === other.kind && one.key === other.key;
}

/** The key that a segment of a path gives a record; names of objects are texts in any case. */
function segmentText(segment: PathSegment): string {
  return typeof segment === 'object' ? keyText(segment.mapKey) : String(segment);
}

/**
 * The id of the record of a kind at a path; `undefined` if it is not known.
 *
 * @param find gives what is at the path, which is asked only where the path does not hold the id.
 */
export function keyAt(kind: RecordKind, path: Path, find: () => Value): string | undefined {
  const place = kind.at.lastIndexOf(EACH);
  const segment = path[place];
  if (kind.id !== undefined) return idIn(find(), kind.id);
  if (segment === undefined) return '';
  if (typeof segment !== 'number') return segmentText(segment);
  const item = find();
  return containerOf(item) ? idIn(item, ITEM_ID) : keyText(item);
}

function idIn(record: Value, field: string): string | undefined {
  const id = valueAt(record, [field]);
  return id.found ? keyText(id.value) : undefined;
}

/** Whether a segment of a path in the state is one of those that a segment of a kind means. */
function isMeant(wanted: string, segment: PathSegment): boolean {
  if (wanted === EACH) return true;
  return typeof segment === 'object' ? segment.mapKey === wanted : segment === wanted;
}

/**
 * How a path lies to the records of a kind: inside of one, or around some of them; `undefined` if it
 * cannot concern any.
 */
export function placeOf(
  { at }: RecordKind,
  path: Path,
): { readonly kind: 'inside'; readonly record: Path } | { readonly kind: 'around' } | undefined {
  const isAlong = at
    .slice(0, path.length)
    .every((wanted, depth) => isMeant(wanted, path[depth] as PathSegment));
  if (!isAlong) return undefined;
  return path.length >= at.length
    ? { kind: 'inside', record: path.slice(0, at.length) }
    : { kind: 'around' };
}

/** The records of a kind in a value at a path, each with its id and its path from the root. */
export function* recordsIn(
  kind: RecordKind,
  value: Value,
  path: Path = [],
): Generator<{ readonly key: string; readonly path: Path; readonly value: Value }> {
  const wanted = kind.at[path.length];
  if (wanted === undefined) {
    const key = isThere(kind, value) ? keyAt(kind, path, () => value) : undefined;
    if (key !== undefined) yield { key, path, value };
    return;
  }
  const container = containerOf(value);
  if (!container) return;
  if (wanted === EACH) {
    for (const [segment, item] of container.entries())
      yield* recordsIn(kind, item, [...path, segment]);
    return;
  }
  const segment = container.kind === 'object' ? wanted : { mapKey: wanted };
  const item = container.get(segment);
  if (item.found) yield* recordsIn(kind, item.value, [...path, segment]);
}

/** A record that comes and goes at one place is not there while that holds nothing. */
function isThere({ at }: RecordKind, value: Value): boolean {
  return at.includes(EACH) || (value !== null && value !== undefined);
}

/** The phase of a record as a short text; `undefined` if it has none. */
export function phaseOf({ phase }: RecordKind, record: Value): string | undefined {
  const fields = phase === undefined ? PHASE_FIELDS : [phase];
  for (const field of fields) {
    const found = valueAt(record, [field]);
    if (found.found) return phaseText(found.value);
  }
  return undefined;
}

/** A phase as a short text: a text or a number itself, or the kind of anything else. */
export function phaseText(value: Value): string {
  return containerOf(value) ? kindOf(value) : keyText(value);
}

/**
 * The ids that something which a machine is given, or emits, names in the fields that refer to records of a
 * kind.
 */
export function refersTo({ references, ids }: NamedKind, given: unknown): readonly string[] {
  const named = fieldsBesideLabel(given).filter(([field]) => references.includes(field));
  return named.flatMap(([, value]) => idTexts(value as Value, ids));
}

/**
 * The texts that a value may stand for as an id, or its items if it is a list. Where it is not known what the
 * ids are, a text that looks like a number is returned as both.
 */
export function idTexts(value: Value, ids?: NamedKind['ids']): readonly string[] {
  if (Array.isArray(value)) {
    return (value as readonly Value[]).flatMap((item) => idTexts(item, ids));
  }
  if (typeof value !== 'string' || ids === 'values') return [keyText(value)];
  if (ids === 'names') return [value];
  return [...new Set([keyText(value), value])];
}
