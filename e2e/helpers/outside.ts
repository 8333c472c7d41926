import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const made: string[] = [];
process.once('exit', () => {
  for (const folder of made) {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
});

/**
 * Makes a folder outside of the checkout, which is removed when the process of the tests ends. A hook that
 * removes it after the tests of a file may come too early: the same process may be given others of them.
 */
export function makeFolderOutside(): string {
  const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-e2e-'));
  made.push(folder);
  return folder;
}

/** Copies a machine of these tests into a new folder outside of the checkout. Returns its path there. */
export function copyOutside(file: string): string {
  const path = join(makeFolderOutside(), basename(file));
  copyFileSync(join(import.meta.dirname, '..', 'machines', file), path);
  return path;
}
