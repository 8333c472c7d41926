import { z } from 'zod';
import { machineInfoSchema, problemSchema, runSettingsSchema, verifiedSchema } from './contract.ts';

/** The contract between the main process and the host process of one machine. */

const runId = z.string();

/** What the main process asks of a host. */
export const hostRequestSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('load'), path: z.string() }),
  z.object({ kind: z.literal('run'), runId, settings: runSettingsSchema }),
  z.object({ kind: z.literal('verify'), runId, text: z.string() }),
  z.object({ kind: z.literal('cancel'), runId }),
]);
export type HostRequest = z.infer<typeof hostRequestSchema>;

/** What a host says. The machine's code runs in the host, so nothing here is trusted unseen. */
export const hostMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('loaded'), info: machineInfoSchema }),
  z.object({ kind: z.literal('loadFailed'), problem: problemSchema }),
  z.object({ kind: z.literal('runText'), runId, text: z.string() }),
  z.object({ kind: z.literal('verifyProgress'), runId, steps: z.number() }),
  z.object({ kind: z.literal('verified'), runId, verified: verifiedSchema }),
  z.object({
    kind: z.literal('runEnded'),
    runId,
    how: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('completed') }),
      z.object({ kind: z.literal('cancelled') }),
      z.object({ kind: z.literal('failed'), problem: problemSchema }),
    ]),
  }),
  /** Sent when nothing else was for a while: the host is alive. */
  z.object({ kind: z.literal('alive') }),
]);
export type HostMessage = z.infer<typeof hostMessageSchema>;
