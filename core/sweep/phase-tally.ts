import { z } from 'zod';
import type { Executed } from '../machine/executed.ts';
import { EACH, type RecordKinds } from '../machine/records.ts';
import { seedSchema } from '../text/quantities.ts';
import { lifecyclesOf, phasesAtStart, type Lifecycle } from '../trace/records/lifecycle.ts';
import { PhaseWalk } from '../trace/records/phase-walk.ts';
import {
  PhaseFields,
  phasedKindsOf,
  phaseFieldSchema,
  transitionKey,
  transitionSchema,
  type Transition,
} from '../trace/records/phases.ts';
import { recordKindsOf, type NamedKind } from '../trace/records/record-kinds.ts';
import { valueAt } from '../value/container.ts';
import { diff } from '../value/diff.ts';
import type { Change, Patch } from '../value/patch.ts';
import type { Value } from '../value/value.ts';
import { compareSeeds } from './seeds.ts';

/** @file The phases through which the records of many seeds go. */

const count = z.number().int().nonnegative();
const names = z.array(z.string()).readonly();

const tallied = transitionSchema.extend({
  /** How often it was made, once for each record, and in how many seeds. */
  count,
  seeds: count,
  /** The first time in the smallest of these seeds. */
  first: z.object({ seed: seedSchema, stepIndex: count }),
});

/** How often the records of seeds were put into other phases. Tallies can be added up. */
export const phaseTallySchema = z.object({
  /** The kinds of records that may have phases, with what the machine declares. */
  kinds: z
    .array(
      z.object({
        name: z.string(),
        isDeclared: z.boolean(),
        phase: z.string().exactOptional(),
        transitions: z.record(z.string(), names).exactOptional(),
        initial: names.exactOptional(),
      }),
    )
    .readonly(),
  atStart: z
    .array(
      phaseFieldSchema.extend({
        counts: z.array(z.object({ phase: z.string(), count })).readonly(),
      }),
    )
    .readonly(),
  transitions: z.array(tallied).readonly(),
  /** Fields that turned out to have too many values to hold phases. */
  dropped: z.array(phaseFieldSchema).readonly(),
});
export type PhaseTally = z.output<typeof phaseTallySchema>;
/** A transition with what was seen of it in many seeds. */
export type TalliedTransition = z.output<typeof tallied>;

/** The kinds of records that have phases in the states of a machine, and how many there are at the start. */
type PhasedRecords = Pick<PhaseTally, 'atStart'> & {
  readonly kinds: readonly NamedKind[];
  /** The fields of the state in which they are; `undefined` where they may be anywhere. */
  readonly roots: readonly string[] | undefined;
};

/** Counts the changes of phases in the runs of seeds, at the cost of what their steps change. */
export class PhaseCounter {
  readonly #declared: RecordKinds | undefined;
  #records: PhasedRecords | undefined;
  #fields = new PhaseFields();
  #seen = new Map<string, Mutable<TalliedTransition>>();

  /** @param declared the records that the machine declares. */
  constructor(declared: RecordKinds | undefined) {
    this.#declared = declared;
  }

