import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMachineFile } from '../files/file-kind.ts';

/** What machine files export, by the text: nothing of it is executed. */
const EXPORTS_MACHINE = /\bexport\s+(?:(?:const|let|var)\s+machine\b|\{[^}]*\bmachine\b[^}]*\})/;
/** Files that are never opened as machines. */
const NO_MACHINE = /\.(?:test|spec|d|config)\.[cm]?[jt]sx?$/;
/** Folders with code of others, or that are made from other files. */
const FOREIGN = new Set(['node_modules', 'dist', 'build', 'coverage', 'target']);
/** A search that finds no end says what it has found by then. */
const FILES_MAX = 20_000;
const FILE_CHARS_MAX = 1_000_000;

/** The files in a folder, and below it, that export a machine as far as their text shows, by their paths. */
export function findMachineFiles(folder: string): readonly string[] {
  const found: string[] = [];
  const folders = [folder];
  let seen = 0;
  for (let at = folders.shift(); at !== undefined && seen < FILES_MAX; at = folders.shift()) {
    for (const entry of entriesOf(at)) {
      seen += 1;
      const path = join(at, entry.name);
      const isHidden = entry.name.startsWith('.');
      if (entry.isDirectory() && !isHidden && !FOREIGN.has(entry.name)) folders.push(path);
      else if (entry.isFile() && exportsMachine(path)) found.push(path);
    }
  }
  return found.toSorted();
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // One that may not be read holds nothing for us.
    return [];
  }
}

function exportsMachine(path: string): boolean {
  if (!isMachineFile(path) || NO_MACHINE.test(path)) return false;
  try {
    const text = readFileSync(path, 'utf8');
    return text.length <= FILE_CHARS_MAX && EXPORTS_MACHINE.test(text);
  } catch {
    return false;
  }
}
