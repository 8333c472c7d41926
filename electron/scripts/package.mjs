/**
 * @file `npm run package`: makes the program that can be installed. On Linux, from the Electron at
 * hand, a .tar.gz and, where there is dpkg-deb, a .deb; elsewhere what electron-builder is configured
 * to make, which was not tried.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from './build.mjs';
import { FALLBACK_VERSION } from './electron-fallback.mjs';
import { writeNotices } from './notices.mjs';
import { makeDeb } from './package-deb.mjs';
import { PACKAGE_FOLDER, stage } from './package-stage.mjs';
import { CACHE, ROOT, isMain } from './paths.mjs';
import { TaskError, outputOf, run, runNpm, runTask, say } from './run.mjs';
import { setUp } from './setup.mjs';

const CONFIGURATION = join(ROOT, 'electron/package/electron-builder.yml');
const OUT = join(PACKAGE_FOLDER, 'out');

/**
 * Installs electron-builder the first time. It brings nearly three hundred packages, which nobody needs
 * who does not make packages.
 * @returns {Promise<string>} its command
 */
async function ensureBuilder() {
  const folder = join(CACHE, 'builder');
  const wanted = join(ROOT, 'electron/package/builder');
  const lock = 'package-lock.json';
  const done = join(folder, 'node_modules', '.package-lock.json');
  const isCurrent =
    existsSync(done) &&
    readFileSync(join(folder, lock), 'utf8') === readFileSync(join(wanted, lock), 'utf8');
  if (!isCurrent) {
    say('Installing electron-builder …');
    mkdirSync(folder, { recursive: true });
    rmSync(done, { force: true });
    cpSync(wanted, folder, { recursive: true });
    const { exitCode, output } = await runNpm(['ci', '--ignore-scripts', '--loglevel=error'], {
      cwd: folder,
      output: 'capture',
    });
    if (exitCode !== 0) {
      throw new TaskError(
        `electron-builder could not be installed:\n${output}\n` +
          'Remedy: check the network and the npm registry setting.',
      );
    }
  }
  return join(folder, 'node_modules/electron-builder/cli.js');
}

/** @param {readonly string[]} args */
async function runBuilder(args) {
  const { exitCode } = await run(
    process.execPath,
    [await ensureBuilder(), '--config', CONFIGURATION, ...args],
    { output: 'stderr' },
  );
  if (exitCode !== 0) throw new TaskError('electron-builder failed; it says why above.');
}

/**
 * @param {string} electron the executable
 * @returns {Promise<string>} the folder of the program
 */
async function packForLinux(electron) {
  const dist = dirname(electron);
  const official = join(dist, 'version');
  const version = existsSync(official) ? readFileSync(official, 'utf8').trim() : FALLBACK_VERSION;
  await runBuilder([
    '--linux',
    `--${process.arch}`,
    `--config.electronDist=${dist}`,
    `--config.electronVersion=${version.replace(/^v/, '')}`,
  ]);
  const program = join(OUT, 'linux-unpacked');
  // What the fallback Electron has for checkouts.
  rmSync(join(program, 'resources/app'), { recursive: true, force: true });
  rmSync(join(program, 'fuses.json'), { force: true });
  return program;
}

/** @param {string} program @param {string} name */
async function makeTar(program, name) {
  const file = join(OUT, `${name}.tar.gz`);
  const { exitCode, output } = await run(
    'tar',
    ['-C', program, '--owner=0', '--group=0', '--transform', `s,^\\.,${name},`, '-czf', file, '.'],
    { output: 'capture' },
  );
  if (exitCode !== 0) throw new TaskError(`tar failed:\n${output}`);
  return file;
}

/** @param {string} file */
function sayMade(file) {
  say(`${file} (${Math.round(statSync(file).size / 1e6)} MB)`);
}

/**
 * Makes the packages of this system.
 * @returns {Promise<{ deb?: string }>} the .deb, if there is one
 */
export async function makePackages() {
  const electron = await setUp();
  await Promise.all([build('window'), build('cli'), build('library')]);
  writeNotices();
  const about = stage();
  if (process.platform !== 'linux') {
    say('Packages for this system are configured, but were never tried.');
    await runBuilder([]);
    return {};
  }
  const program = await packForLinux(electron);
  sayMade(await makeTar(program, `phasmoscope-${about.version}-linux-${process.arch}`));
  if (outputOf('dpkg-deb', ['--version']) === undefined || process.arch !== 'x64') {
    say('There is no .deb: it needs dpkg-deb, and is made for x64.');
    return {};
  }
  const deb = join(OUT, `phasmoscope_${about.version}_amd64.deb`);
  await makeDeb({ program, workshop: join(OUT, 'deb'), out: deb, ...about });
  sayMade(deb);
  return { deb };
}

if (isMain(import.meta.url)) {
  await runTask(async () => {
    await makePackages();
    return 0;
  });
}
