/** @file Brings node_modules in line with package-lock.json. Runs before anything is installed. */
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './paths.mjs';
import { TaskError, runNpm, say } from './run.mjs';

/**
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {boolean} [optional] left out by npm where the platform does not match
 * @property {boolean} [devOptional]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 *
 * @typedef {{ packages: Record<string, LockedPackage> }} Lock
 */

/** @param {string} path @returns {Lock | undefined} */
function readLock(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/**
 * Whether npm's record in node_modules agrees with the lock file. Comparing versions costs a few
 * milliseconds and, unlike comparing file times, is right after a checkout and after an
 * installation that was interrupted (npm writes its record last).
 * @param {Lock | undefined} wanted package-lock.json
 * @param {Lock | undefined} installed node_modules/.package-lock.json
 */
export function isInstalled(wanted, installed) {
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted.packages).every(([path, locked]) => {
    if (path === '') return true;
    const found = installed.packages[path];
    if (found === undefined) return locked.optional === true || locked.devOptional === true;
    return found.version === locked.version;
  });
}

const STILL_EVERY_MS = 10_000;

/**
 * npm says nothing for minutes where its output is no terminal: a line now and then shows that it goes on, and one
 * at the end how long it took.
 * @template Result
 * @param {Promise<Result>} installing
 * @returns {Promise<Result>}
 */
export async function sayingHowLong(installing) {
  const startedMs = Date.now();
  const seconds = () => Math.round((Date.now() - startedMs) / 1000);
  const timer = setInterval(() => say(`… still installing, ${seconds()} s`), STILL_EVERY_MS);
  try {
    return await installing;
  } finally {
    clearInterval(timer);
    say(`npm ended after ${seconds()} s.`);
  }
}

/** Installs the npm packages of the lock file, unless they are there already. */
export async function ensurePackages() {
  const wanted = readLock(join(ROOT, 'package-lock.json'));
  const installed = readLock(join(ROOT, 'node_modules', '.package-lock.json'));
  if (isInstalled(wanted, installed)) return;
  if (lstatSync(join(ROOT, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) {
    // npm would empty the target of the link, which belongs to another checkout.
    say('node_modules is a link and differs from package-lock.json: it is left as it is.');
    return;
  }
  say('Installing npm packages; the first time takes a minute or two …');
  const { exitCode } = await sayingHowLong(
    runNpm([wanted ? 'ci' : 'install', '--loglevel=error'], { output: 'stderr' }),
  );
  if (exitCode !== 0) {
    throw new TaskError(
      'The npm packages could not be installed; npm says why above.\n' +
        'Remedy: check the network, then run `npm install` by hand and try again.',
    );
  }
}
