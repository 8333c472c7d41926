import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { ProblemError } from '../../problem.ts';
import { codeOf } from '../../thrown.ts';
import { remedyOfWriting, whyNotWritten } from './refusals.ts';
import { signs } from './signs-of-life.ts';

/**
 * Writes a file whole or not at all: aside, synced and renamed, so that a full disk or a signal
 * leaves the old one. A pipe or a device is written to directly.
 *
 * @throws {ProblemError} when it cannot be written; what `data` throws as one is passed on.
 */
export async function writeWholeFile(
  path: string,
  data: string | Uint8Array | Generator<string> | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  try {
    const stats = await statsOrNone(path);
    // A folder that is missing is more likely a slip than a wish.
    if (stats === undefined) await stat(dirname(path));
    if (stats?.isFile() === false) await writeFile(path, data);
    else await replaceFile(stats ? await realpath(path) : path, data);
  } catch (error) {
    // Whoever makes the data says by itself why there is none.
    if (error instanceof ProblemError) throw error;
    throw unwritable(path, error);
  }
}

/**
 * What is there; `undefined` if that is nothing.
 *
 * @throws when that cannot be said, such as of a link that leads in a circle: it must not be replaced.
 */
export function statsOrNone(path: string): Promise<Stats | undefined> {
  return stat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
}

/** Compresses pieces of a text as they come. What makes them may throw. */
export function compressed(pieces: Iterable<string>): AsyncIterable<Uint8Array> {
  const gzip = createGzip();
  // An error ends the compression with it, and so reaches whoever reads.
  pipeline(Readable.from(pieces), gzip, () => {});
  return gzip;
}

// Packages that do this end the process at a signal, whatever else listens to it.
async function replaceFile(path: string, data: Parameters<typeof writeFile>[1]): Promise<void> {
  const temporary = `${path}.${process.pid}-${randomUUID().slice(0, 8)}.part`;
  signs.half(temporary, true);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(data as string);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    signs.half(temporary, false);
  }
}

function unwritable(path: string, error: unknown): ProblemError {
  const title = `${path} could not be written: ${whyNotWritten(error)}.`;
  return new ProblemError({ title, remedy: remedyOfWriting(error) }, { cause: error });
}

/** How often a lock is tried that another process has, which only reads and writes a small file meanwhile. */
const LOCK_TRIES_MAX = 100;
/** Pauses between two tries: of random lengths, so that processes do not try at the same moments, and ever longer. */
const LOCK_PAUSE_MS = 20;
const LOCK_PAUSE_MS_MAX = 600;

/**
 * Does something while no other process does it for the same file, which need not exist and may be named
 * by a link. The lock of a process that was killed counts for ten seconds. Where there is no folder for a
 * lock, there is no file either: the task finds that out.
 *
 * @throws {ProblemError} when the lock cannot be had, and whatever `task` throws.
 */
export async function withFileLock<T>(path: string, task: () => Promise<T>): Promise<T> {
  // Loaded late: it listens to signals, and a listener keeps Ctrl-C from ending an endless loop.
  const { lock } = await import('proper-lockfile');
  const real = await realpath(path).catch(() => path);
  const tryOnce = () => lock(real, { realpath: false });
  const release = await whenUnlocked(tryOnce).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return async () => {};
    if (codeOf(error) !== 'ELOCKED') throw unwritable(path, error);
    const title = `${path} is in use by another process, which does not release it.`;
    const remedy = `End that process, then remove ${real}.lock if it is still there.`;
    throw new ProblemError({ title, remedy }, { cause: error });
  });
  try {
    return await task();
  } finally {
    await release();
  }
}

/** Tries to lock a file again while it is locked. Whatever else is wrong with it does not pass. */
async function whenUnlocked<Release>(tryOnce: () => Promise<Release>): Promise<Release> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await tryOnce();
    } catch (error) {
      if (codeOf(error) !== 'ELOCKED' || tries === LOCK_TRIES_MAX) throw error;
    }
    await setTimeout(Math.random() * Math.min(LOCK_PAUSE_MS * 2 ** tries, LOCK_PAUSE_MS_MAX));
  }
}
