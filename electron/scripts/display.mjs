/** @file A screen to draw on: the user's, or a virtual one where there is none. */
import { spawn } from 'node:child_process';
import { TaskError } from './run.mjs';

const SCREEN = '1600x1000x24';
const START_TIMEOUT_MS = 10_000;

/**
 * Waits until its standard input ends, which it does however its owner ends, even by SIGKILL, then ends
 * the process that its argument names.
 */
const WATCHDOG = 'read _; kill "$0"';

export function hasDisplay() {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
}

/**
 * Runs something with a display. The virtual one ends with it, whatever happens.
 * @template Result
 * @param {(env: NodeJS.ProcessEnv) => Promise<Result>} action receives the environment to pass on
 * @returns {Promise<Result>}
 */
export async function withDisplay(action) {
  if (hasDisplay()) return action(process.env);
  const screen = await startVirtualScreen();
  try {
    return await action({ ...process.env, DISPLAY: screen.display });
  } finally {
    screen.stop();
  }
}

/**
 * Starts Xvfb on a display number that it chooses itself, so that two runs never collide. Without
 * `-noreset` it would restart whenever its last client is gone, and a window that is opened at that
 * moment would find no screen.
 * @returns {Promise<{ display: string, stop: () => void }>}
 */
function startVirtualScreen() {
  const child = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp', '-dpi', '96', '-noreset'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  );
  const watchdog = child.pid === undefined ? undefined : startWatchdog(child.pid);
  const stop = () => {
    process.off('exit', stop);
    child.kill();
    watchdog?.kill('SIGKILL');
  };
  process.on('exit', stop);
  return new Promise((resolve, reject) => {
    const fail = (/** @type {string} */ cause) => {
      clearTimeout(timer);
      stop();
      reject(
        new TaskError(
          `There is no display, and the virtual one did not start: ${cause}.\n` +
            'Remedy: install Xvfb (on Debian or Ubuntu: apt-get install xvfb), or run it on a desktop.',
        ),
      );
    };
    const timer = setTimeout(
      () => fail(`Xvfb was not ready in ${START_TIMEOUT_MS} ms`),
      START_TIMEOUT_MS,
    );
    child.on('error', (error) => fail(error.message));
    child.on('exit', (code) => fail(`Xvfb ended with code ${code}`));
    child.stdio[3]?.once('data', (number) => {
      clearTimeout(timer);
      resolve({ display: `:${String(number).trim()}`, stop });
    });
  });
}

/** @param {number} pid of the process that must not outlive this one */
function startWatchdog(pid) {
  const watchdog = spawn('/bin/sh', ['-c', WATCHDOG, String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Not in our group: what ends that, such as Ctrl-C, must not end the watchdog first.
    detached: true,
  });
  // Without a shell, the screen may outlive us; what is shown on it needs none.
  watchdog.on('error', () => undefined);
  return watchdog;
}
