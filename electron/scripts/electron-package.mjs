/** @file An Electron as its npm package has it: its executable, and how the package downloads it. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './run.mjs';

/**
 * The path of the executable in an unpacked Electron, if not `electron`.
 * @type {Partial<Record<NodeJS.Platform, string>>}
 */
const EXECUTABLES = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };

/**
 * A download that gains no byte for this long is given up. The whole download has no limit: on a slow
 * connection the 110 MB may take minutes.
 */
const STALL_MS = 10_000;

/**
 * The executable of the Electron that the user unpacked, if ELECTRON_OVERRIDE_DIST_PATH names one.
 * @returns {string | undefined}
 */
export function givenElectron() {
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (folder === undefined) return undefined;
  say(`Electron: the one in ${folder}, as ELECTRON_OVERRIDE_DIST_PATH says.`);
  return join(folder, EXECUTABLES[process.platform] ?? 'electron');
}

/** @param {string} packageFolder @returns {string} */
export function versionOf(packageFolder) {
  return JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')).version;
}

/**
 * The executable of the package, if exactly its version has been downloaded.
 * @param {string} packageFolder
 * @returns {string | undefined}
 */
export function electronOf(packageFolder) {
  try {
    const dist = join(packageFolder, 'dist');
    const executable = join(dist, readFileSync(join(packageFolder, 'path.txt'), 'utf8'));
    const downloaded = readFileSync(join(dist, 'version'), 'utf8').trim().replace(/^v/, '');
    const isThere = downloaded === versionOf(packageFolder) && existsSync(executable);
    return isThere ? executable : undefined;
  } catch {
    return undefined; // Not downloaded yet: the package's own installer writes these files last.
  }
}

/**
 * Runs the package's own installer, which knows mirrors, proxies and checksums.
 * @param {string} packageFolder
 * @param {string} temporary an empty folder, for the growing download
 * @returns {Promise<string | undefined>} why it failed, or undefined when it did not
 */
export async function downloadElectron(packageFolder, temporary) {
  say(`Downloading Electron ${versionOf(packageFolder)} …`);
  const failure = await runInstaller(packageFolder, temporary);
  return failure ?? (electronOf(packageFolder) ? undefined : 'its installer brought none');
}

/**
 * @param {string} packageFolder
 * @param {string} temporary
 * @returns {Promise<string | undefined>} why it failed
 */
function runInstaller(packageFolder, temporary) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(packageFolder, 'install.js')], {
      stdio: ['ignore', 2, 'pipe'],
      env: { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
    });
    let errorText = '';
    let bytes = 0;
    let grewAtMs = Date.now();
    let isStalled = false;
    child.stderr?.setEncoding('utf8').on('data', (chunk) => (errorText += chunk));
    const watch = setInterval(() => {
      const bytesNow = folderBytes(temporary) + folderBytes(join(packageFolder, 'dist'));
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
