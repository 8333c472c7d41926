/** @file `npm run e2e [-- OPTIONS OF PLAYWRIGHT]`: drives the real window. */
import { build } from './build.mjs';
import { withDisplay } from './display.mjs';
import { electronEnvironment } from './launch.mjs';
import { isMain, packageScript } from './paths.mjs';
import { withRunFolder } from './run-folder.mjs';
import { run, runTask } from './run.mjs';
import { setUp } from './setup.mjs';

/**
 * Runs Playwright on what is built.
 * @param {string} electron the executable to drive
 * @param {readonly string[]} args
 * @param {Record<string, string>} [env]
 * @returns {Promise<number>} the exit code
 */
export async function runEndToEnd(electron, args, env) {
  const command = [
    packageScript('@playwright/test/cli.js'),
    'test',
    '-c',
    'e2e/playwright.config.ts',
  ];
  const { exitCode } = await withRunFolder((folder) =>
    withDisplay((display) =>
      run(process.execPath, [...command, ...args], {
        env: electronEnvironment(display, {
          ...env,
          PHASMOSCOPE_ELECTRON: electron,
          TMPDIR: folder,
        }),
      }),
    ),
  );
  return exitCode;
}

if (isMain(import.meta.url)) {
  await runTask(async () => {
    const electron = await setUp();
    // The command line, too: tests start it, several at once.
    await Promise.all([build('window'), build('cli'), build('library')]);
    return runEndToEnd(electron, process.argv.slice(2));
  });
}
