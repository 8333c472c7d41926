import { z } from 'zod';
import { EXPRESSION_CHARS_MAX } from '../../limits.ts';
import { counted, step } from './expression-questions.ts';

/** @file What is claimed of runs after they were recorded: that something holds at all of their steps. */

/** A claim: that an expression is true at every step, or that an invariant of a machine holds. */
export const claimSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('expression'),
    expression: z.string().max(EXPRESSION_CHARS_MAX),
  }),
  z.object({ kind: z.literal('invariant'), name: z.string() }),
]);
export type Claim = z.output<typeof claimSchema>;

/** What asking a claim of one run came to. */
export const judgedSchema = counted.extend({
  /** The number of steps that the run has. */
  steps: z.number().int().nonnegative(),
  /** The first step at which the claim is false; -1 for the initial state. */
  failedAt: step.exactOptional(),
  /** What the invariant says about that. */
  message: z.string().exactOptional(),
});
export type Judged = z.output<typeof judgedSchema>;
