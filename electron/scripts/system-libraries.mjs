/** @file The system packages that are needed on Linux, and that npm cannot install. */
import { existsSync, readdirSync } from 'node:fs';
import { hasDisplay } from './display.mjs';
import { TaskError, outputOf, run, say } from './run.mjs';

/** Packages of Debian and Ubuntu with the libraries that Electron is linked with. */
export const LIBRARIES = ['libgbm1', 'libnotify4', 'libnss3', 'libsecret-1-0', 'libxss1'];
/** The same, whose names end in `t64` on newer systems, where times have 64 bits. */
export const RENAMED_LIBRARIES = ['libasound2', 'libatspi2.0-0', 'libgtk-3-0'];

const PACKAGES = [
  'fonts-dejavu-core',
  'fonts-noto-core',
  ...LIBRARIES,
  'xauth',
  'xdg-utils',
  'xvfb',
];

/**
 * Makes sure that an Electron executable can start here.
 * @param {string} electron
 */
export async function ensureSystemLibraries(electron) {
  if (process.platform !== 'linux') return;
  const missing = findMissing(electron);
  if (missing.length === 0) return;

  const hasApt = outputOf('apt-get', ['--version']) !== undefined;
  if (!hasApt || process.getuid?.() !== 0) {
    const names = [...PACKAGES, ...RENAMED_LIBRARIES].join(' ');
    throw new TaskError(
      `Electron cannot start: this system lacks ${missing.join(', ')}.\n` +
        (hasApt
          ? `Remedy: sudo apt-get install --no-install-recommends ${availablePackages().join(' ')}`
          : `Remedy: install the packages that your distribution has for these of Debian: ${names}`),
    );
  }
  await installPackages(missing, availablePackages());
}

/** The folder in which the package keeps the programs of the server. */
const POSTGRESQL = '/usr/lib/postgresql';

/**
 * Installs a PostgreSQL server for tests if possible, unless there is one already or
 * `PHASMOSCOPE_POSTGRESQL` names one. The tests report it if there is none.
 */
export async function ensurePostgresql() {
  if (process.env['PHASMOSCOPE_POSTGRESQL'] || existsSync(POSTGRESQL)) return;
  if (process.platform === 'linux' && outputOf('apt-get', ['--version']) !== undefined) {
    if (process.getuid?.() === 0) {
      await installPackages(['a PostgreSQL server for tests'], ['postgresql']);
      return;
    }
    say('Without a PostgreSQL server its tests are skipped: sudo apt-get install postgresql');
    return;
  }
  say('Without a PostgreSQL server its tests are skipped: PHASMOSCOPE_POSTGRESQL can name one.');
}

/** @param {readonly string[]} missing @param {readonly string[]} packages */
async function installPackages(missing, packages) {
  say(`Installing system packages (missing: ${missing.join(', ')}) …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const update = await run('apt-get', ['update', '-qq'], { env, output: 'capture' });
  const install = await run(
    'apt-get',
    // Another apt-get may be running; waiting for it beats failing.
    [
      'install',
      '-y',
      '-qq',
      '-o',
      'DPkg::Lock::Timeout=120',
      '--no-install-recommends',
      ...packages,
    ],
    { env, output: 'capture' },
  );
  if (install.exitCode !== 0) {
    throw new TaskError(
      `The system packages could not be installed:\n${update.output}${install.output}\n` +
        'Remedy: solve what apt-get reports and try again.',
    );
  }
}

function availablePackages() {
  const renamed = RENAMED_LIBRARIES.map((name) => {
    const newName = `${name}t64`;
    return outputOf('apt-cache', ['show', newName]) === undefined ? name : newName;
  });
  return [...PACKAGES, ...renamed];
}

/** @param {string} electron */
function findMissing(electron) {
  const linked = outputOf('ldd', [electron]) ?? '';
  const missing = [...linked.matchAll(/^\s*(\S+) => not found$/gm)].map((match) => match[1] ?? '');
  if (!hasDisplay() && !isOnPath('Xvfb')) missing.push('Xvfb (for a start without a display)');
  if (!hasFonts()) missing.push('fonts');
  return missing;
}

/** @param {string} command */
function isOnPath(command) {
  return (process.env['PATH'] ?? '')
    .split(':')
    .some((folder) => existsSync(`${folder}/${command}`));
}

/** The window has its own typefaces, but not for every script and symbol in a user's data. */
function hasFonts() {
  return ['/usr/share/fonts', '/usr/local/share/fonts'].some(
    (folder) => existsSync(folder) && readdirSync(folder).length > 0,
  );
}
