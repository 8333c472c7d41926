import { z } from 'zod';
import { problemSchema } from '../problem.ts';
import { sweepReportSchema } from '../sweep/report.ts';
import {
  machineInfoSchema,
  runEndSchema,
  runSettingsSchema,
  shrinkProgressSchema,
  sweepProgressSchema,
  sweepSettingsSchema,
  verifiedSchema,
} from './contract.ts';

/** The contract between the main process and the host process of one machine. */

const runId = z.string();

/** What the main process asks of a host. */
export const hostRequestSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('load'), path: z.string() }),
  /** The source was saved: it is loaded again, beside whatever goes on. */
  z.object({ kind: z.literal('reload') }),
  z.object({
    kind: z.literal('run'),
    runId,
    settings: runSettingsSchema,
    /** Lines of the trace that were sent by an earlier process, which then hung or died. */
    linesSent: z.number().int().nonnegative(),
  }),
  z.object({ kind: z.literal('verify'), runId }),
  z.object({ kind: z.literal('verifyText'), runId, text: z.string(), isLast: z.boolean() }),
  z.object({ kind: z.literal('sweep'), runId, settings: sweepSettingsSchema }),
  z.object({
    kind: z.literal('shrink'),
    runId,
    settings: runSettingsSchema,
    signature: z.string(),
  }),
  z.object({ kind: z.literal('cancel'), runId }),
]);
export type HostRequest = z.infer<typeof hostRequestSchema>;

/** What a host says. The machine's code runs in the host, so nothing here is trusted unseen. */
export const hostMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('loaded'), info: machineInfoSchema }),
  z.object({ kind: z.literal('loadFailed'), problem: problemSchema }),
  /** The author's own files that the machine is made of. */
  z.object({ kind: z.literal('sources'), paths: z.array(z.string()) }),
  z.object({ kind: z.literal('reloaded'), info: machineInfoSchema }),
  z.object({ kind: z.literal('reloadFailed'), problem: problemSchema }),
  z.object({ kind: z.literal('runText'), runId, text: z.string() }),
  z.object({ kind: z.literal('verifyProgress'), runId, steps: z.number() }),
  z.object({ kind: z.literal('verified'), runId, verified: verifiedSchema }),
  z.object({ kind: z.literal('sweepProgress'), runId, progress: sweepProgressSchema }),
  z.object({ kind: z.literal('swept'), runId, report: sweepReportSchema }),
  z.object({ kind: z.literal('shrinkProgress'), runId, progress: shrinkProgressSchema }),
  z.object({ kind: z.literal('runEnded'), runId, how: runEndSchema }),
  /** Sent now and then, unless a step of the machine takes longer than that. */
  z.object({ kind: z.literal('alive') }),
]);
export type HostMessage = z.infer<typeof hostMessageSchema>;
