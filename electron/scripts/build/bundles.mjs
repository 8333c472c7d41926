/** @file What is bundled: the programs, each from the source where it begins. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../paths.mjs';
import { say } from '../run.mjs';

/**
 * `module` is an ES module that loads its packages: a program of the checkout alone. The others have
 * the code of packages inside, so that whoever installs ours installs few others. `script` is CommonJS.
 * `sealed` is a preload script: sandboxed, it can load nothing. `code` is executed by a `start`, which
 * keeps what V8 compiles of it: loading a hundred files and compiling them takes most of the time of a
 * short task.
 * @typedef {'module' | 'script' | 'sealed' | 'code' | 'start'} BundleKind
 *
 * @typedef {object} Bundle
 * @property {string} entry
 * @property {string} out
 * @property {BundleKind} kind
 * @property {string} [use]
 */

/**

/**
 * The two files of a program that starts fast.
 * @param {string} entry
 * @param {string} out the one to start; the other one is beside it
 * @param {string} [use] the expression whose value decides which parts of the program are executed
 * @returns {Bundle[]}
 */
function fastStarting(entry, out, use) {
  return [
    { entry, out: codeOf(out), kind: 'code' },
    { entry: 'core/node/cached-script.ts', out, kind: 'start', ...(use ? { use } : {}) },
  ];
}

/**
 * Returns the path of the code that a start script executes.
 * @param {string} start
 */
export function codeOf(start) {
  return start.replace(/\.cjs$/, '.code.cjs');
}

const SWEEP_WORKER = fastStarting('core/node/sweep/worker.ts', 'dist/sweep-worker.cjs');

/** @type {Bundle} */
const HANG_WATCH = {
  entry: 'core/node/hang/watch-thread.ts',
  out: 'dist/hang-watch.cjs',
  kind: 'script',
};

/** The processes of the window. @type {Bundle[]} */
export const WINDOW_BUNDLES = [
  ...fastStarting('electron/main/main.ts', 'dist/main.cjs'),
  { entry: 'electron/main/program.ts', out: 'dist/program.cjs', kind: 'script' },
  { entry: 'electron/main/preload.ts', out: 'dist/preload.cjs', kind: 'sealed' },
  ...fastStarting('electron/host/host.ts', 'dist/host.cjs'),
  ...fastStarting('electron/reader/reader.ts', 'dist/reader.cjs'),
  HANG_WATCH,
  ...SWEEP_WORKER,
];

/** The commands. @type {Bundle[]} */
export const CLI_BUNDLES = [
  { entry: 'core/node/cli/main.ts', out: 'dist/cli.cjs', kind: 'script' },
  ...fastStarting('core/node/cli/thread.ts', 'dist/cli-thread.cjs', 'process.argv[2]'),
  { entry: 'core/node/mcp/server.ts', out: 'dist/mcp.cjs', kind: 'script' },
  ...SWEEP_WORKER,
  HANG_WATCH,
];

/**
 * Returns the bundles whose source exists, and prints which are left out.
 * @param {readonly Bundle[]} bundles
 */
export function existingBundles(bundles) {
  return bundles.filter(({ entry, out }) => {
    const exists = existsSync(join(ROOT, entry));
    if (!exists) say(`Build: ${out} is left out, because ${entry} does not exist.`);
    return exists;
  });
}
