import { sameValue } from '../../core/value/value.ts';
import { compareFromFirstDifference } from './beside.ts';
import { seek } from './cursor.ts';
import { isShrunk, originalOf, settingsOf } from './lineage.ts';
import type { RunEntry } from './model.ts';
import { listRun, openRun, showRun } from './running.ts';
import { session } from './store.ts';
import { findMachineOf, isVerifiable } from './tasks/verify.ts';

/*
 * The original of a shrunk run: the run of the seed that it names, which need not be open.
 */

/** Whether a run was shrunk from one that is not open, and that can be made again from its seed. */
export function lacksOriginal(run: RunEntry, runs: readonly RunEntry[]): boolean {
  return isShrunk(run) && isVerifiable(run) && originalOf(run, runs) === undefined;
}

/** Shows the original of a shrunk run at a step; its seed is run again, unless it is open. */
export async function openOriginal(shrunk: RunEntry, stepIndex: number): Promise<void> {
  const withTrace = session.getState().runs.filter(({ trace }) => trace);
  const open = originalOf(shrunk, withTrace);
  if (open) {
    await showRun(open.id);
    return seek(stepIndex);
  }
  const origin = await originOfOriginal(shrunk);
  return origin && openRun(origin, { stepIndex });
}

/** Compares a shrunk run with its original; its seed is run again beside it, unless it is open. */
export async function compareWithOriginal(shrunk: RunEntry): Promise<void> {
  const open = originalOf(shrunk, session.getState().runs);
  if (open) return compareFromFirstDifference(shrunk.id, open.id);
  const origin = await originOfOriginal(shrunk);
  if (!origin) return undefined;
  // It may be on the list, and not have come so far that it is known for the original.
  const listed = session.getState().runs.find((run) => sameValue(run.origin, origin));
  return compareFromFirstDifference(shrunk.id, listed?.id ?? listRun(origin));
}

async function originOfOriginal(shrunk: RunEntry) {
  const machine = await findMachineOf(shrunk);
  const settings = settingsOf(shrunk);
  return machine && settings && ({ kind: 'machine', machine, settings } as const);
}
