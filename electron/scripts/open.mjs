/**
 * @file Opens the window from an installed package, with the Electron of the user's project. In a
 * checkout, start.mjs does this.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { hasDisplay } from './display.mjs';
import { downloadElectron, electronOf, givenElectron, versionOf } from './electron-package.mjs';
import { openUnseen, openWindow, userFolder } from './launch.mjs';
import { ROOT } from './paths.mjs';
import { TaskError, runTask } from './run.mjs';

/** @returns {Promise<string>} the executable */
async function projectElectron() {
  const given = givenElectron();
  if (given !== undefined) return given;
  const folder = electronFolder();
  const executable = electronOf(folder) ?? (await download(folder));
  return executable;
}

/** @returns {string} the package `electron` that the project depends on, or ours finds */
function electronFolder() {
  for (const from of [userFolder(), ROOT]) {
    try {
      return dirname(createRequire(join(from, 'package.json')).resolve('electron/package.json'));
    } catch {
      // It is not installed there: the next place is tried.
    }
  }
  const { peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  throw new TaskError(
    'The window needs Electron, which is not installed.\n' +
      `Remedy: npm install -D "electron@${peerDependencies.electron}"\n` +
      'or point ELECTRON_OVERRIDE_DIST_PATH at an Electron that you unpacked yourself.',
  );
}

/** @param {string} folder @returns {Promise<string>} the executable */
async function download(folder) {
  const temporary = mkdtempSync(join(tmpdir(), 'phasmoscope-electron-'));
  const failure = await downloadElectron(folder, temporary);
  rmSync(temporary, { recursive: true, force: true });
  const executable = electronOf(folder);
  if (executable !== undefined) return executable;
  throw new TaskError(
    `Electron ${versionOf(folder)} could not be downloaded: ${failure}.\n` +
      'Remedy: check the network, or point ELECTRON_MIRROR at a reachable mirror of the Electron\n' +
      'releases, or ELECTRON_OVERRIDE_DIST_PATH at an Electron that you unpacked yourself.',
  );
}

await runTask(async () => {
  const electron = await projectElectron();
  const args = process.argv.slice(2);
  const unseen = await openUnseen(electron, args);
  if (unseen !== undefined) return unseen;
  if (!hasDisplay()) {
    throw new TaskError(
      'There is no display here to open a window on.\n' +
        'Remedy: run it on a desktop, or on a virtual display: xvfb-run npx phasmoscope open',
    );
  }
  return openWindow(electron, args);
});
