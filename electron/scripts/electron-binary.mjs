/** @file Which Electron runs: the official one of package.json, or the fallback. */
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  FALLBACK_VERSION,
  ensureFallbackElectron,
  isFallbackPossible,
} from './electron-fallback.mjs';
import { CACHE, packageScript } from './paths.mjs';
import { TaskError, say } from './run.mjs';

const PACKAGE_FOLDER = packageScript('electron');

/**
 * The path of the executable in an unpacked Electron, if not `electron`.
 * @type {Partial<Record<NodeJS.Platform, string>>}
 */
const EXECUTABLES = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };

/** Remembers a failed download, so that the next starts do not wait for another failure. */
const FAILURE_NOTE = join(CACHE, 'electron-download-failed.json');
const RETRY_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * A download that gains no byte for this long is given up. The whole download has no limit: on a slow
 * connection the 110 MB may take minutes.
 */
const STALL_MS = 10_000;

/**
 * Returns the Electron executable to use, and downloads it the first time.
 * @returns {Promise<string>} its absolute path
 */
export async function ensureElectron() {
  const ownFolder = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (ownFolder !== undefined) {
    say(`Electron: the one in ${ownFolder}, as ELECTRON_OVERRIDE_DIST_PATH says.`);
    return join(ownFolder, EXECUTABLES[process.platform] ?? 'electron');
  }
  const { version } = JSON.parse(readFileSync(join(PACKAGE_FOLDER, 'package.json'), 'utf8'));
  const official = officialElectron(version);
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
 * The official executable, if exactly this version is installed.
 * @param {string} version
 */
function officialElectron(version) {
  try {
    const dist = join(PACKAGE_FOLDER, 'dist');
    const executable = join(dist, readFileSync(join(PACKAGE_FOLDER, 'path.txt'), 'utf8'));
    const installed = readFileSync(join(dist, 'version'), 'utf8').trim().replace(/^v/, '');
    return installed === version && existsSync(executable) ? executable : undefined;
  } catch {
    return undefined; // Not installed yet: the package's own installer writes these files last.
  }
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
 * Runs the electron package's own installer, which knows mirrors, proxies and checksums.
 * @param {string} version
 * @returns {Promise<string | undefined>} why it failed, or undefined when it did not
 */
async function downloadOfficial(version) {
  say(`Downloading Electron ${version} …`);
  mkdirSync(CACHE, { recursive: true });
  const temporary = join(CACHE, `electron-download.${process.pid}`);
  mkdirSync(temporary);
  const failure = await runInstaller(temporary);
  const reason = failure ?? (officialElectron(version) ? undefined : 'its installer brought none');
  rmSync(temporary, { recursive: true, force: true });
  if (reason === undefined) {
    rmSync(FAILURE_NOTE, { force: true });
  } else {
    writeFileSync(FAILURE_NOTE, JSON.stringify({ version, reason, atMs: Date.now() }));
  }
  return reason;
}

/**
 * @param {string} temporary where the installer puts the growing download
 * @returns {Promise<string | undefined>} why it failed
 */
function runInstaller(temporary) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(PACKAGE_FOLDER, 'install.js')], {
      stdio: ['ignore', 2, 'pipe'],
      env: { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
    });
    let errorText = '';
    let bytes = 0;
    let grewAtMs = Date.now();
    let isStalled = false;
    child.stderr?.setEncoding('utf8').on('data', (chunk) => (errorText += chunk));
    const watch = setInterval(() => {
      const bytesNow = folderBytes(temporary) + folderBytes(join(PACKAGE_FOLDER, 'dist'));
      if (bytesNow !== bytes) grewAtMs = Date.now();
      bytes = bytesNow;
      isStalled = Date.now() - grewAtMs > STALL_MS;
      if (isStalled) child.kill('SIGKILL');
    }, 500);
    child.on('close', (exitCode) => {
      clearInterval(watch);
      if (exitCode === 0) resolve(undefined);
      else if (isStalled) resolve(`no byte arrived for ${STALL_MS / 1000} s`);
      else resolve(errorText.split('\n')[0]?.trim() || `the installer ended with code ${exitCode}`);
    });
  });
}

/** @param {string} folder */
function folderBytes(folder) {
  if (!existsSync(folder)) return 0;
  let bytes = 0;
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    bytes += statSync(join(folder, path), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}
