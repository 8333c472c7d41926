import { z } from 'zod';
import type { Executed } from '../machine/executed.ts';
import type { RecordKinds } from '../machine/records.ts';
import { seedSchema } from '../text/quantities.ts';
import { lifecyclesOf, phasesAtStart, type Lifecycle } from '../trace/lifecycle.ts';
import { PhaseWalk } from '../trace/phase-walk.ts';
import {
  PhaseFields,
  phasedKindsOf,
  phaseFieldSchema,
  transitionKey,
  transitionSchema,
} from '../trace/phases.ts';
import { recordKindsOf } from '../trace/record-kinds.ts';
import { diff } from '../value/diff.ts';
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

/** Counts the changes of phases in the run of a seed, at the cost of what its steps change. */
export class PhaseCounter {
  readonly #kinds: ReturnType<typeof phasedKindsOf>;
  readonly #initialState: Value;
  readonly #walk: PhaseWalk;
  readonly #fields = new PhaseFields();
  readonly #seen = new Map<string, { of: TalliedTransition; count: number }>();
  readonly #seed: string;

  constructor(records: RecordKinds | undefined, initialState: Value, seed: bigint) {
    this.#kinds = phasedKindsOf(recordKindsOf({ initialState, ...(records ? { records } : {}) }));
    this.#initialState = initialState;
    this.#walk = new PhaseWalk(this.#kinds, initialState);
    this.#seed = seed.toString();
  }

  /** Takes the next step of the run. */
  observe({ stepIndex, before, after }: Executed): void {
    if (before === after || this.#kinds.length === 0) return;
    const [was, is] = [before as Value, after as Value];
    const step = { patch: diff(was, is), before: () => was, after: () => is };
    for (const made of this.#walk.advance(step)) {
      if (!this.#fields.note(made)) continue;
      const key = transitionKey(made);
      const known = this.#seen.get(key);
      if (known) known.count += 1;
      else {
        const first = { seed: this.#seed, stepIndex };
        this.#seen.set(key, { of: { ...made, count: 1, seeds: 1, first }, count: 1 });
      }
    }
  }

  /** What was counted; `undefined` where no record may have phases. */
  get tally(): PhaseTally | undefined {
    if (this.#kinds.length === 0) return undefined;
    return {
      kinds: this.#kinds.map(({ name, isDeclared, phase, transitions, initial }) => ({
        name,
        isDeclared,
        ...(phase === undefined ? {} : { phase }),
        ...(transitions ? { transitions } : {}),
        ...(initial ? { initial } : {}),
      })),
      atStart: phasesAtStart(this.#kinds, this.#initialState),
      transitions: [...this.#seen.values()]
        .filter(({ of }) => !this.#fields.isDropped(of))
        .map((one) => ({ ...one.of, count: one.count })),
      dropped: this.#fields.dropped,
    };
  }
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
