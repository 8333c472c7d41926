import { EACH } from '../../machine/records.ts';
import { valueAt } from '../../value/container.ts';
import { fieldsBesideLabel } from '../../value/label.ts';
import { applyPatches } from '../../value/patch.ts';
import type { Path } from '../../value/path.ts';
import type { Value } from '../../value/value.ts';
import type { Step } from '../format/format.ts';
import { lastAtMost } from '../last-at-most.ts';
import type { TrackedSpan } from '../spans.ts';
import type { Trace } from '../trace.ts';
import {
  formatRecord,
  idTexts,
  phaseOf,
  placeOf,
  recordKindsOf,
  recordsIn,
  refersTo,
  type NamedKind,
  type RecordRef,
} from './record-kinds.ts';
import { recordKeyAt, RECORDS_MAX, recordsWritten, type RecordWrite } from './record-writes.ts';

/** The most actions whose records are remembered. */
const REMEMBERED_MAX = 20_000;

/**
 * How a step concerns a record:
 * - `wrote`: it changed the record, or made or removed it;
 * - `attempted`: it did so, and was rolled back;
 * - `named`: its input names the record;
 * - `emitted`: it emitted an action about the record;
 * - `completed`: it was given a result of such an action;
 * - `lost`: such a result was lost on its way;
 * - `interrupted`: the process died while such an action was outstanding.
 */
export type Way =
  | 'wrote'
  | 'attempted'
  | 'named'
  | 'emitted'
  | 'completed'
  | 'lost'
  | 'interrupted';

/** That a step concerns a record. */
export interface Touch {
  readonly record: RecordRef;
  readonly ways: ReadonlySet<Way>;
}

/** A record that a step put into another phase; absent where the record, or its phase, was not there. */
export interface PhaseChange {
  readonly record: RecordRef;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

type EmittedSpan = Pick<TrackedSpan, 'id' | 'action' | 'emittedAt'>;

/** The records that an emission says by itself. */
interface OwnRecords {
  readonly records: readonly RecordRef[];
  /** Whether these are all, whatever earlier emissions under its id were about. */
  readonly isAll: boolean;
}

const known = new WeakMap<Trace, TraceRecords>();

/** The records of a trace. */
export function recordsOf(trace: Trace): TraceRecords {
  const found = known.get(trace) ?? new TraceRecords(trace);
  known.set(trace, found);
  return found;
}

/**
 * Finds the records that the steps of a trace concern. An action is about the records that its fields name,
 * or whose id is its own or in it; or else about the one record that its step wrote. An action that is
 * emitted again under its id, such as by `restore`, is about the same records as before.
 */
export class TraceRecords {
  readonly kinds: readonly NamedKind[];
  readonly #trace: Trace;
  readonly #ofSpans = new Map<TrackedSpan['action'], readonly RecordRef[]>();

  constructor(trace: Trace) {
    this.#trace = trace;
    this.kinds = recordKindsOf(trace.header);
  }

  /** The kind of a record. */
  kindOf({ kind }: RecordRef): NamedKind | undefined {
    return this.kinds.find(({ name }) => name === kind);
  }

