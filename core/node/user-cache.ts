import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** The folder of Phasmoscope in the user's caches. It may not exist, and may be deleted at any time. */
export function userCacheFolder(): string {
  const { env, platform } = process;
  const caches =
    platform === 'win32'
      ? (env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'))
      : platform === 'darwin'
        ? join(homedir(), 'Library', 'Caches')
        : (env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'));
  return join(caches, 'phasmoscope');
}

/** An entry that is read after this long counts as used again. */
const USE_NOTED_MS = 86_400_000;
const DIGEST_BYTES = 32;

/**
 * Entries by name, each one a file in the user's cache folder. Any number of processes use them at
 * once. A cache that cannot be read or written is an empty one: nothing here throws.
 */
export class UserCache {
  readonly #folder: string;
  readonly #bytesMax: number;

  /**
   * @param kind the folder of the entries.
   * @param bytesMax of all entries together; the ones that were not used for longest give way.
   */
  constructor(kind: string, bytesMax: number) {
    this.#folder = join(userCacheFolder(), kind);
    this.#bytesMax = bytesMax;
  }

  /**
   * Returns an entry as it was written, or `undefined` when there is none or it is damaged.
   *
   * @param name of letters, digits and hyphens.
   */
  read(name: string): Buffer | undefined {
    const path = join(this.#folder, name);
    try {
      const file = readFileSync(path);
      const data = file.subarray(DIGEST_BYTES);
      if (!digestOf(data).equals(file.subarray(0, DIGEST_BYTES))) return undefined;
      const now = new Date();
      if (now.getTime() - statSync(path).mtimeMs > USE_NOTED_MS) utimesSync(path, now, now);
      return data;
    } catch {
      return undefined;
    }
  }

  /** Adds or replaces an entry. Other processes see the old one, or all of the new one. */
  write(name: string, data: Uint8Array): void {
    const path = join(this.#folder, name);
    const part = `${path}.${process.pid}-${performance.now()}`;
    try {
      // What is kept here is executed later: nobody else may write it.
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      writeFileSync(part, Buffer.concat([digestOf(data), data]));
      renameSync(part, path);
      this.#makeRoom();
    } catch {
      remove(part);
    }
  }

  /** Also removes what a process that was killed left half-written. */
  #makeRoom(): void {
    const entries = readdirSync(this.#folder).flatMap((name) => {
      const path = join(this.#folder, name);
      const stats = statSync(path, { throwIfNoEntry: false });
      return stats ? [{ path, bytes: stats.size, usedMs: stats.mtimeMs }] : [];
    });
    let bytes = 0;
    for (const entry of entries.toSorted((a, b) => b.usedMs - a.usedMs)) {
      if (bytes + entry.bytes > this.#bytesMax) remove(entry.path);
      else bytes += entry.bytes;
    }
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // There may be a file where its folder should be.
  }
}

function digestOf(data: Uint8Array): Buffer {
  return createHash('sha256').update(data).digest();
}
