import { z } from 'zod';
import { STEPS_MAX } from '../limits.ts';
import { problemSchema } from '../problem.ts';

/**
 * @file A picture that the command line orders: a window that nobody sees takes it, says how far it is on
 * standard output, and ends.
 */

/** What there are pictures of: the view in the pane that has the focus, the timeline, or the window. */
export const PICTURE_SUBJECTS = ['view', 'timeline', 'window'] as const;
export type PictureSubject = (typeof PICTURE_SUBJECTS)[number];

/** The smallest size of a window in which nothing overlaps, and the largest that is pictured, in pixels. */
export const WINDOW_SIZES = {
  widthPx: { min: 1_040, max: 3_840 },
  heightPx: { min: 640, max: 2_160 },
} as const;

/** The steps of a moving picture: a minute or two at a calm pace, and as long to make. */
export const FILM_STEPS_MAX = 300;

const step = z.number().int().min(-1).max(STEPS_MAX);

/** A picture to take of what the window was started with. */
export const pictureOrderSchema = z.object({
  /** The file to write. */
  out: z.string(),
  subject: z.enum(PICTURE_SUBJECTS),
  /** The steps that a moving picture shows; absent for one that does not move. */
  film: z.object({ from: step, to: step, stepsPerSecond: z.number().positive() }).exactOptional(),
  theme: z.enum(['light', 'dark']),
  widthPx: z.number().int().min(WINDOW_SIZES.widthPx.min).max(WINDOW_SIZES.widthPx.max),
  heightPx: z.number().int().min(WINDOW_SIZES.heightPx.min).max(WINDOW_SIZES.heightPx.max),
});
export type PictureOrder = z.infer<typeof pictureOrderSchema>;

/** What the window says about the picture; with all but `progress`, it ends. */
export const pictureNewsSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), done: z.number(), of: z.number() }),
  z.object({ kind: z.literal('taken') }),
  z.object({ kind: z.literal('problem'), problem: problemSchema }),
]);
export type PictureNews = z.infer<typeof pictureNewsSchema>;

const NEWS_MARK = 'phasmoscope-picture ';

/** Writes news as a line of standard output. */
export function printPictureNews(news: PictureNews): string {
  return `${NEWS_MARK}${JSON.stringify(news)}\n`;
}

/** Reads a line of standard output; `undefined` for what anything else has written there. */
export function readPictureNews(line: string): PictureNews | undefined {
  if (!line.startsWith(NEWS_MARK)) return undefined;
  return pictureNewsSchema.parse(JSON.parse(line.slice(NEWS_MARK.length)));
}

/** The switch that goes with such a launch: whatever starts the window need not read the launch. */
export const UNSEEN_SWITCH = '--phasmoscope-unseen';
