import { readFileSync, type Stats } from 'node:fs';
import { ProblemError } from '../../problem.ts';
import { codeOf } from '../../thrown.ts';
import { whyNotRead } from './refusals.ts';
import { statsOf } from './stats.ts';

/**
 * Refuses what is there, but is not a file: opening a pipe that nobody writes to would wait without end, and
 * a device may never end.
 *
 * @throws {ProblemError} when a folder, a pipe or a device has the path.
 */
export function refuseOtherThanFile(path: string): void {
  const stats = statsOf(path);
  if (stats === undefined || stats.isFile()) return;
  throw new ProblemError({
    title: `${path} could not be read: it is ${whatIsThere(stats)}, not a file.`,
    remedy: 'Remove it, or put the file there that belongs there.',
  });
}

/**
 * Reads a small file of a program, such as its settings; `undefined` if there is none.
 *
 * @throws {ProblemError} when something is there that cannot be read.
 */
export function readSmallFile(path: string): string | undefined {
  refuseOtherThanFile(path);
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    const title = `${path} could not be read: ${whyNotRead(error)}.`;
    throw new ProblemError({ title, remedy: 'Make it readable, or remove it.' }, { cause: error });
  }
}

function whatIsThere(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}
