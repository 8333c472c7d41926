import { z } from 'zod';
import { FINDING_KINDS } from '../../../machine/finding.ts';
import { causesOf } from '../../../trace/causes.ts';
import { caughtFailureSchema } from '../../../trace/codecs.ts';

/** @file Findings in the documents of commands, and as tools list them. */

const described = {
  kind: z.enum(FINDING_KINDS),
  name: z.string(),
  message: z.string(),
  shape: z.string(),
  expected: z.string().exactOptional(),
  actual: z.string().exactOptional(),
  source: z.string().exactOptional(),
  caught: caughtFailureSchema.exactOptional(),
  likelyCause: z.string().optional(),
  cure: z.string().optional(),
};

/** The findings of a run. */
export const findingsSchema = z.array(z.object({ ...described, stepIndex: z.number() }));

/** A group of findings of a sweep. */
export const groupSchema = z.object({
  ...described,
  seed: z.string(),
  stepIndex: z.number(),
  count: z.number(),
  operations: z.number(),
  isUnsteady: z.literal(true).optional(),
});

/** The findings of a run by cause, each with its first step. */
export function listCauses(findings: z.output<typeof findingsSchema>): readonly unknown[] {
  return causesOf(findings).map(({ first, count }) => {
    const { stepIndex: step, ...facts } = first;
    return { ...facts, step, findings: count };
  });
}

/** The groups of a sweep, each with its smallest seed. */
export function listGroups(groups: readonly z.output<typeof groupSchema>[]): readonly unknown[] {
  return groups.map(({ stepIndex: step, count: seeds, seed, ...facts }) => ({
    ...facts,
    seeds,
    smallestSeed: seed,
    step,
  }));
}