  /** The records that a step wrote. */
  writtenBy(stepIndex: number): readonly RecordWrite[] {
    if (stepIndex < 0 || !this.#trace.glance(stepIndex).hasChangedState) return [];
    const { patch } = this.#trace.step(stepIndex);
    return recordsWritten(
      this.kinds,
      patch,
      () => this.#trace.stateAt(stepIndex - 1),
      () => this.#trace.stateAt(stepIndex),
    );
  }

  /** The records that a step put into another phase. */
  phaseChangesBy(stepIndex: number): readonly PhaseChange[] {
    return this.writtenBy(stepIndex).flatMap(({ record, before, after }) => {
      const from = this.#phase(record, before, stepIndex - 1);
      const to = this.#phase(record, after, stepIndex);
      return from === to ? [] : [{ record, from, to }];
    });
  }

  #phase(record: RecordRef, path: Path | undefined, stepIndex: number): string | undefined {
    const kind = this.kindOf(record);
    const found = path && kind && valueAt(this.#trace.stateAt(stepIndex), path);
    return found?.found ? phaseOf(kind as NamedKind, found.value) : undefined;
  }

  /** Where a record is after a step; `undefined` if it is not there. Goes through its container. */
  find(record: RecordRef, stepIndex: number): Path | undefined {
    const kind = this.kindOf(record);
    if (!kind) return undefined;
    for (const { key, path } of recordsIn(kind, this.#trace.stateAt(stepIndex))) {
      if (key === record.key) return path;
    }
    return undefined;
  }

  /** The record that a path leads into after a step; `undefined` if it leads into none. */
  at(path: Path, stepIndex: number): RecordRef | undefined {
    for (const kind of this.kinds) {
      const place = placeOf(kind, path);
      if (place?.kind !== 'inside') continue;
      const key = recordKeyAt(kind, place.record, () => this.#trace.stateAt(stepIndex));
      if (key !== undefined) return { kind: kind.name, key };
    }
    return undefined;
  }

  /** All records that a step concerns. */
  touchedBy(stepIndex: number): readonly Touch[] {
    const touches = new Map<string, { record: RecordRef; ways: Set<Way> }>();
    const add = (way: Way, records: readonly RecordRef[]): void => {
      for (const record of records) {
        const name = formatRecord(record);
        const touch = touches.get(name) ?? { record, ways: new Set() };
        touch.ways.add(way);
        if (touches.size < RECORDS_MAX) touches.set(name, touch);
      }
    };
    if (stepIndex < 0) return [];
    const step = this.#trace.step(stepIndex);
    const { operation } = step;
    add('wrote', refsOf(this.writtenBy(stepIndex)));
    add('attempted', this.#attemptedBy(step));
    if (operation.kind === 'normal') add('named', this.#namedIn(operation.input));
    if (operation.kind === 'trackedActionCompleted' || operation.kind === 'loss') {
      const span = this.#trace.spanOfResult(stepIndex);
      const way = operation.kind === 'loss' ? 'lost' : 'completed';
      if (span) add(way, this.ofAction(span));
    }
    if (operation.kind === 'crash') {
      for (const span of this.#endedAt(stepIndex)) add('interrupted', this.ofAction(span));
    }
    for (const span of this.#trace.spansFrom(stepIndex)) add('emitted', this.ofAction(span));
    for (const { kind, action } of step.actions) {
      if (kind === 'untracked') add('emitted', this.#namedIn(action));
    }
    return [...touches.values()];
  }

  /** The records that a tracked action is about. */
  ofAction(span: EmittedSpan): readonly RecordRef[] {
    // Emissions of the action under its id, from this one back to one that says all: a loop, not a recursion,
    // since the trace decides how often `restore` emits it again.
    const chain: { readonly action: unknown; readonly records: readonly RecordRef[] }[] = [];
    let about: readonly RecordRef[] = [];
    for (let at: EmittedSpan | undefined = span; at;) {
      const found = this.#ofSpans.get(at.action);
      const own: OwnRecords = found ? { records: found, isAll: true } : this.#ownRecords(at);
      chain.push({ action: at.action, records: own.records });
      at = own.isAll ? undefined : this.#trace.lastSpanBefore(at.emittedAt, at.id);
    }
    for (const { action, records } of chain.toReversed()) {
      about = unique([...records, ...about]);
      this.#remember(action, about);
    }
    return about;
  }

  /** By the action, since a span is another object once it has ended. A number or a text is none. */
  #remember(action: unknown, records: readonly RecordRef[]): void {
    if (typeof action !== 'object' || action === null) return;
    this.#ofSpans.set(action, records);
    if (this.#ofSpans.size > REMEMBERED_MAX) this.#ofSpans.clear();
  }

  /** The records that an emission says by itself. */
  #ownRecords({ id, action, emittedAt }: EmittedSpan): OwnRecords {
    const written = refsOf(this.writtenBy(emittedAt));
    const texts = new Set(
      [id, ...fieldsBesideLabel(action).map(([, value]) => value)].flatMap((value) =>
        idTexts(value as Value),
      ),
    );
    const named = this.#namedIn(action);
    const own = written.filter(({ key }) => key !== '' && texts.has(key));
    if (own.length > 0) return { records: [...named, ...own], isAll: true };
    const isRestored = this.#trace.glance(emittedAt).operation === 'restore';
    const [only, ...others] = isRestored || named.length > 0 ? [] : written;
    if (only && others.length === 0) return { records: [only], isAll: true };
    return { records: named, isAll: false };
  }

  #namedIn(given: unknown): readonly RecordRef[] {
    return this.kinds.flatMap((kind) =>
      kind.at.includes(EACH) || kind.id !== undefined
        ? refersTo(kind, given).map((key) => ({ kind: kind.name, key }))
        : [],
    );
  }

  #endedAt(stepIndex: number): readonly TrackedSpan[] {
    const { endings, spans } = this.#trace.index;
    const ended: TrackedSpan[] = [];
    for (let at = lastAtMost(endings, stepIndex, stepOfEnding); at >= 0; at -= 1) {
      const ending = endings[at];
      if (ending?.at !== stepIndex) break;
      ended.push(spans[ending.span] as TrackedSpan);
    }
    return ended.toReversed();
  }

  #attemptedBy({ stepIndex, attempted }: Step): readonly RecordRef[] {
    if (attempted.length === 0) return [];
    const before = () => this.#trace.stateAt(stepIndex - 1);
    const after = () => applyPatches(before(), [attempted]);
    return refsOf(recordsWritten(this.kinds, attempted, before, after));
  }
}

function refsOf(writes: readonly RecordWrite[]): readonly RecordRef[] {
  return writes.map(({ record }) => record);
}

function unique(records: readonly RecordRef[]): readonly RecordRef[] {
  return [...new Map(records.map((record) => [formatRecord(record), record])).values()];
}

function stepOfEnding({ at }: { readonly at: number }): number {
  return at;
}
