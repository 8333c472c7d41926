import { z } from 'zod';
import { describeUnasked, type Unasked } from '../engine/unasked.ts';
import { formatPlural, seedSchema } from '../text/quantities.ts';
import { compareSeeds } from './seeds.ts';

const count = z.number().int().nonnegative();

/** The seeds in which an action completes that was never emitted. */
export const unaskedSeedsSchema = z.object({
  seeds: count,
  /** The smallest of them, and the first such step in it. */
  seed: seedSchema,
  stepIndex: count,
  /** The id of the action, as text. */
  action: z.string(),
});
export type UnaskedSeeds = Readonly<z.infer<typeof unaskedSeedsSchema>>;

/** The part of a report that says so; empty where every completion was asked for. */
export interface PartOfUnasked {
  readonly unasked?: UnaskedSeeds;
}

/** That part for one seed. */
export function partOfUnasked(unasked: Unasked | undefined, seed: bigint): PartOfUnasked {
  return unasked ? { unasked: { seeds: 1, seed: seed.toString(), ...unasked } } : {};
}

/** Adds up the parts of two reports. */
export function addUnasked(
  { unasked: one }: PartOfUnasked,
  { unasked: other }: PartOfUnasked,
): PartOfUnasked {
  if (!one) return other ? { unasked: other } : {};
  if (!other) return { unasked: one };
  const example = compareSeeds(one.seed, other.seed) <= 0 ? one : other;
  return { unasked: { ...example, seeds: one.seeds + other.seeds } };
}

/** Says it in a sentence: the scenario, or a file of inputs, tests less than it seems to. */
export function describeUnaskedSeeds(unasked: UnaskedSeeds): string {
  const { seeds, seed } = unasked;
  const others = seeds > 1 ? `, and likewise in ${formatPlural(seeds - 1, 'other seed')}` : '';
  return `In seed ${seed}, ${describeUnasked(unasked)}${others}.`;
}
