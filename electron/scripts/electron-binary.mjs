/** @file Which Electron a checkout runs: the official one of package.json, or the fallback. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  FALLBACK_VERSION,
  ensureFallbackElectron,
  isFallbackPossible,
} from './electron-fallback.mjs';
import { downloadElectron, electronOf, givenElectron, versionOf } from './electron-package.mjs';
import { CACHE, packageScript } from './paths.mjs';
import { TaskError, say } from './run.mjs';

const PACKAGE_FOLDER = packageScript('electron');

/** Remembers a failed download, so that the next starts do not wait for another failure. */
const FAILURE_NOTE = join(CACHE, 'electron-download-failed.json');
const RETRY_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * Returns the Electron executable to use, and downloads it the first time.
 * @returns {Promise<string>} its absolute path
 */
export async function ensureElectron() {
  const given = givenElectron();
  if (given !== undefined) return given;
  const version = versionOf(PACKAGE_FOLDER);
  const official = electronOf(PACKAGE_FOLDER);
  if (official !== undefined) {
    say(`Electron ${version}: the official binary.`);
    return official;
  }
  const failure = recentFailure(version) ?? (await downloadOfficial(version));
  if (failure === undefined) return ensureElectron();
  if (!isFallbackPossible()) {
    throw new TaskError(
      `Electron ${version} could not be downloaded: ${failure}.\n` +
        'Remedy: check the network, or point ELECTRON_MIRROR at a reachable mirror of the\n' +
        'Electron releases, or ELECTRON_OVERRIDE_DIST_PATH at an Electron that you unpacked\n' +
        'yourself, and try again. (The fallback exists for Linux on x64 only.)',
    );
  }
  const fallback = await ensureFallbackElectron();
  say(
    `Electron ${FALLBACK_VERSION}: the fallback, because ${version} is not available (${failure}).`,
  );
  return fallback;
}

/**
 * Why the download failed less than a day ago. Nothing is remembered where there is no fallback, since
 * a second try is the only way on there.
 * @param {string} version
 * @returns {string | undefined}
 */
function recentFailure(version) {
  if (!isFallbackPossible() || !existsSync(FAILURE_NOTE)) return undefined;
  const note = JSON.parse(readFileSync(FAILURE_NOTE, 'utf8'));
  const isRecent = note.version === version && Date.now() - note.atMs < RETRY_AFTER_MS;
  return isRecent ? note.reason : undefined;
}

/**
 * @param {string} version
 * @returns {Promise<string | undefined>} why it failed, or undefined when it did not
 */
async function downloadOfficial(version) {
  mkdirSync(CACHE, { recursive: true });
  const temporary = join(CACHE, `electron-download.${process.pid}`);
  mkdirSync(temporary);
  const reason = await downloadElectron(PACKAGE_FOLDER, temporary);
  rmSync(temporary, { recursive: true, force: true });
  if (reason === undefined) {
    rmSync(FAILURE_NOTE, { force: true });
  } else {
    writeFileSync(FAILURE_NOTE, JSON.stringify({ version, reason, atMs: Date.now() }));
  }
  return reason;
}
