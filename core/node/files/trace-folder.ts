import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { kindOfFile } from './file-kind.ts';
import { statsOf } from './stats.ts';

/** Whether a path is that of a folder. */
export function isFolder(path: string): boolean {
  return statsOf(path)?.isDirectory() === true;
}

/** The traces directly inside a folder, and the counterexamples of model checkers, by their names. */
export function tracesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .toSorted()
    .map((name) => join(folder, name))
    .filter((file) => ['trace', 'itf', 'log'].includes(kindOfFile(file)))
    .filter((file) => statsOf(file)?.isFile() === true);
}
