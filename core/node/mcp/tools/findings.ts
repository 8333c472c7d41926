import { z } from 'zod';
import { FINDING_KINDS } from '../../../machine/finding.ts';
import { causesOf } from '../../../trace/causes.ts';
import { caughtFailureSchema } from '../../../trace/format/codecs.ts';

/** @file Findings in the documents of commands, and as tools list them. */

const described = {
  kind: z.enum(FINDING_KINDS),
  name: z.string(),
  message: z.string(),
  shape: z.string(),
  expected: z.string().exactOptional(),
  actual: z.string().exactOptional(),
  source: z.string().exactOptional(),
  predicate: z.string().exactOptional(),
  caught: caughtFailureSchema.exactOptional(),
  likelyCause: z.string().optional(),
  cure: z.string().optional(),
};

/** The findings of a run. */
export const findingsSchema = z.array(z.object({ ...described, stepIndex: z.number() }));

/** A cause of findings of a sweep. */
export const sweepCauseSchema = z.object({
  ...described,
  seed: z.string(),
  stepIndex: z.number(),
  count: z.number(),
  operations: z.number(),
  isUnsteady: z.literal(true).optional(),
  alsoBreaks: z.array(z.object({ kind: z.string(), name: z.string(), shape: z.string() })),
  minimalSteps: z.number().optional(),
  /** Why the minimal run fails, in sentences. */
  explanation: z.array(z.string()).optional(),
  command: z.string(),
});

/** The findings of a run by cause, each with its first step. */
export function listCauses(findings: z.output<typeof findingsSchema>): readonly unknown[] {
  return causesOf(findings).map(({ first, count }) => {
    const { stepIndex: step, ...facts } = first;
    return { ...facts, step, findings: count };
  });
}

/** The causes of a sweep, each with the seed that is its example. */
export function listSweepCauses(
  causes: readonly z.output<typeof sweepCauseSchema>[],
): readonly unknown[] {
  return causes.map(({ stepIndex: step, count: seeds, ...facts }) => ({ ...facts, seeds, step }));
}
