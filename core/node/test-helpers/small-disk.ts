import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk of its own, which tests fill. */
export interface SmallDisk {
  readonly folder: string;
  /** Fills it, except for some kilobytes. */
  fill(freeKb: number): void;
  /** Takes it away, with all that is on it. */
  close(): void;
}

/** Whether this process may mount disks: only the root of a Linux system may, and not in every container. */
export const CAN_MOUNT = canMount();

/**
 * Mounts a disk in memory, where {@link CAN_MOUNT}.
 *
 * @param sizeKb how much it holds.
 */
export function mountSmallDisk(sizeKb: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeKb}k`, 'tmpfs', folder], {
      stdio: 'ignore',
    });
  } catch (error) {
    rmdirSync(folder);
    throw error;
  }
  return {
    folder,
    fill(freeKb) {
      const { bavail, bsize } = statfsSync(folder);
      const bytes = Math.max(0, bavail * bsize - freeKb * 1024);
      writeFileSync(join(folder, 'filler'), Buffer.alloc(bytes));
    },
    close() {
      execFileSync('umount', ['--lazy', folder]);
      rmdirSync(folder);
    },
  };
}

function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    mountSmallDisk(64).close();
    return true;
  } catch {
    return false;
  }
}
