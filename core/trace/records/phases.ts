import { z } from 'zod';
import { lastAtMost } from '../last-at-most.ts';
import type { Trace } from '../trace.ts';
import { PhaseWalk } from './phase-walk.ts';
import type { NamedKind } from './record-kinds.ts';
import { recordsOf } from './record-touches.ts';

/**
 * @file The phases through which the records of a run go. A machine may declare the field of its records
 * that holds them; where it declares no records, each field that holds one of a few names may be one.
 */

/** A field with more values than this holds no phases. */
export const PHASES_MAX = 24;
/** A step of a long search without anything to say: others may go on meanwhile. */
const QUIET_SCANS = 256;

const step = z.number().int().min(-1);
const count = z.number().int().nonnegative();
/** See {@link PhaseField}. */
export const phaseFieldSchema = z.object({ kind: z.string(), field: z.string() });
/** See {@link Transition}. */
export const transitionSchema = phaseFieldSchema.extend({
  /** The phase before; null for a record that was not there, or had none. */
  from: z.string().nullable(),
  /** The phase after; null for a record that is no longer there, or has none. */
  to: z.string().nullable(),
});

/** A field that may hold the phase of the records of a kind. */
export type PhaseField = z.output<typeof phaseFieldSchema>;
/** A change of the phase of a record. */
export type Transition = z.output<typeof transitionSchema>;

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
        transitionSchema.extend({
          /** Ascending; once for each record that a step put into the phase. */
          steps: z.array(count).readonly(),
        }),
      )
      .readonly(),
    /** Fields that turned out to have too many values. */
    dropped: z.array(phaseFieldSchema).readonly(),
  }),
  answer: z.null(),
};
export type FoundTransitions = z.output<(typeof TRANSITIONS)['found']>;

/** The kinds of records that may have phases: declared ones only where their field is declared. */
export function phasedKindsOf(kinds: readonly NamedKind[]): readonly NamedKind[] {
  return kinds.filter(({ phase, isDeclared }) => phase !== undefined || !isDeclared);
}

/** The kinds of records of a run that may have phases. */
export function phasedKinds(trace: Trace): readonly NamedKind[] {
  return phasedKindsOf(recordsOf(trace).kinds);
}

/** A walk along a trace: the steps before its position are behind it. */
interface Walked {
  readonly walk: PhaseWalk;
  readonly position: number;
}

/** Where the last answers about traces stopped, so that a run that grows is not gone through again. */
const walks = new WeakMap<Trace, Walked>();

/** Answers the question `transitions`. */
export function* findTransitions(
  trace: Trace,
  { from }: { readonly from: number },
): Generator<FoundTransitions | undefined, null, undefined> {
  const known = walks.get(trace);
  const { walk, position } =
    known && known.position <= from
      ? known
      : { walk: new PhaseWalk(phasedKinds(trace), trace.header.initialState), position: 0 };
  // Nobody else may move it meanwhile.
  walks.delete(trace);
  const collected = new Collection();
  const { changedSteps } = trace;
  let scanned = 0;
  for (let at = lastAtMost(changedSteps, position - 1) + 1; at < changedSteps.length; at += 1) {
    const stepIndex = changedSteps[at] as number;
    const made = walk.advance({
      patch: trace.patchAt(stepIndex),
      before: () => trace.stateAt(stepIndex - 1),
      after: () => trace.stateAt(stepIndex),
    });
    if (stepIndex >= from) for (const one of made) collected.note(one, stepIndex);
    scanned += 1;
    if (scanned % QUIET_SCANS > 0) continue;
    yield stepIndex >= from ? collected.take(stepIndex + 1) : undefined;
  }
  walks.set(trace, { walk, position: trace.length });
  yield collected.take(trace.length);
  return null;
}

/** Finds the fields that turn out to have too many values to hold phases. */
export class PhaseFields {
  /** The phases of each field so far. */
  readonly #phases = new Map<string, Set<string>>();
  readonly #dropped = new Map<string, PhaseField>();

  /** Notes a transition. Returns whether its field may hold phases, as far as is known. */
  note({ kind, field: name, from, to }: Transition): boolean {
    const key = keyOf({ kind, field: name });
    if (this.#dropped.has(key)) return false;
    const phases = this.#phases.get(key) ?? new Set();
    this.#phases.set(key, phases);
    for (const phase of [from, to]) if (phase !== null) phases.add(phase);
    if (phases.size > PHASES_MAX) this.drop({ kind, field: name });
    return phases.size <= PHASES_MAX;
  }

  /** Drops a field that is known to have too many values. */
  drop({ kind, field: name }: PhaseField): void {
    const key = keyOf({ kind, field: name });
    this.#phases.delete(key);
    this.#dropped.set(key, { kind, field: name });
  }

  isDropped(one: PhaseField): boolean {
    return this.#dropped.has(keyOf(one));
  }

  /** The fields that have too many values, in the order in which that was found. */
  get dropped(): readonly PhaseField[] {
    return [...this.#dropped.values()];
  }
}

/** Collects the changes of phases between two parts of an answer. */
class Collection {
  readonly #fields = new PhaseFields();
  /** How many dropped fields were reported. */
  #reported = 0;
  #found = new Map<string, Transition & { readonly steps: number[] }>();

  note(found: Transition, stepIndex: number): void {
    if (!this.#fields.note(found)) return;
    const name = transitionKey(found);
    const known = this.#found.get(name) ?? { ...found, steps: [] };
    known.steps.push(stepIndex);
    this.#found.set(name, known);
  }

  /** What was found since the last time. */
  take(searched: number): FoundTransitions {
    const { dropped } = this.#fields;
    const found = {
      searched,
      transitions: [...this.#found.values()].filter((one) => !this.#fields.isDropped(one)),
      dropped: dropped.slice(this.#reported),
    };
    this.#reported = dropped.length;
    this.#found = new Map();
    return found;
  }
}

function keyOf({ kind, field: name }: PhaseField): string {
  return JSON.stringify([kind, name]);
}

/** A text that names a transition, and no other. */
export function transitionKey({ kind, field: name, from, to }: Transition): string {
  return JSON.stringify([kind, name, from, to]);
}
