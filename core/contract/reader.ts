import { z } from 'zod';
import { problemSchema } from '../problem.ts';
import { noteSchema } from '../trace/format/notes.ts';
import { questionSchema, type Question } from '../trace/questions/questions.ts';
import { packedDeltaSchema } from '../trace/trace-index.ts';
import { pageAboutSchema } from './page.ts';

/**
 * The contract between the main process and the reader: the process that reads all traces, and runs no
 * machine.
 */

const traceId = z.string();
const askId = z.string();
const saveId = z.string();
const count = z.number().int().nonnegative();

/** What the main process asks of the reader. */
export const readerRequestSchema = z.discriminatedUnion('kind', [
  /** Reads a trace to its end. Its id must not be open. */
  z.object({
    kind: z.literal('open'),
    traceId,
    path: z.string(),
    /** Whether a run still writes to the file, until `finish`. */
    isLive: z.boolean(),
    /** The folder for an addressable copy of a file that cannot be read where it lies. */
    copyFolder: z.string(),
    /**
     * How many steps the window has: only what follows is sent. With null nothing is sent, and the trace
     * is read for questions alone.
     */
    stepsKnown: count.nullable(),
  }),
  /** More was written to the file. */
  z.object({ kind: z.literal('grow'), traceId }),
  /** Nothing more is written to the file. */
  z.object({ kind: z.literal('finish'), traceId }),
  /** Stops reading; the steps so far stay. */
  z.object({ kind: z.literal('stop'), traceId }),
  z.object({ kind: z.literal('close'), traceId }),
  z.object({ kind: z.literal('ask'), askId, traceId, question: questionSchema }),
  /** Asks a file that is not open; it is read for this question alone. */
  z.object({
    kind: z.literal('askFile'),
    askId,
    path: z.string(),
    copyFolder: z.string(),
    question: questionSchema,
  }),
  z.object({ kind: z.literal('cancelAsk'), askId }),
  /** Writes the steps of a trace, as far as there are any, and notes to a file. */
  z.object({
    kind: z.literal('save'),
    saveId,
    traceId,
    path: z.string(),
    notes: z.array(noteSchema),
    /** Writes a page of the trace instead. */
    page: pageAboutSchema.exactOptional(),
  }),
  /** Stops writing a page; no file is left. */
  z.object({ kind: z.literal('cancelSave'), saveId }),
]);
export type ReaderRequest = z.infer<typeof readerRequestSchema>;

/** What came of something, for whoever waits for it. */
const outcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ok'), value: z.unknown() }),
  z.object({ kind: z.literal('problem'), problem: problemSchema }),
]);

/** What the reader says. It reads files that anybody may have made, so nothing here is trusted unseen. */
export const readerMessageSchema = z.discriminatedUnion('kind', [
  /** A trace has more steps. With a header line, all steps before are void and it begins anew. */
  z.object({
    kind: z.literal('grew'),
    traceId,
    header: z.string().exactOptional(),
    delta: packedDeltaSchema,
  }),
  z.object({
    kind: z.literal('progress'),
    traceId,
    bytes: count,
    bytesMax: count.exactOptional(),
  }),
  /** A trace was read to its end, or up to a problem; all of its steps were sent before. */
  z.object({ kind: z.literal('ended'), traceId, problem: problemSchema.exactOptional() }),
  /** What was found since the last time on the way to an answer. */
  z.object({ kind: z.literal('found'), askId, parts: z.array(z.unknown()) }),
  z.object({ kind: z.literal('answered'), askId, outcome }),
  z.object({ kind: z.literal('saved'), saveId, outcome }),
  /** A file is being written that must not stay behind if the reader dies; or it is whole or gone. */
  z.object({ kind: z.literal('half'), path: z.string(), exists: z.boolean() }),
]);
export type ReaderMessage = z.infer<typeof readerMessageSchema>;

/** The other trace that a question is about, by its id. */
export function otherTraceOf(question: Question): string | undefined {
  if (question.kind === 'firstDifference') return question.beforeId;
  return question.kind === 'alignment' ? question.otherId : undefined;
}
