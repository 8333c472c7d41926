/** @file The arguments and environment with which every task starts Electron. */
import { hasDisplay, withDisplay } from './display.mjs';
import { ROOT } from './paths.mjs';
import { run } from './run.mjs';

/**
 * A computer without a display has no GPU and no desktop bus, either. Chromium looks for both and logs
 * many errors; only fatal ones matter there.
 */
const SWITCHES_WITHOUT_DISPLAY = ['--disable-gpu', '--log-level=3'];

/**
 * @param {readonly string[]} args the app's own arguments, such as a file to open
 * @returns {string[]}
 */
export function electronArguments(args) {
  // Chromium refuses to run its sandbox as root; for everyone else the sandbox stays on.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const display = hasDisplay() ? [] : SWITCHES_WITHOUT_DISPLAY;
  return [...sandbox, ...display, ROOT, ...args];
}

/**
 * Leaves out the variables that editors and test runners set for Node, and those that turn Electron
 * into Node.
 * @param {NodeJS.ProcessEnv} env
 * @param {Record<string, string>} [added]
 * @returns {NodeJS.ProcessEnv}
 */
export function electronEnvironment(env, added) {
  const { ELECTRON_RUN_AS_NODE: _asNode, NODE_OPTIONS: _options, ...rest } = env;
  return { ...rest, ...added };
}

/** npm changes to the repository root; the user's paths are relative to the folder before that. */
export function userFolder() {
  return process.env['INIT_CWD'] ?? process.cwd();
}

/** The switch of a window that nobody sees: it takes a picture, and ends. */
const UNSEEN_SWITCH = '--phasmoscope-unseen';

/**
 * Opens a window that nobody sees, if the arguments ask for that: on a virtual display where there is none.
 * @param {string} electron the executable
 * @param {readonly string[]} args
 * @returns {Promise<number | undefined>} the exit code, once it is closed; `undefined` for a window to see
 */
export async function openUnseen(electron, args) {
  if (!args.includes(UNSEEN_SWITCH)) return undefined;
  const { exitCode } = await withDisplay((env) =>
    run(electron, electronArguments(args), {
      cwd: userFolder(),
      env: electronEnvironment(env),
    }),
  );
  return exitCode;
}

/**
 * Opens the window on the user's display.
 * @param {string} electron the executable
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code, once it is closed
 */
export async function openWindow(electron, args) {
  const { exitCode } = await run(electron, electronArguments(args), {
    cwd: userFolder(),
    env: electronEnvironment(process.env),
  });
  return exitCode;
}
