/** @file A folder for all that the end-to-end tests write outside of the checkout. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** With the id of the process that owns the folder. */
const NAME = /^phasmoscope-run-(\d+)-/;

/**
 * Runs something with a temporary folder that is removed with all that is in it when it ends, or, where it was
 * killed, at the next start.
 * @template Result
 * @param {(folder: string) => Promise<Result>} action
 * @param {string} [parent]
 * @returns {Promise<Result>}
 */
export async function withRunFolder(action, parent = tmpdir()) {
  removeLeftOver(parent);
  const folder = mkdtempSync(join(parent, `phasmoscope-run-${process.pid}-`));
  try {
    return await action(folder);
  } finally {
    remove(folder);
  }
}

/** @param {string} parent */
function removeLeftOver(parent) {
  for (const name of readdirSync(parent)) {
    const [, owner] = NAME.exec(name) ?? [];
    if (owner !== undefined && !isAlive(Number(owner))) remove(join(parent, name));
  }
}

/** @param {string} folder */
function remove(folder) {
  try {
    // Chromium's last helper process may still write while it ends, hence the retries.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  } catch {
    // It is somebody else's, or still written to: the next start tries again.
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user may not be signalled, and lives.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
