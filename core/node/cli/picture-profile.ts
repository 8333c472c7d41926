import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '../../thrown.ts';

/** The name of a profile, with the id of the process that uses it. */
const PROFILE = /^phasmoscope-picture-(\d+)-/;

/**
 * Makes a profile for the window that takes a picture, in the folder for temporary files; `remove` deletes it. The
 * profiles of processes that were killed before they could do so are deleted first.
 */
export async function takeProfile(): Promise<{
  readonly path: string;
  readonly remove: () => Promise<void>;
}> {
  await removeAbandoned();
  const path = await mkdtemp(join(tmpdir(), `phasmoscope-picture-${process.pid}-`));
  return { path, remove: () => removeFolder(path) };
}

async function removeAbandoned(): Promise<void> {
  const names = await readdir(tmpdir());
  const abandoned = names.filter((name) => {
    const [, pid] = PROFILE.exec(name) ?? [];
    return pid !== undefined && !isAlive(Number(pid));
  });
  // Those of other users cannot be deleted, and are not in the way.
  await Promise.allSettled(abandoned.map((name) => removeFolder(join(tmpdir(), name))));
}

/** The last helper process of the window may still write while it ends, hence the retries. */
function removeFolder(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // A process of another user may not be sent a signal, but is there.
    return codeOf(error) !== 'ESRCH';
  }
}
