import { z } from 'zod';
import { containerOf, valueAt } from '../value/container.ts';
import { kindOf } from '../value/label.ts';
import type { Path } from '../value/path.ts';
import type { Value } from '../value/value.ts';
import { phaseText, placeOf, type NamedKind } from './record-kinds.ts';
import { recordsOf, type RecordWrite } from './record-touches.ts';
import { lastAtMost, type Trace } from './trace.ts';

/**
 * @file The phases through which the records of a run go. A machine may declare the field of its records
 * that holds them; where it declares no records, each field that holds one of a few names may be one.
 */

/** A field with more values than this holds no phases. */
export const PHASES_MAX = 24;
/** The fields of a record that are looked at where none is declared. */
const FIELDS_MAX = 16;
/** A step of a long search without anything to say: others may go on meanwhile. */
const QUIET_SCANS = 256;

const step = z.number().int().min(-1);
const count = z.number().int().nonnegative();
const field = z.object({ kind: z.string(), field: z.string() });
const transition = field.extend({
  /** The phase before; null for a record that was not there, or had none. */
  from: z.string().nullable(),
  /** The phase after; null for a record that is no longer there, or has none. */
  to: z.string().nullable(),
});

/** A field that may hold the phase of the records of a kind. */
export type PhaseField = z.output<typeof field>;
/** A change of the phase of a record. */
export type Transition = z.output<typeof transition>;

/** The changes of the phases of records, in the order of the steps; a part of `QUESTIONS`. */
export const TRANSITIONS = {
  asked: z.object({
    kind: z.literal('transitions'),
    /** Steps before it are left out, so that a run that grows is not searched again. */
    from: step,
  }),
  found: z.object({
    /** Steps searched so far. */
    searched: count,
    transitions: z
      .array(
        transition.extend({
          /** Ascending; once for each record that a step put into the phase. */
          steps: z.array(count).readonly(),
        }),
      )
      .readonly(),
    /** Fields that turned out to have too many values. */
    dropped: z.array(field).readonly(),
  }),
  answer: z.null(),
};
export type FoundTransitions = z.output<(typeof TRANSITIONS)['found']>;

/** The kinds of records of a run that may have phases. */
export function phasedKinds(trace: Trace): readonly NamedKind[] {
  return recordsOf(trace).kinds.filter(
    ({ phase, isDeclared }) => phase !== undefined || !isDeclared,
  );
}

/** The phases of the fields of a record: of the declared one, or of all that hold a name. */
export function phasesIn(
  { phase, isDeclared }: NamedKind,
  record: Value,
): ReadonlyMap<string, string> {
  if (phase !== undefined) {
    const found = valueAt(record, [phase]);
    return new Map(found.found ? [[phase, phaseText(found.value)]] : []);
  }
  const container = containerOf(record);
  if (isDeclared || container?.kind !== 'object') return new Map();
  const phases = new Map<string, string>();
  for (const [name, value] of container.entries()) {
    if (phases.size >= FIELDS_MAX) break;
    const named = nameIn(value);
    if (named !== undefined) phases.set(name, named);
  }
  return phases;
}

const NAME = /^\p{L}[\p{L}\p{N} _-]{0,39}$/u;

/** A value that may be one of a few: a short name, or an object with a tag. */
function nameIn(value: Value): string | undefined {
  if (typeof value === 'string') return NAME.test(value) ? value : undefined;
  if (containerOf(value)?.kind !== 'object') return undefined;
  const kind = kindOf(value);
  return kind === 'object' ? undefined : kind;
}

/** Answers the question `transitions`. */
export function* findTransitions(
  trace: Trace,
  { from }: { readonly from: number },
): Generator<FoundTransitions | undefined, null, undefined> {
  const scan = new TransitionScan(trace);
  const { changedSteps } = trace;
  let scanned = 0;
  for (let at = lastAtMost(changedSteps, from - 1) + 1; at < changedSteps.length; at += 1) {
    const stepIndex = changedSteps[at] as number;
    scan.add(stepIndex);
    scanned += 1;
    if (scanned % QUIET_SCANS === 0) yield scan.take(stepIndex + 1);
  }
  yield scan.take(trace.length);
  return null;
}

/** Collects the changes of phases, step by step. */
class TransitionScan {
  readonly #trace: Trace;
  readonly #kinds: ReadonlyMap<string, NamedKind>;
  /** The phases of each field so far. */
  readonly #phases = new Map<string, Set<string>>();
  readonly #isDropped = new Set<string>();
  #dropped: PhaseField[] = [];
  #found = new Map<string, Transition & { readonly steps: number[] }>();

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#kinds = new Map(phasedKinds(trace).map((kind) => [kind.name, kind]));
  }

  add(stepIndex: number): void {
    if (!this.#mayChange(stepIndex)) return;
    for (const write of recordsOf(this.#trace).writtenBy(stepIndex))
      this.#addWrite(write, stepIndex);
  }

  /** What was found since the last time. */
  take(searched: number): FoundTransitions {
    const found = {
      searched,
      transitions: [...this.#found.values()].filter((one) => !this.#isDropped.has(keyOf(one))),
      dropped: this.#dropped,
    };
    [this.#found, this.#dropped] = [new Map(), []];
    return found;
  }

  /** Whether a change of a step may concern a phase, as far as its paths say: states cost more. */
  #mayChange(stepIndex: number): boolean {
    const patch = this.#trace.patchAt(stepIndex);
    return patch.some(({ path }) =>
      [...this.#kinds.values()].some((kind) => {
        const place = placeOf(kind, path);
        if (place?.kind !== 'inside') return place !== undefined;
        const below = path[kind.at.length];
        return kind.phase === undefined || below === undefined || below === kind.phase;
      }),
    );
  }

  #addWrite({ record, before, after }: RecordWrite, stepIndex: number): void {
    const kind = this.#kinds.get(record.kind);
    if (!kind) return;
    const was = this.#phasesAt(kind, before, stepIndex - 1);
    const is = this.#phasesAt(kind, after, stepIndex);
    for (const name of new Set([...was.keys(), ...is.keys()])) {
      const [from = null, to = null] = [was.get(name), is.get(name)];
      if (from !== to) this.#note({ kind: kind.name, field: name, from, to }, stepIndex);
    }
  }

  #phasesAt(
    kind: NamedKind,
    path: Path | undefined,
    stepIndex: number,
  ): ReadonlyMap<string, string> {
    const found = path && valueAt(this.#trace.stateAt(stepIndex), path);
    return found?.found ? phasesIn(kind, found.value) : new Map();
  }

  #note(found: Transition, stepIndex: number): void {
    const key = keyOf(found);
    if (this.#isDropped.has(key)) return;
    const phases = this.#phases.get(key) ?? new Set();
    this.#phases.set(key, phases);
    for (const phase of [found.from, found.to]) if (phase !== null) phases.add(phase);
    if (phases.size > PHASES_MAX) {
      this.#isDropped.add(key);
      this.#dropped.push({ kind: found.kind, field: found.field });
      return;
    }
    const name = JSON.stringify([key, found.from, found.to]);
    const known = this.#found.get(name) ?? { ...found, steps: [] };
    known.steps.push(stepIndex);
    this.#found.set(name, known);
  }
}

function keyOf({ kind, field: name }: PhaseField): string {
  return JSON.stringify([kind, name]);
}
