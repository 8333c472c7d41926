import type { Finding } from '../../machine/finding.ts';
import { Recent } from '../../recent.ts';
import type { Value } from '../../value/value.ts';
import { findingsOf } from '../causes.ts';
import { lastAtMost } from '../last-at-most.ts';
import type { Trace } from '../trace.ts';
import { escapeRegExp } from '../writes.ts';
import {
  formatRecord,
  keyText,
  recordsIn,
  sameRecord,
  type NamedKind,
  type RecordRef,
} from './record-kinds.ts';
import { recordsOf, type TraceRecords } from './record-touches.ts';

/** The most records of a trace whose steps are remembered. */
const FOLLOWED_MAX = 8;

/** Followed records, used last is last. */
const followed = new WeakMap<Trace, Recent<string, RecordFollower>>();

/**
 * The steps of one record, as the trace grows. What was found before is remembered, so that asking again
 * costs only the steps that have come since.
 */
export function followRecord(trace: Trace, record: RecordRef): RecordFollower {
  const ofTrace = followed.get(trace) ?? new Recent<string, RecordFollower>(FOLLOWED_MAX);
  followed.set(trace, ofTrace);
  const name = formatRecord(record);
  const follower = ofTrace.get(name) ?? new RecordFollower(trace, record);
  return ofTrace.keep(name, follower);
}

/**
 * Finds the steps that concern a record: see {@link TraceRecords.touchedBy}, and those with a finding that
 * names it. Goes forwards, since the ids of actions show what later steps are about. A line that holds
 * neither the record's id nor one of those is not parsed.
 */
export class RecordFollower {
  readonly #trace: Trace;
  readonly #records: TraceRecords;
  readonly #record: RecordRef;
  readonly #named: RegExp | undefined;
  /** Patterns of which a line about the record matches one; `undefined` if that cannot be said. */
  #sources: Set<string> | undefined;
  #pattern = /$^/;
  #searched = 0;
  readonly #steps: number[] = [];

  constructor(trace: Trace, record: RecordRef) {
    this.#trace = trace;
    this.#records = recordsOf(trace);
    this.#record = record;
    this.#named = namesOf(record);
    this.#sources = new Set();
    this.#lookFor(record.key);
  }

  /** The number of steps that were searched. */
  get searched(): number {
    return this.#searched;
  }

  /** The steps found from one on, ascending. */
  stepsFrom(stepIndex: number): readonly number[] {
    return this.#steps.slice(lastAtMost(this.#steps, stepIndex - 1) + 1);
  }

