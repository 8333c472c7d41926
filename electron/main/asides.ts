import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SESSION_FILES, type SessionFile } from '../../core/contract/window.ts';
import { readSmallFile } from '../../core/node/files/regular-file.ts';
import { statsOf } from '../../core/node/files/stats.ts';
import { ASIDE_BYTES_MAX, ASIDE_DAYS } from '../../core/text/quantities.ts';

/** @file The files of a session that were put aside, since not all of them could be read. */

const DAY_MS = 24 * 60 * 60 * 1_000;

/** A file that was put aside. */
interface Aside {
  readonly file: SessionFile;
  readonly path: string;
  readonly atMs: number;
  readonly bytes: number;
}

/**
 * Deletes the oldest files that were put aside: those that have been there for {@link ASIDE_DAYS}, and whatever is
 * beyond {@link ASIDE_BYTES_MAX}. What a person has named or noted stays.
 */
export function dropOldAsides(folder: string, nowMs: number): void {
  let bytes = 0;
  for (const aside of listAsides(folder).toSorted((one, other) => other.atMs - one.atMs)) {
    bytes += aside.bytes;
    const isOld = nowMs - aside.atMs > ASIDE_DAYS * DAY_MS;
    if ((isOld || bytes > ASIDE_BYTES_MAX) && !holdsWords(aside)) drop(aside.path);
  }
}

function listAsides(folder: string): readonly Aside[] {
  return readdirSync(folder).flatMap((name): readonly Aside[] => {
    const path = join(folder, name);
    const file = SESSION_FILES.find((one) => name.startsWith(`${one}-`));
    const atMs = file === undefined ? Number.NaN : timeIn(name);
    const stats = statsOf(path);
    if (file === undefined || Number.isNaN(atMs) || stats?.isFile() !== true) return [];
    return [{ file, path, atMs, bytes: stats.size }];
  });
}

/** When a file got its name: `session-2026-11-30T08-15-00-000Z.json`. */
function timeIn(name: string): number {
  const [, date, hours, minutes, seconds] =
    /-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-\d{3}Z\.json$/.exec(name) ?? [];
  return date === undefined ? Number.NaN : Date.parse(`${date}T${hours}:${minutes}:${seconds}Z`);
}

/** Whether a file holds what a person has written: names, which only forks have, or notes. */
function holdsWords({ file, path }: Aside): boolean {
  const text = textOf(path);
  // Nobody knows what is in a file that cannot be read at all.
  if (text === undefined) return true;
  if (file === 'places') return /"notes":\[\s*[^\]\s]/.test(text) || text.includes('"marked"');
  return text.includes('"kind":"fork"') && hasNamedRun(text);
}

function hasNamedRun(text: string): boolean {
  try {
    const { runs } = JSON.parse(text) as { readonly runs: { readonly runs: readonly unknown[] } };
    return runs.runs.some((run) => typeof run === 'object' && run !== null && 'name' in run);
  } catch {
    // It is damaged: there may have been one.
    return true;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readSmallFile(path);
  } catch {
    return undefined;
  }
}

/** Nothing depends on that it is gone. */
function drop(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It stays.
  }
}
