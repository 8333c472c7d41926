import { constants, copyFileSync, linkSync, realpathSync, renameSync } from 'node:fs';
import { format, parse } from 'node:path';

/**
 * Gives a file a second name, with the time, before another one is written in its place.
 *
 * @returns the new path, beside the file that the path leads to.
 * @throws when it cannot be had.
 */
export function putAside(path: string): string {
  // A second name of a link would lead to what is written later.
  const real = realpathSync(path);
  const aside = asidePath(real);
  try {
    linkSync(real, aside);
  } catch {
    // Not every file system has second names.
    copyFileSync(real, aside, constants.COPYFILE_EXCL);
  }
  return aside;
}

/** Moves away what has the path of a file but cannot be read as one. Returns the new path. */
export function moveAside(path: string): string {
  const aside = asidePath(path);
  renameSync(path, aside);
  return aside;
}

function asidePath(path: string): string {
  const { dir, name, ext } = parse(path);
  const now = new Date().toISOString().replaceAll(/[:.]/g, '-');
  return format({ dir, name: `${name}-${now}`, ext });
}
