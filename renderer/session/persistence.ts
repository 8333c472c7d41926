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
    const runs = now.runs.map(({ id, origin, cursor, wantedCursor, isCursorTouched }) => ({
      id,
      origin,
      cursor: wantedCursor ?? cursor,
      isCursorTouched,
    }));
    localStorage.setItem(KEY, JSON.stringify({ runs, runId: now.runId }));
  });
}

/** Brings back the list of the last session's runs; each is executed or read when it is shown. */
export function recallSession(): void {
  const remembered = readRemembered();
  if (!remembered) return;
  const runs = remembered.runs.map(({ cursor, ...run }): RunEntry => ({
    ...run,
    status: 'waiting',
    cursor: -1,
    ...(run.isCursorTouched ? { wantedCursor: cursor } : {}),
  }));
  session.setState({ runs });
}

/** Shows again what was on the screen when the last session ended. */
export async function resumeSession(): Promise<void> {
  const runId = readRemembered()?.runId;
  const { runs } = session.getState();
  if (runId !== undefined && runs.some(({ id }) => id === runId)) await showRun(runId);
}

/** Nothing, when nothing was remembered, or something that this version does not know. */
function readRemembered(): z.infer<typeof rememberedSession> | undefined {
  try {
    return rememberedSession.safeParse(JSON.parse(localStorage.getItem(KEY) ?? 'null')).data;
  } catch {
    return undefined;
  }
}
