import { cutText } from '../../text/visible.ts';
import { containerOf } from '../../value/container.ts';
import { formatKey, formatPath, type Path } from '../../value/path.ts';
import type { Value } from '../../value/value.ts';
import { lastAtMost } from '../last-at-most.ts';
import { recordsIn, sameRecord, type NamedKind, type RecordRef } from '../records/record-kinds.ts';
import { recordsOf } from '../records/record-touches.ts';
import type { Trace } from '../trace.ts';
import { escapeRegExp, lastWrite, requireAhead } from '../writes.ts';

/** The most keys of the state that are compared with a message. */
const KEYS_COMPARED_MAX = 20_000;
/** How deep Maps are searched for: the collections of a machine are near the root of its state. */
const MAP_DEPTH_MAX = 3;
/** The most entries that are found in a message. */
const NAMED_ENTRIES_MAX = 8;
/** The most changed steps that are searched for the one that wrote an entry. */
const WRITER_STEPS_MAX = 20_000;
/** The most changed steps that are searched for the one that removed a record. */
const REMOVER_STEPS_MAX = 2_000;
/** Shorter text keys occur in any message. */
const KEY_CHARS_MIN = 2;
/** Longer texts are data rather than names. */
const KEY_CHARS_MAX = 200;
/** How much of the messages is searched for names. */
const TEXT_CHARS_MAX = 10_000;

/** An entry of a container that a text names: by its key, or as a record by its kind and id. */
export interface NamedEntry {
  readonly path: Path;
  readonly key: string;
}

/** The last writers of the entries that a finding names. */
export interface Writers {
  readonly writers: readonly { readonly wroteAt: number; readonly keys: readonly string[] }[];
  /** Keys whose writer is too far back. */
  readonly unknown: readonly string[];
}

/** What {@link findWriters} finds, for all findings of a step together. */
export function findWriters(trace: Trace, stepIndex: number): Writers {
  const messages = trace.step(stepIndex).findings.map(({ message }) => message);
  const keysByStep = new Map<number, string[]>();
  const unknown: string[] = [];
  for (const { name, wroteAt } of writtenEntries(trace, stepIndex, messages.join('\n'))) {
    if (wroteAt === 'too far back') unknown.push(name);
    else if (wroteAt >= 0) keysByStep.set(wroteAt, [...(keysByStep.get(wroteAt) ?? []), name]);
  }
  return {
    writers: [...keysByStep].map(([wroteAt, keys]) => ({ wroteAt, keys })),
    unknown,
  };
}

/** Something in the state that a text names. */
export interface WrittenEntry {
  /** Its key, or its path where the key is a number, or what it is called as a record. */
  readonly name: string;
  /** Whether the text has only a number that is its key, which may count anything. */
  readonly isOnlyNumber: boolean;
  /** The record that it is or lies in, if any. */
  readonly record: RecordRef | undefined;
  /** The last step up to the one asked about that wrote it; -1 if it is unchanged since the start. */
  readonly wroteAt: number | 'too far back';
}

/**
 * The entries that a text about a step names, with their last writers up to it, also of those that are gone by
 * then. A message such as "Monday 15:00 overlaps Monday 15:15" thereby leads to the two bookings that
 * collide.
 */
export function writtenEntries(
  trace: Trace,
  stepIndex: number,
  whole: string,
): readonly WrittenEntry[] {
  const text = cutText(whole, TEXT_CHARS_MAX);
  const records = recordsOf(trace);
  const { kinds } = records;
  const { patch } = trace.step(stepIndex);
  const entries = namedEntries(trace.stateAt(stepIndex), text, kinds);
  const removed = patch.some(({ kind }) => kind === 'removed')
    ? namedEntries(trace.stateAt(stepIndex - 1), text, kinds).filter(
        ({ key }) => !entries.some((entry) => entry.key === key),
      )
    : [];
  const written =
    (at: number) =>
    ({ path, key }: NamedEntry): WrittenEntry => ({
      // A number alone does not say what it is the key of.
      name: isNumber(key) ? formatPath(path) : key,
      isOnlyNumber: isNumber(key),
      record: records.at(path, at),
      wroteAt: writerOf(trace, path, stepIndex),
    });
  const named = new Set([...entries, ...removed].map(({ key }) => key));
  const gone = goneRecords(trace, stepIndex, text, kinds).flatMap(({ record, key }) => {
    const removedAt = named.has(key) ? undefined : removerOf(trace, record, stepIndex);
    return removedAt === undefined
      ? []
      : [{ name: key, isOnlyNumber: false, record, wroteAt: removedAt }];
  });
  return [...entries.map(written(stepIndex)), ...removed.map(written(stepIndex - 1)), ...gone];
}

/** The last step up to one that wrote a record or took it away; `undefined` if none is known. */
export function recordWriterOf(
  trace: Trace,
  record: RecordRef,
  stepIndex: number,
): WrittenEntry['wroteAt'] | undefined {
  const path = recordsOf(trace).find(record, stepIndex);
  return path ? writerOf(trace, path, stepIndex) : removerOf(trace, record, stepIndex);
}

function writerOf(trace: Trace, path: Path, stepIndex: number): WrittenEntry['wroteAt'] {
  const last = lastWrite(trace, path, stepIndex, WRITER_STEPS_MAX);
  switch (last.kind) {
    case 'found':
      return last.write.stepIndex;
    case 'initial':
      return -1;
    case 'tooFar':
      return 'too far back';
  }
}