  /** Searches the next step. Returns whether there was one. */
  advance(): boolean {
    if (this.#searched >= this.#trace.length) return false;
    const stepIndex = this.#searched;
    if (this.#isOf(stepIndex)) {
      this.#learn(stepIndex);
      this.#steps.push(stepIndex);
    }
    this.#searched += 1;
    return true;
  }

  #isOf(stepIndex: number): boolean {
    const { hasFinding } = this.#trace.glance(stepIndex);
    if (hasFinding && findingsOf(this.#trace, stepIndex).some((found) => this.#isNamedIn(found)))
      return true;
    if (!this.#mayConcern(stepIndex)) return false;
    return this.#records
      .touchedBy(stepIndex)
      .some(({ record }) => sameRecord(record, this.#record));
  }

  #isNamedIn({ message }: Finding): boolean {
    return this.#named?.test(message) ?? false;
  }

  #mayConcern(stepIndex: number): boolean {
    // A crash interrupts what was emitted before: its line says nothing of it.
    if (this.#sources === undefined || this.#trace.glance(stepIndex).operation === 'crash')
      return true;
    return this.#pattern.test(this.#trace.line(stepIndex));
  }

  /** From now on, lines that may hold an id are parsed. */
  #lookFor(id: string): void {
    const source = sourceOnLine(id);
    if (source === undefined) this.#sources = undefined;
    if (source === undefined || !this.#sources || this.#sources.has(source)) return;
    this.#sources.add(source);
    this.#pattern = new RegExp([...this.#sources].join('|'));
  }

  /** Takes the ids of the actions about the record, by which later steps name it. */
  #learn(stepIndex: number): void {
    for (const span of this.#trace.spansFrom(stepIndex)) {
      const isAbout = this.#records.ofAction(span).some((one) => sameRecord(one, this.#record));
      if (isAbout) this.#lookFor(keyText(span.id));
    }
  }
}

/** A quick test whether a line may hold an id: every line that does passes it. */
export function idTest(id: Value): (line: string) => boolean {
  const source = sourceOnLine(keyText(id));
  const pattern = new RegExp(source ?? '');
  return (line) => pattern.test(line);
}

/**
 * A pattern that every line with an id matches: its longest word, which every writer of traces puts on a
 * line as it is; `undefined` if it has none. Around a word, another one may have escapes.
 */
function sourceOnLine(id: string): string | undefined {
  const words = id.match(/\w+/g) ?? [];
  const [longest] = words.toSorted((a, b) => b.length - a.length);
  if (longest === undefined) return undefined;
  return /^[\w !#-.:-@[\]^{-~]*$/.test(id) ? `(?<!\\w)${longest}(?!\\w)` : longest;
}

/** What names a record in a message: `order 17`, `order #17`, `Monday 09:15`. */
function namesOf({ kind, key }: RecordRef): RegExp | undefined {
  if (key === '') return undefined;
  const id = escapeRegExp(key);
  const [before, after] = ['(?<![\\p{L}\\d_])', '(?![\\p{L}\\d_]|[.:-]\\d)'];
  // A number alone may count anything.
  const isNumber = /^-?\d/.test(key);
  const what = `${escapeRegExp(kind)}\\s+#?`;
  return new RegExp(`${before}${isNumber ? what : `(?:${what})?`}"?${id}${after}`, 'iu');
}

/** A step of a long search without anything to say: others may go on meanwhile. */
const QUIET_SCANS = 256;

/**
 * The steps that concern a record, from one on. Yields what was found since the last time, and the number of
 * steps that were searched.
 */
export function* stepsOfRecord(
  trace: Trace,
  { record, from }: { readonly record: RecordRef; readonly from: number },
): Generator<{ searched: number; steps: readonly number[] } | undefined, null, undefined> {
  const follower = followRecord(trace, record);
  let reportedTo = from;
  const report = () => {
    const steps = follower.stepsFrom(reportedTo);
    reportedTo = Math.max(reportedTo, follower.searched);
    return { searched: follower.searched, steps };
  };
  while (follower.advance()) {
    if (follower.searched % QUIET_SCANS > 0) continue;
    yield follower.searched > from ? report() : undefined;
  }
  yield report();
  return null;
}

/** A record of a trace, and the step that made it; -1 for one that was there at the start. */
export interface FoundRecord {
  readonly record: RecordRef;
  readonly stepIndex: number;
}

/** Which records are listed. */
export interface ListedRecords {
  /** What is in their names, in any case of its letters; empty for all records. */
  readonly text: string;
  /** The step to begin with; -1 for the initial state. */
  readonly from: number;
  /** How many are wanted; the list goes on to the end of the step with the last of them. */
  readonly max: number;
}

/**
 * The records of a trace in the order in which they came. Yields what was found since the last time, and
 * the number of steps that were searched. Returns the step to go on from, or null at the end.
 */
export function* listRecords(
  trace: Trace,
  { text, from, max }: ListedRecords,
): Generator<
  { searched: number; records: readonly FoundRecord[] },
  { next: number | null },
  undefined
> {
  const wanted = text.toLowerCase();
  let [records, total]: [FoundRecord[], number] = [[], 0];
  let scanned = 0;
  for (const { stepIndex, made } of madeRecords(trace, from)) {
    for (const record of made) {
      if (formatRecord(record).toLowerCase().includes(wanted)) records.push({ record, stepIndex });
    }
    scanned += 1;
    const isEnough = total + records.length >= max;
    if (!isEnough && scanned % QUIET_SCANS > 0) continue;
    yield { searched: stepIndex + 1, records };
    total += records.length;
    records = [];
    if (isEnough) return { next: stepIndex + 1 };
  }
  yield { searched: trace.length, records };
  return { next: null };
}

/** The records that the initial state has, and those that each changed step made. */
function* madeRecords(
  trace: Trace,
  from: number,
): Generator<{ readonly stepIndex: number; readonly made: readonly RecordRef[] }> {
  const records = recordsOf(trace);
  if (from < 0) yield { stepIndex: -1, made: recordsAtStart(trace, records.kinds) };
  const { changedSteps } = trace;
  for (let at = lastAtMost(changedSteps, from - 1) + 1; at < changedSteps.length; at += 1) {
    const stepIndex = changedSteps[at] as number;
    const made = records
      .writtenBy(stepIndex)
      .filter(({ before, after }) => before === undefined && after !== undefined);
    yield { stepIndex, made: made.map(({ record }) => record) };
  }
}

function recordsAtStart({ header }: Trace, kinds: readonly NamedKind[]): readonly RecordRef[] {
  return kinds.flatMap((kind) =>
    Array.from(recordsIn(kind, header.initialState), ({ key }) => ({ kind: kind.name, key })),
  );
}
