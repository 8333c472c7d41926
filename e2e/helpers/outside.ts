import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** Copies a machine of these tests into a new folder outside of the checkout. Returns its path there. */
export function copyOutside(file: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-e2e-'));
  const path = join(folder, basename(file));
  copyFileSync(join(import.meta.dirname, '..', 'machines', file), path);
  return path;
}