  /** Begins with a seed. Returns what takes the steps of its run. */
  begin(seed: bigint, initialState: Value): (step: Executed) => void {
    // All seeds of a machine begin with the same state.
    const records = (this.#records ??= phasedRecords(this.#declared, initialState));
    if (records.kinds.length === 0) return () => {};
    const walk = new PhaseWalk(records.kinds, initialState);
    const text = seed.toString();
    return ({ stepIndex, before, after }) => {
      if (before === after) return;
      const [was, is] = [before as Value, after as Value];
      const patch = patchWithin(records.roots, was, is);
      if (patch.length === 0) return;
      for (const made of walk.advance({ patch, before: () => was, after: () => is })) {
        this.#note(made, { seed: text, stepIndex });
      }
    };
  }

  #note(made: Transition, at: TalliedTransition['first']): void {
    if (!this.#fields.note(made)) return;
    const key = transitionKey(made);
    const known = this.#seen.get(key);
    if (!known) {
      this.#seen.set(key, { ...made, count: 1, seeds: 1, first: at, lastSeed: at.seed });
      return;
    }
    known.count += 1;
    if (known.lastSeed === at.seed) return;
    known.lastSeed = at.seed;
    known.seeds += 1;
    if (compareSeeds(at.seed, known.first.seed) < 0) known.first = at;
  }

  /** What was counted since the last time; `undefined` where no record may have phases. */
  take(): PhaseTally | undefined {
    const { kinds, atStart } = this.#records ?? { kinds: [], atStart: [] };
    if (kinds.length === 0) return undefined;
    const [seen, fields] = [this.#seen, this.#fields];
    [this.#seen, this.#fields] = [new Map(), new PhaseFields()];
    return {
      kinds: kinds.map(({ name, isDeclared, phase, transitions, initial }) => ({
        name,
        isDeclared,
        ...(phase === undefined ? {} : { phase }),
        ...(transitions ? { transitions } : {}),
        ...(initial ? { initial } : {}),
      })),
      atStart,
      transitions: [...seen.values()]
        .filter((one) => !fields.isDropped(one))
        .map(({ lastSeed: _, ...one }) => one),
      dropped: fields.dropped,
    };
  }
}

/** A transition while it is being counted. */
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] } & { lastSeed: string };

function phasedRecords(declared: RecordKinds | undefined, initialState: Value): PhasedRecords {
  const kinds = phasedKindsOf(
    recordKindsOf({ initialState, ...(declared ? { records: declared } : {}) }),
  );
  const roots = new Set(kinds.map(({ at }) => at[0]));
  const isAnywhere = roots.has(EACH) || roots.has(undefined);
  return {
    kinds,
    atStart: phasesAtStart(kinds, initialState),
    roots: isAnywhere ? undefined : [...roots].filter((root) => root !== undefined),
  };
}

/** What differs between two states in some of their fields. */
function patchWithin(roots: readonly string[] | undefined, before: Value, after: Value): Patch {
  if (!roots) return diff(before, after);
  const changes: Change[] = [];
  for (const root of roots) {
    const [was, is] = [valueAt(before, [root]), valueAt(after, [root])];
    if (!was.found || !is.found) return diff(before, after);
    for (const change of diff(was.value, is.value)) {
      changes.push({ ...change, path: [root, ...change.path] });
    }
  }
  return changes;
}

/** Adds up what was counted in two parts of a sweep. */
export function addTallies(
  one: PhaseTally | undefined,
  other: PhaseTally | undefined,
): PhaseTally | undefined {
  if (!one || !other) return one ?? other;
  const fields = new PhaseFields();
  for (const dropped of [...one.dropped, ...other.dropped]) fields.drop(dropped);
  const sums = new Map<string, TalliedTransition>();
  for (const more of [...one.transitions, ...other.transitions]) {
    if (!fields.note(more)) continue;
    const key = transitionKey(more);
    const known = sums.get(key);
    sums.set(key, known ? addTransitions(known, more) : more);
  }
  return {
    kinds: one.kinds,
    atStart: one.atStart,
    transitions: [...sums.values()].filter((sum) => !fields.isDropped(sum)),
    dropped: fields.dropped,
  };
}

function addTransitions(one: TalliedTransition, other: TalliedTransition): TalliedTransition {
  return {
    ...one,
    count: one.count + other.count,
    seeds: one.seeds + other.seeds,
    first: compareSeeds(other.first.seed, one.first.seed) < 0 ? other.first : one.first,
  };
}

/** The lifecycles of the records of many seeds. */
export function lifecyclesOfTally({
  kinds,
  transitions,
  atStart,
}: PhaseTally): readonly Lifecycle<TalliedTransition>[] {
  return lifecyclesOf(kinds, transitions, atStart);
}
