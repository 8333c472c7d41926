/** @file The .deb of the program, made with dpkg-deb alone. */
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './paths.mjs';
import { TaskError, run } from './run.mjs';
import { LIBRARIES, RENAMED_LIBRARIES } from './system-libraries.mjs';

/** Where the program is installed; the desktop entry has the path, too. */
const PLACE = 'opt/phasmoscope';
const PARTS = join(ROOT, 'electron/package');

/** Where shells look for what completes a command. */
const COMPLETIONS = {
  bash: 'usr/share/bash-completion/completions/phasmoscope',
  zsh: 'usr/share/zsh/vendor-completions/_phasmoscope',
  fish: 'usr/share/fish/vendor_completions.d/phasmoscope.fish',
};

/**
 * The control file. No script runs at the installation: the packages that keep the lists of types,
 * programs and icons notice new files by themselves.
 * @param {{ version: string, description: string, kilobytes: number }} about
 */
function control({ version, description, kilobytes }) {
  const renamed = RENAMED_LIBRARIES.map((name) => `${name} | ${name}t64`);
  return [
    'Package: phasmoscope',
    `Version: ${version}`,
    'Architecture: amd64',
    'Section: devel',
    'Priority: optional',
    'Maintainer: Phasmoscope <phasmoscope@localhost>',
    `Installed-Size: ${kilobytes}`,
    `Depends: ${['libc6', ...LIBRARIES, ...renamed].join(', ')}`,
    'Recommends: desktop-file-utils, hicolor-icon-theme, shared-mime-info, xdg-utils',
    `Description: ${description}`,
    ' Runs a machine on a seed, records every step, and lets you go back from a broken',
    ' invariant to its cause.',
    '',
  ].join('\n');
}

/**
 * Makes the package.
 * @param {object} given
 * @param {string} given.program the folder of the program
 * @param {string} given.workshop a folder to work in, which is removed
 * @param {string} given.out the file to write
 * @param {string} given.version
 * @param {string} given.description
 */
export async function makeDeb({ program, workshop, out, version, description }) {
  rmSync(workshop, { recursive: true, force: true });
  const place = (/** @type {string} */ path) => {
    const whole = join(workshop, path);
    mkdirSync(dirname(whole), { recursive: true });
    return whole;
  };
  cpSync(program, place(PLACE), { recursive: true });
  // The sandbox of pages, where the kernel lets only root set one up.
  chmodSync(join(workshop, PLACE, 'chrome-sandbox'), 0o4755);
  symlinkSync(`../../${PLACE}/bin/phasmoscope`, place('usr/bin/phasmoscope'));
  const share = (/** @type {string} */ from, /** @type {string} */ to) =>
    cpSync(join(PARTS, from), place(`usr/share/${to}`));
  share('phasmoscope.desktop', 'applications/phasmoscope.desktop');
  share('phasmoscope.xml', 'mime/packages/phasmoscope.xml');
  share('icon.svg', 'icons/hicolor/scalable/apps/phasmoscope.svg');
  for (const name of readdirSync(join(PARTS, 'icons'))) {
    const size = name.replace('.png', '');
    share(`icons/${name}`, `icons/hicolor/${size}/apps/phasmoscope.png`);
  }
  cpSync(join(ROOT, 'LICENSE'), place('usr/share/doc/phasmoscope/copyright'));
  for (const [shell, path] of Object.entries(COMPLETIONS)) {
    writeFileSync(place(path), await completionFor(shell));
  }
  const kilobytes = Math.ceil(bytesIn(workshop) / 1024);
  writeFileSync(place('DEBIAN/control'), control({ version, description, kilobytes }));
  await run('chmod', ['-R', 'u+rwX,go+rX,go-w', workshop]);
  const { exitCode, output } = await run(
    'dpkg-deb',
    ['--root-owner-group', '-Zxz', '-z1', '--build', workshop, out],
    { output: 'capture' },
  );
  rmSync(workshop, { recursive: true, force: true });
  if (exitCode !== 0) throw new TaskError(`dpkg-deb could not make the package:\n${output}`);
}

/** @param {string} shell */
async function completionFor(shell) {
  const command = [join(ROOT, 'dist/cli.cjs'), 'complete', shell];
  const { exitCode, output } = await run(process.execPath, command, { output: 'capture' });
  if (exitCode !== 0) throw new TaskError(`There is no completion for ${shell}:\n${output}`);
  return output;
}

/** @param {string} folder */
function bytesIn(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).reduce(
    (sum, path) => sum + (statSync(join(folder, path), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}
