/** @file Takes chosen files out of a zip archive. */
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * Unpacks the files for which `targetOf` gives a path, with their Unix permissions.
 * @param {string} archive
 * @param {string} folder where the files go
 * @param {(name: string) => string | undefined} targetOf a path below `folder`, or undefined to
 *   leave the file out
 */
export async function unzip(archive, folder, targetOf) {
  // Not at the top: in a fresh clone, scripts are loaded before packages are installed.
  const { openPromise } = await import('yauzl');
  const zip = await openPromise(archive);
  for await (const entry of zip.eachEntry()) {
    const target = entry.fileName.endsWith('/') ? undefined : targetOf(entry.fileName);
    if (target === undefined) continue;
    const path = join(folder, target);
    mkdirSync(dirname(path), { recursive: true });
    const mode = (entry.externalFileAttributes >>> 16) & 0o777;
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path, { mode }));
  }
}
