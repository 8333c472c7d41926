import { z } from 'zod';
import { HEADER_PARTS } from '../trace/format/header.ts';

/** In what the runtimes of recording and verification differ, where that may be the reason. */
const runtimeNote = z.string().exactOptional();

/** The difference that a verification found, as lines of the trace format. */
export const verifiedSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('agrees') }),
  z.object({
    kind: z.literal('step'),
    stepIndex: z.number(),
    fields: z.array(z.string()),
    expectedLine: z.string(),
    actualLine: z.string(),
    runtimeNote,
  }),
  z.object({
    kind: z.literal('header'),
    part: z.enum(HEADER_PARTS),
    expected: z.array(z.string()).readonly(),
    actual: z.array(z.string()).readonly(),
    runtimeNote,
  }),
  z.object({
    kind: z.literal('initialState'),
    expectedHash: z.string(),
    actualHash: z.string(),
    /** Where the two states differ, and the number of further places. */
    states: z.object({
      places: z
        .array(z.object({ path: z.string(), expected: z.string(), actual: z.string() }))
        .readonly(),
      more: z.number(),
    }),
    runtimeNote,
  }),
]);
export type Verified = z.infer<typeof verifiedSchema>;
