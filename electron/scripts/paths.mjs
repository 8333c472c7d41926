/** @file The folders that every task works with. */
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository root, wherever a task was started from. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Build output: bundles, the renderer and the screenshot of a start without a display. */
export const DIST = join(ROOT, 'dist');

/** Files that survive a rebuild: the fallback Electron, notes, test reports. */
export const CACHE = join(ROOT, '.cache');

/**
 * The JavaScript of a command that an installed package provides. Running it with our own Node
 * skips the shell shim of `node_modules/.bin` and so works the same on every platform.
 * @param {string} pathInPackages
 */
export function packageScript(pathInPackages) {
  return join(ROOT, 'node_modules', pathInPackages);
}

/**
 * Whether Node was started with this module, instead of importing it from another one.
 * @param {string} moduleUrl `import.meta.url` of the module that asks
 */
export function isMain(moduleUrl) {
  const script = process.argv[1];
  return script !== undefined && realpathSync(script) === fileURLToPath(moduleUrl);
}