/**
 * The entries in a state that a text names, in the order of the text: those of Maps by a key that occurs as
 * a word, and records by what they are called, such as `box 3`.
 */
export function namedEntries(
  state: Value,
  text: string,
  kinds: readonly NamedKind[] = [],
): readonly NamedEntry[] {
  const candidates: NamedEntry[] = [...namedRecords(state, text, kinds)];
  let compared = 0;
  const visit = (value: Value, path: Path): void => {
    const container = path.length < MAP_DEPTH_MAX ? containerOf(value) : undefined;
    if (container?.kind === 'object') {
      for (const [name, item] of container.entries()) visit(item, [...path, name]);
    } else if (container?.kind === 'map' || container?.kind === 'table') {
      for (const mapKey of container.value.keys()) {
        compared += 1;
        if (compared > KEYS_COMPARED_MAX) return;
        const key = wordOf(mapKey);
        if (key !== undefined && text.includes(key))
          candidates.push({ path: [...path, { mapKey }], key });
      }
    }
  };
  visit(state, []);
  return claimWords(candidates, text).slice(0, NAMED_ENTRIES_MAX);
}

/** Records that a text may call by their kind and id. */
function namedRecords(
  state: Value,
  text: string,
  kinds: readonly NamedKind[],
): readonly NamedEntry[] {
  const lower = text.toLowerCase();
  return kinds.flatMap((kind) => {
    const name = nameOfOne(kind);
    if (!lower.includes(name.toLowerCase())) return [];
    const found: NamedEntry[] = [];
    let compared = 0;
    for (const { key, path } of recordsIn(kind, state)) {
      compared += 1;
      if (compared > KEYS_COMPARED_MAX) break;
      const called = `${name} ${key}`;
      if (key !== '' && lower.includes(called.toLowerCase())) found.push({ path, key: called });
    }
    return found;
  });
}

/** What one of a kind is called: the first reference to one, whatever their container is called. */
function nameOfOne({ name, references, isDeclared }: NamedKind): string {
  return isDeclared ? name : (references[0] ?? name);
}

/** Records that a text calls by their kind and id and that are not there after a step. */
function goneRecords(
  trace: Trace,
  stepIndex: number,
  text: string,
  kinds: readonly NamedKind[],
): readonly { readonly record: RecordRef; readonly key: string }[] {
  return kinds.flatMap((kind) => {
    const name = nameOfOne(kind);
    const called = new RegExp(
      `(?<![\\p{L}\\d_])${escapeRegExp(name)}\\s+#?"?([\\p{L}\\p{N}_-]+)`,
      'giu',
    );
    const keys = new Set(Array.from(text.matchAll(called), ([, key = '']) => key));
    return [...keys].slice(0, NAMED_ENTRIES_MAX).flatMap((key) => {
      const record = { kind: kind.name, key };
      const isThere = recordsOf(trace).find(record, stepIndex) !== undefined;
      return isThere ? [] : [{ record, key: `${name} ${key}` }];
    });
  });
}

/** The last step up to one that took a record away; none if it never was there, or that is too far back. */
function removerOf(trace: Trace, record: RecordRef, stepIndex: number): number | undefined {
  const { changedSteps } = trace;
  const records = recordsOf(trace);
  const last = lastAtMost(changedSteps, stepIndex);
  for (let passed = 0; passed < Math.min(last + 1, REMOVER_STEPS_MAX); passed += 1) {
    requireAhead(trace, last - passed, -1, passed);
    const at = changedSteps[last - passed] as number;
    const isRemoved = records
      .writtenBy(at)
      .some((write) => write.after === undefined && sameRecord(write.record, record));
    if (isRemoved) return at;
  }
  return undefined;
}

/**
 * Keeps the candidates that are whole words of the text. A longer key claims its place, so that the 15
 * of "Monday 15:00" is not taken for request 15.
 */
function claimWords(candidates: readonly NamedEntry[], text: string): readonly NamedEntry[] {
  const longestFirst = candidates.toSorted((a, b) => b.key.length - a.key.length);
  let rest = text;
  const named: { readonly entry: NamedEntry; readonly at: number }[] = [];
  for (const entry of longestFirst) {
    const word = new RegExp(
      `(?<![\\p{L}\\d_]|\\d[.:-])${escapeRegExp(entry.key)}(?![\\p{L}\\d_]|[.:-]\\d)`,
      'giu',
    );
    // Entries of two Maps may have the same key: the first claim must not hide the place.
    const at = text.search(word);
    const isFree =
      rest.search(word) !== -1 || named.some(({ entry: { key } }) => key === entry.key);
    if (at === -1 || !isFree) continue;
    rest = rest.replaceAll(word, (found) => '\u0000'.repeat(found.length));
    named.push({ entry, at });
  }
  return named.toSorted((a, b) => a.at - b.at).map(({ entry }) => entry);
}

function isNumber(key: string): boolean {
  return /^-?\d+$/.test(key);
}

function wordOf(key: Value): string | undefined {
  if (typeof key === 'string') {
    return key.length < KEY_CHARS_MIN || key.length > KEY_CHARS_MAX ? undefined : key;
  }
  if (typeof key === 'number' || typeof key === 'bigint') return formatKey(key).replace(/n$/, '');
  return undefined;
}
