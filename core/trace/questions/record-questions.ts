import { z } from 'zod';
import { count } from '../format/codecs.ts';

const step = z.number().int().min(-1);
const record = z.object({ kind: z.string(), key: z.string() });

/** The steps that concern a record, ascending. */
export const RECORD = {
  asked: z.object({
    kind: z.literal('record'),
    record,
    /** Steps before it are left out, so that a run that grows is not searched again. */
    from: count,
  }),
  found: z.object({
    /** Steps searched so far. */
    searched: count,
    steps: z.array(count).readonly(),
  }),
  answer: z.null(),
};

/** The records of a run, in the order in which they came. */
export const RECORDS = {
  asked: z.object({
    kind: z.literal('records'),
    /** What is in their names, in any case of its letters; empty for all records. */
    text: z.string(),
    /** Those that came before this step are left out. */
    from: step,
    /** How many are wanted; the search goes on to the end of the step with the last of them. */
    max: count,
  }),
  found: z.object({
    searched: count,
    /** Each with the step that made it; -1 for one that was there at the start. */
    records: z.array(z.object({ record, stepIndex: step })).readonly(),
  }),
  /** The step from which to go on for more; null if there are no more. */
  answer: z.object({ next: count.nullable() }),
};
