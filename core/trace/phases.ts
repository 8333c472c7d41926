import { z } from 'zod';
import { PhaseWalk } from './phase-walk.ts';
import type { NamedKind } from './record-kinds.ts';
import { recordsOf } from './record-touches.ts';
import { lastAtMost, type Trace } from './trace.ts';

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

/** Where the last answers about traces stopped, so that a run that grows is not gone through again. */
const walks = new WeakMap<Trace, PhaseWalk>();

/** Answers the question `transitions`. */
export function* findTransitions(
  trace: Trace,
  { from }: { readonly from: number },
): Generator<FoundTransitions | undefined, null, undefined> {
  const known = walks.get(trace);
  const walk = known && known.position <= from ? known : new PhaseWalk(trace, phasedKinds(trace));
  // Nobody else may move it meanwhile.
  walks.delete(trace);
  const collected = new Collection();
  const { changedSteps } = trace;
  let scanned = 0;
  for (
    let at = lastAtMost(changedSteps, walk.position - 1) + 1;
    at < changedSteps.length;
    at += 1
  ) {
    const stepIndex = changedSteps[at] as number;
    const made = walk.advance(stepIndex);
    if (stepIndex >= from) for (const one of made) collected.note(one, stepIndex);
    scanned += 1;
    if (scanned % QUIET_SCANS > 0) continue;
    yield stepIndex >= from ? collected.take(stepIndex + 1) : undefined;
  }
  walk.position = trace.length;
  walks.set(trace, walk);
  yield collected.take(trace.length);
  return null;
}

/** Collects the changes of phases between two parts of an answer. */
class Collection {
  /** The phases of each field so far. */
  readonly #phases = new Map<string, Set<string>>();
  readonly #isDropped = new Set<string>();
  #dropped: PhaseField[] = [];
  #found = new Map<string, Transition & { readonly steps: number[] }>();

  note(found: Transition, stepIndex: number): void {
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
}

function keyOf({ kind, field: name }: PhaseField): string {
  return JSON.stringify([kind, name]);
}
