import { lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { z } from 'zod';
import { ProblemError } from '../../problem.ts';
import { PACKAGE_ROOT } from '../package-root.ts';

/**
 * Names the folders that a command started for an agent may execute machines in and read traces from, as a
 * JSON list. A command that a person starts reaches everything.
 */
const VARIABLE = 'PHASMOSCOPE_FOLDERS';

const foldersSchema = z.array(z.string());

/** The environment of a command that may reach these folders only: absolute paths without links. */
export function confinedTo(folders: readonly string[]): NodeJS.ProcessEnv {
  return { ...process.env, [VARIABLE]: JSON.stringify(folders) };
}

/** Whether this process may execute or read what a path leads to. */
export function isWithinReach(path: string): boolean {
  const variable = process.env[VARIABLE];
  if (variable === undefined) return true;
  const place = withoutLinks(path);
  if (place === undefined) return false;
  const samples = join(realpathSync(PACKAGE_ROOT), 'samples');
  const folders = foldersSchema.parse(JSON.parse(variable));
  return [samples, ...folders].some((folder) => isWithin(folder, place));
}

/** @throws {ProblemError} where {@link isWithinReach} says no. */
export function requireWithinReach(path: string): void {
  if (isWithinReach(path)) return;
  throw new ProblemError({
    title: `${path} is outside of the folders that this server was started for.`,
    remedy: 'Another folder must be given when the server is started: phasmoscope mcp FOLDER.',
  });
}

/** Whether a path leads to a folder or to something in it. Both are absolute and without links. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way.split(sep)[0] !== '..';
}

/**
 * The path that a path leads to; nothing for a link to nothing, or where not even the folder exists. What does
 * not exist yet lies where its folder does.
 */
export function withoutLinks(path: string): string | undefined {
  const whole = realpath(path);
  if (whole !== undefined) return whole;
  // What is written to a link to nothing is made where the link leads.
  if (lstatSync(path, { throwIfNoEntry: false })) return undefined;
  const folder = realpath(dirname(path));
  return folder === undefined ? undefined : join(folder, basename(path));
}

function realpath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
