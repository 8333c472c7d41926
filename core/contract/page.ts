import { z } from 'zod';
import { drawingSchema } from '../drawing/drawing.ts';
import { problemSchema } from '../problem.ts';
import { explainedSchema, NEEDS } from '../trace/words/judged.ts';

/**
 * The contract between who saves a run as a page and the page itself: the built window in one file, with
 * the run in it as text that nothing can run or end.
 *
 * The run is Base64 of a gzip stream of lines; `page-lines.ts` writes and reads them.
 */

/** The id of the element that holds the run. The window is a page where there is one. */
export const PAGE_RUN_ID = 'run';

const count = z.number().int().nonnegative();

/** Why a finding is there, as it was found out before the run was saved. */
const pageExplanationSchema = z.object({
  /** The place of the finding in the findings of the trace. */
  finding: count,
  /** How much the judged steps are needed. */
  needs: z.array(z.tuple([count, z.enum(NEEDS)])),
  /** How many of how many parts are judged. */
  made: count,
  of: count,
  /** A page runs no machine, and opens no other run. */
  explained: explainedSchema.omit({ nearest: true }),
});
export type PageExplanation = z.infer<typeof pageExplanationSchema>;

/** What a view shows of a state, or why it shows nothing. */
export const pageDrawnSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('drawn'), drawing: drawingSchema }),
  z.object({ kind: z.literal('undrawn'), problem: problemSchema }),
]);
export type PageDrawn = z.infer<typeof pageDrawnSchema>;

/** The views of the machine, by name, as they were drawn before the run was saved. */
const pageDrawingsSchema = z.array(
  z.object({
    view: z.string(),
    /** Steps that changed the state, or -1, each with its {@link PageDrawn} as JSON, read when it is shown. */
    drawn: z.array(z.tuple([z.number().int().min(-1), z.string()])),
  }),
);
export type PageDrawings = z.infer<typeof pageDrawingsSchema>;

/** What whoever saves a page says about its run, besides what the trace says. */
export const pageAboutSchema = z.object({
  /** The name of the trace, as a file. */
  name: z.string(),
  /** The step that is shown first; without it, the first finding. */
  stepIndex: z.number().int().min(-1).exactOptional(),
  explanation: pageExplanationSchema.exactOptional(),
  drawings: pageDrawingsSchema.exactOptional(),
});
export type PageAbout = z.infer<typeof pageAboutSchema>;

/** What a page knows of its run besides the lines of the trace. */
export const pageHeadSchema = pageAboutSchema.extend({
  version: z.literal(1),
  /** The number of steps of the run, if the page ends before it. */
  stepsOfRun: count.exactOptional(),
  /** The bits of each step. */
  glances: z.array(z.number().int().min(0).max(0xffff)),
  /** The rest of the index of the trace, as `packDelta` writes it. */
  rest: z.string(),
});
export type PageHead = z.infer<typeof pageHeadSchema>;
