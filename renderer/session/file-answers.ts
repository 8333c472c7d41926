import { sourceOf } from './asking.ts';
import { hasAnswers } from './kept-answers.ts';
import type { RunEntry } from './model.ts';
import { session, updateRun } from './store.ts';

/*
 * What was asked of a trace in a file of the user's is kept with the session, too, but anybody may change that file.
 * So it is kept with a digest of the run, and comes back only for a file that still holds that run.
 */

/** The runs whose digests are being asked for. */
const asking = new Set<string>();

/** Asks for the digests of files about which there are answers, and takes kept ones back, until it is ended. */
export function followFileAnswers(): () => void {
  const follow = () => {
    for (const run of session.getState().runs) {
      if (isWanted(run) && !asking.has(run.id)) void askDigest(run);
    }
  };
  follow();
  return session.subscribe((now, before) => {
    if (now.runs !== before.runs) follow();
  });
}

/** Whether it must be known which run a file holds: there are answers about it, or were. */
function isWanted(run: RunEntry): boolean {
  const { origin, status, trace, fileDigest, answersLeft } = run;
  if (origin.kind !== 'file' || !trace || status === 'running' || status === 'waiting')
    return false;
  return answersLeft !== undefined || (fileDigest === undefined && hasAnswers(run));
}

async function askDigest({ id, trace }: RunEntry): Promise<void> {
  if (!trace) return;
  asking.add(id);
  try {
    const digest = await sourceOf(trace).ask({ kind: 'digest' });
    updateRun(id, (run) => (run.trace === trace ? withDigest(run, digest) : run));
  } catch {
    // Without it, nothing is kept: the file went away while it was read.
    updateRun(id, ({ answersLeft: _, ...run }) => ({ ...run, fileDigest: '' }));
  } finally {
    asking.delete(id);
  }
}

/** A run with the digest of its file, and with what was answered of that in an earlier session. */
function withDigest({ answersLeft, ...run }: RunEntry, fileDigest: string): RunEntry {
  const isSame = answersLeft?.digest === fileDigest;
  // What was answered since is newer.
  return { ...(isSame ? answersLeft.answers : {}), ...run, fileDigest };
}
