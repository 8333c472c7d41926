import { z } from 'zod';
import { findingsOf } from '../causes.ts';
import { count } from '../format/codecs.ts';
import type { Trace } from '../trace.ts';
import { sentenceSchema } from '../words/sentences.ts';
import { doerSchema } from './doer.ts';
import { FACT_KINDS, findKnownCause, type KnownFact } from './known-cause.ts';

/** What is known of the cause of a finding; see {@link findKnownCause}. */
export const KNOWN = {
  asked: z.object({
    kind: z.literal('known'),
    stepIndex: z.number().int().min(-1),
    /** Which of the findings of the step, in the order of the trace. */
    finding: count,
  }),
  found: z.never(),
  answer: z
    .array(
      z.object({
        kind: z.enum(FACT_KINDS),
        sentence: sentenceSchema.readonly(),
        doneBy: doerSchema.exactOptional(),
      }) satisfies z.ZodType<KnownFact>,
    )
    .readonly(),
};

/** Returns the known facts; there are none for a finding that the trace does not have. */
export function* findKnown(
  trace: Trace,
  { stepIndex, finding: at }: z.output<typeof KNOWN.asked>,
): Generator<undefined, z.output<typeof KNOWN.answer>, undefined> {
  const finding = findingsOf(trace, stepIndex)[at];
  const facts = finding ? yield* findKnownCause(trace, finding) : [];
  return facts.map(({ sentence, ...fact }) => ({ ...fact, sentence: [...sentence] }));
}
