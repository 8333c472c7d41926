import { z } from 'zod';
import { coveredLinesSchema } from '../sweep/covered-lines.ts';

/** A source file of a machine, and what of it was executed. */
export const coveredSourceSchema = coveredLinesSchema.extend({ text: z.string() });
export type CoveredSource = z.infer<typeof coveredSourceSchema>;

/** The author's files of a machine, the machine file first. */
export const coverageSchema = z.object({
  sources: z.array(coveredSourceSchema).readonly(),
  /** Where `stf` begins, as `file:line:column`. Absent where that is not known, and of a sweep. */
  stf: z.string().optional(),
  /** The lines that handled a step that was executed alone, likewise: see `HandlingWatch`. */
  handled: z.array(z.string()).readonly().optional(),
  /** Digest of the source as it is now. */
  sourceHash: z.string(),
});
export type Coverage = z.infer<typeof coverageSchema>;
