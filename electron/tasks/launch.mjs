/** @file How Electron is started, for everyone who starts it. */
import { hasDisplay } from './display.mjs';
import { ROOT } from './paths.mjs';

/**
 * A machine without a display has no GPU and no desktop bus, either. Chromium would look for both
 * and complain at length; only what is fatal matters there.
 */
const SWITCHES_WITHOUT_DISPLAY = ['--disable-gpu', '--log-level=3'];

/**
 * @param {readonly string[]} args what the app itself is given, such as a file to open
 * @returns {string[]}
 */
export function electronArguments(args) {
  // Chromium refuses to run its sandbox as root; for everyone else the sandbox stays on.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const display = hasDisplay() ? [] : SWITCHES_WITHOUT_DISPLAY;
  return [...sandbox, ...display, ROOT, ...args];
}

/**
 * Leaves out what editors and test runners set for Node and what would turn Electron into one.
 * @param {NodeJS.ProcessEnv} env
 * @param {Record<string, string>} [added]
 * @returns {NodeJS.ProcessEnv}
 */
export function electronEnvironment(env, added) {
  const { ELECTRON_RUN_AS_NODE: _asNode, NODE_OPTIONS: _options, ...rest } = env;
  return { ...rest, ...added };
}

/** npm changes to the repository root; a file is named relative to where the user stood. */
export function userFolder() {
  return process.env['INIT_CWD'] ?? process.cwd();
}
