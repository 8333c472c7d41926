/** @file `npm start [-- FILE]`: sets up, builds, and opens the window or takes a screenshot of it. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { hasDisplay, withDisplay } from './display.mjs';
import {
  electronArguments,
  electronEnvironment,
  openUnseen,
  openWindow,
  userFolder,
} from './launch.mjs';
import { DIST } from './paths.mjs';
import { TaskError, run, runTask, say } from './run.mjs';
import { setUp } from './setup.mjs';

const SCREENSHOT = join(DIST, 'screenshot.png');
const SCREENSHOT_TIMEOUT_MS = 60_000;

/**
 * Without a display, a screenshot shows that the app works.
 * @param {string} electron @param {readonly string[]} args
 */
async function takeScreenshot(electron, args) {
  say('There is no display here: the window opens on a virtual one, for a screenshot.');
  rmSync(SCREENSHOT, { force: true });
  const { exitCode, timedOut } = await withDisplay((env) =>
    run(electron, electronArguments(args), {
      cwd: userFolder(),
      env: electronEnvironment(env, { PHASMOSCOPE_SCREENSHOT: SCREENSHOT }),
      timeoutMs: SCREENSHOT_TIMEOUT_MS,
    }),
  );
  if (!existsSync(SCREENSHOT)) {
    const cause = timedOut
      ? `the window was not ready in ${SCREENSHOT_TIMEOUT_MS / 1000} s`
      : `Electron ended with code ${exitCode}`;
    throw new TaskError(`There is no screenshot: ${cause}; see above for what the app printed.`);
  }
  say(`The app works. Screenshot: ${SCREENSHOT}`);
  return exitCode;
}

await runTask(async () => {
  const given = process.argv.slice(2);
  // If there is nothing to open, the window shows the failing seed of a sample.
  const args = given.length === 0 ? ['--phasmoscope-demo'] : given;
  const electron = await setUp();
  await Promise.all([build('window'), build('library')]);
  const unseen = await openUnseen(electron, args);
  if (unseen !== undefined) return unseen;
  return hasDisplay() ? openWindow(electron, args) : takeScreenshot(electron, args);
});
