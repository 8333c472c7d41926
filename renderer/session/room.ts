import type { ApiEvent } from '../../core/contract/window.ts';
import { formatBytes } from '../../core/text/quantities.ts';
import { type RunEntry } from './model.ts';
import { titleOf } from './names.ts';
import { isNoted } from './notes.ts';
import { showProblem } from './notices.ts';
import { forgetRuns } from './running.ts';
import { findRun, session } from './store.ts';

/** How long a run stays after it was said that it goes. */
const LEAVING_MS = 60_000;
/** So much is made room for that the next run does not need more at once. */
const FILLED_MAX = 0.9;

/** Says which runs go since the session takes too much room, and closes them a while later. */
export function makeRoom({
  bytes,
  bytesMax,
  traces,
}: Omit<Extract<ApiEvent, { kind: 'sessionFull' }>, 'kind'>): void {
  const leaving: RunEntry[] = [];
  let left = bytes;
  for (const trace of traces) {
    if (left <= bytesMax * FILLED_MAX) break;
    const run = findRun(trace.traceId);
    if (!run || isKept(run)) continue;
    leaving.push(run);
    left -= trace.bytes;
  }
  const title = `The runs of this session take ${formatBytes(bytes)} of ${formatBytes(bytesMax)}.`;
  if (leaving.length === 0) {
    showProblem({
      title,
      remedy: 'Close runs that you no longer need, or set more in the settings.',
    });
    return;
  }
  const names = leaving.map(nameOf).join(', ');
  showProblem({
    title,
    remedy: `The oldest are closed in a minute: ${names}. Show or save those that you want to keep.`,
  });
  setTimeout(() => forgetRuns(leaving.filter((run) => !isKept(run))), LEAVING_MS);
}

/** What is on the screen, and what was written on, stays. */
function isKept(run: RunEntry): boolean {
  return session.getState().runId === run.id || isNoted(run);
}

/** Runs of one machine differ in their seeds. */
function nameOf(run: RunEntry): string {
  return run.origin.kind === 'file'
    ? titleOf(run)
    : `${titleOf(run)} with seed ${run.origin.settings.seed}`;
}
