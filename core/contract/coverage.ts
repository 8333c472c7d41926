import { z } from 'zod';

/** What a line of a source is: nothing to execute, not executed, executed in part, or executed. */
export const LINE_STATES = { neutral: 0, missed: 1, partial: 2, executed: 3 } as const;
export type LineState = (typeof LINE_STATES)[keyof typeof LINE_STATES];

/** A source file of a machine, and what of it was executed. Lines and columns are counted from 0. */
export const coveredSourceSchema = z.object({
  /** Relative to the folder of the machine file, as places in messages are. */
  path: z.string(),
  text: z.string(),
  /** By line; see {@link LINE_STATES}. */
  lines: z.array(z.number()).readonly(),
  /** The parts of lines executed in part that were not executed: line, first column, column after the last. */
  gaps: z.array(z.tuple([z.number(), z.number(), z.number()])).readonly(),
});
export type CoveredSource = z.infer<typeof coveredSourceSchema>;

/** The author's files of a machine, the machine file first. */
export const coverageSchema = z.object({
  sources: z.array(coveredSourceSchema).readonly(),
  /** Digest of the source as it is now. */
  sourceHash: z.string(),
});
export type Coverage = z.infer<typeof coverageSchema>;
