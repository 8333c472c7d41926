import { z } from 'zod';
import { machineRefSchema, runSettingsSchema } from '../../core/api/contract.ts';
import { showRun } from './controller.ts';
import type { RunEntry } from './model.ts';
import { session } from './store.ts';

const KEY = 'phasmoscope-session';

/** A run as it is remembered: what brings it back, since the same seed gives the same run. */
const rememberedRun = z.object({
  id: z.string(),
  origin: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('machine'),
      machine: machineRefSchema,
      settings: runSettingsSchema,
    }),
    z.object({ kind: z.literal('file'), path: z.string() }),
  ]),
  cursor: z.number().int(),
  isCursorTouched: z.boolean(),
});

const rememberedSession = z.object({
  runs: z.array(rememberedRun),
  runId: z.string().optional(),
});

/** Remembers what is open, at every change, until the answered function is called. */
export function keepSession(): () => void {
  return session.subscribe((now, before) => {
    if (now.runs === before.runs && now.runId === before.runId) return;
    const runs = now.runs.map(({ id, origin, cursor, isCursorTouched }) => ({
      id,
      origin,
      cursor,
      isCursorTouched,
    }));
    localStorage.setItem(KEY, JSON.stringify({ runs, runId: now.runId }));
  });
}

/** Brings back the last session: the run on the screen at once, the others when they are shown. */
export async function restoreSession(): Promise<void> {
  const parsed = rememberedSession.safeParse(JSON.parse(localStorage.getItem(KEY) ?? 'null'));
  // Nothing was remembered, or it is of a version that this one does not know.
  if (!parsed.success) return;
  const { runs, runId } = parsed.data;
  session.setState({ runs: runs.map((run): RunEntry => ({ ...run, status: 'waiting' })) });
  if (runId !== undefined && runs.some(({ id }) => id === runId)) await showRun(runId);
}
