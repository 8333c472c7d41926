/** @file Bundles everything that runs into dist/, unless dist/ is up to date. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writeNotices } from './notices.mjs';
import { ensurePackages } from './packages.mjs';
import { DIST, ROOT, isMain } from './paths.mjs';
import { TaskError, run, runTask, say } from './run.mjs';

/**
 * `module` is an ES module that loads its packages: a program of the checkout alone. The others have
 * the code of packages inside, so that whoever installs ours installs few others. `script` is CommonJS. `sealed` is a preload script: sandboxed, it can load nothing. `code` is executed
 * by a `start`, which keeps what V8 compiles of it: loading a hundred files and compiling them takes
 * most of the time of a short task.
 * @typedef {'module' | 'script' | 'sealed' | 'code' | 'start'} BundleKind
 *
 * @typedef {object} Bundle
 * @property {string} entry
 * @property {string} out
 * @property {BundleKind} kind
 * @property {string} [use]
 */

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

/** @param {string} start */
function codeOf(start) {
  return start.replace(/\.cjs$/, '.code.cjs');
}

const SWEEP_WORKER = fastStarting('core/node/sweep/worker.ts', 'dist/sweep-worker.cjs');
/** @type {Bundle} */
const HANG_WATCH = {
  entry: 'core/node/hang/watch-thread.ts',
  out: 'dist/hang-watch.cjs',
  kind: 'script',
};

/** @type {Bundle[]} */
export const WINDOW_BUNDLES = [
  ...fastStarting('electron/main/main.ts', 'dist/main.cjs'),
  { entry: 'electron/main/program.ts', out: 'dist/program.cjs', kind: 'script' },
  { entry: 'electron/main/preload.ts', out: 'dist/preload.cjs', kind: 'sealed' },
  ...fastStarting('electron/host/host.ts', 'dist/host.cjs'),
  ...fastStarting('electron/reader/reader.ts', 'dist/reader.cjs'),
  HANG_WATCH,
  ...SWEEP_WORKER,
];

/** @type {Bundle[]} */
const CLI_BUNDLES = [
  { entry: 'core/node/cli/main.ts', out: 'dist/cli.cjs', kind: 'script' },
  ...fastStarting('core/node/cli/thread.ts', 'dist/cli-thread.cjs', 'process.argv[2]'),
  { entry: 'core/node/mcp/server.ts', out: 'dist/mcp.cjs', kind: 'script' },
  ...SWEEP_WORKER,
  HANG_WATCH,
];

/** What machines and their tests import: ES modules with declaration files beside them. */
const LIBRARY = { entries: ['core/index.ts', 'core/node/testing.ts'], folder: 'dist/lib' };
const TYPES_FOLDER = 'dist/types';

/**
 * The parts that can be built separately. The command line must start fast and needs no renderer.
 * @typedef {'window' | 'cli' | 'library'} Product
 * @type {Record<Product, { bundles: Bundle[], sources: string[], also?: () => Promise<void> }>}
 */
const PRODUCTS = {
  window: {
    bundles: WINDOW_BUNDLES,
    sources: ['electron', 'renderer', 'core', 'package-lock.json'],
    also: buildRenderer,
  },
  cli: {
    bundles: CLI_BUNDLES,
    sources: ['core', 'electron/scripts/build.mjs', 'package-lock.json'],
  },
  library: {
    bundles: [],
    sources: [
      'core',
      'electron/scripts/build.mjs',
      'package-lock.json',
      'tsconfig.json',
      'tsconfig.types.json',
    ],
    also: buildLibrary,
  },
};

/**
 * Packages with files beside their code, those that few tasks need, and those that are too large to be in
 * each bundle. In package.json they are dependencies, or peers that are optional; whatever is bundled is a
 * development dependency.
 */
export const SEPARATE = [
  'electron',
  'esbuild',
  '@electric-sql/pglite',
  '@sqlite.org/sqlite-wasm',
  'junit-report-builder',
  'pg',
  're2js',
];

/**
 * How esbuild makes a bundle; the watcher of `npm run dev` uses it, too.
 * @param {Bundle} bundle
 * @returns {import('esbuild').BuildOptions}
 */
export function esbuildOptions({ entry, out, kind, use }) {
  return {
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile: out,
    bundle: true,
    platform: 'node',
    target: TARGET,
    sourcemap: true,
    logLevel: 'warning',
    alias: { phasmoscope: join(ROOT, 'core/index.ts') },
    ...optionsOf({ kind, out, use }),
  };
}

/**
 * Turns an `import()` of a separate package into a call of `importModule`, which a start script gives
 * its code. A module that exports `then` is a promise of what it stands for.
 * @type {import('esbuild').Plugin}
 */
const importThroughStart = {
  name: 'import-through-start',
  setup: (builder) => {
    const namespace = 'separate';
    builder.onResolve({ filter: /^[^.]/ }, ({ kind, path }) =>
      kind === 'dynamic-import' && SEPARATE.includes(path) ? { path, namespace } : undefined,
    );
    builder.onLoad({ filter: /./, namespace }, ({ path }) => ({
      contents: `export const then = (...handlers) => importModule('${path}').then(...handlers);`,
    }));
  },
};

/**
 * Leaves the messages of zod in fifty languages out: they are a fifth of the code.
 * @type {import('esbuild').Plugin}
 */
const withoutTranslations = {
  name: 'without-translations',
  setup: (builder) => {
    builder.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: '' }));
  },
};

/**
 * Imports zod as a namespace, of which esbuild keeps what is used. Of the object `z` it keeps all.
 * @type {import('esbuild').Plugin}
 */
const zodAsNamespace = {
  name: 'zod-as-namespace',
  setup: (builder) => {
    const filter = /[\\/](?:core|electron)[\\/].*\.ts$/;
    builder.onLoad({ filter }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8').replace(
        /^import \{ z \} from 'zod';$/m,
        "import * as z from 'zod';",
      ),
    }));
  },
};

/**
 * Leaves out what checks JSON schemas, a fifth of the code of the main process and of the server for agents:
 * `conf` checks settings and the SDK checks what people answer, and both are given no schema here.
 * @type {import('esbuild').Plugin}
 */
const withoutJsonSchemas = {
  name: 'without-json-schemas',
  setup: (builder) => {
    const namespace = 'json-schemas';
    builder.onResolve({ filter: /^ajv/ }, ({ path, importer }) =>
      /[\\/](?:conf|@modelcontextprotocol)[\\/]/.test(importer) ? { path, namespace } : undefined,
    );
    builder.onLoad({ filter: /./, namespace }, () => ({
      contents:
        "const compile = () => { throw new Error('This program checks no JSON schemas.'); };" +
        'export function Ajv2020() { return { compile }; } export default Ajv2020;',
    }));
  },
};

/** The oldest Node in use: the user's, or the one inside the fallback Electron. */
const TARGET = 'node20.18';

/** CommonJS has no `import.meta`. */
const MODULE_PLACE = {
  define: { 'import.meta.url': 'moduleUrl', 'import.meta.dirname': 'moduleFolder' },
  banner: {
    // A directive counts only before everything else: esbuild's own one comes too late.
    js:
      "'use strict'; const moduleUrl = require('node:url').pathToFileURL(__filename).href, " +
      "moduleFolder = require('node:path').dirname(__filename);",
  },
};

const REQUIRE_IN_MODULE =
  "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);";

/** How the code of packages comes inside. @satisfies {import('esbuild').BuildOptions} */
const WITH_PACKAGES = {
  external: SEPARATE,
  mainFields: ['module', 'main'],
  minifyWhitespace: true,
  plugins: [withoutTranslations, zodAsNamespace, withoutJsonSchemas],
};

/**
 * @param {Pick<Bundle, 'kind' | 'out'> & { use: string | undefined }} bundle
 * @returns {import('esbuild').BuildOptions}
 */
function optionsOf({ kind, out, use }) {
  switch (kind) {
    case 'module':
      return { format: 'esm', packages: 'external' };
    case 'script':
      return { format: 'cjs', ...WITH_PACKAGES, minify: true, ...MODULE_PLACE };
    case 'sealed':
      return { format: 'cjs', external: ['electron'] };
    case 'code':
      return {
        format: 'iife',
        ...WITH_PACKAGES,
        minify: true,
        plugins: [importThroughStart, ...WITH_PACKAGES.plugins],
        define: MODULE_PLACE.define,
        banner: { js: `(function(require,__filename,importModule){${MODULE_PLACE.banner.js}` },
        footer: { js: '})' },
      };
    case 'start': {
      const code = JSON.stringify(`/${basename(codeOf(out))}`);
      return { format: 'cjs', footer: { js: `runCached(__dirname + ${code}, ${use});` } };
    }
    default:
      throw new Error(`unknown kind of bundle: ${String(kind)}`);
  }
}

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

/**
 * Builds a product unless its sources are the same as last time.
 * @param {Product} name
 */
export async function build(name) {
  const { bundles, sources, also } = PRODUCTS[name];
  const stamp = join(DIST, `${name}.stamp`);
  const fingerprint = fingerprintOf(sources);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return;

  const startMs = performance.now();
  const parts = existingBundles(bundles).map(buildBundle);
  if (also) parts.push(also());
  const results = await Promise.allSettled(parts);
  if (results.some(({ status }) => status === 'rejected')) {
    throw new TaskError(`The build of the ${name} failed; the reason is above.`);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, fingerprint);
  say(`Built the ${name} in ${((performance.now() - startMs) / 1000).toFixed(1)} s.`);
}

/**
 * Another process may load the bundle at the same moment, so it never sees half a file.
 * @param {Bundle} bundle
 */
async function buildBundle(bundle) {
  await writeOutput(esbuildOptions(bundle));
}

/**
 * @param {import('esbuild').BuildOptions} options
 * @returns {Promise<readonly string[]>} the files that were written
 */
async function writeOutput(options) {
  const esbuild = await import('esbuild');
  const { outputFiles } = await esbuild.build({ ...options, write: false });
  for (const { path, contents } of outputFiles ?? []) {
    const temporary = `${path}.${process.pid}`;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, contents);
    renameSync(temporary, path);
  }
  return (outputFiles ?? []).map(({ path }) => path);
}

async function buildLibrary() {
  await Promise.all([buildModules(), buildTypes()]);
}

/** Modules that both entries need are files of their own: `phasmoscope` is there once. */
async function buildModules() {
  const folder = join(ROOT, LIBRARY.folder);
  const written = await writeOutput({
    absWorkingDir: ROOT,
    entryPoints: LIBRARY.entries,
    outbase: 'core',
    outdir: LIBRARY.folder,
    chunkNames: 'shared/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: TARGET,
    sourcemap: true,
    logLevel: 'warning',
    ...WITH_PACKAGES,
    // Packages that are CommonJS call it.
    banner: { js: REQUIRE_IN_MODULE },
  });
  const isCurrent = new Set(written);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (/\.js(?:\.map)?$/.test(name) && !isCurrent.has(path)) rmSync(path);
  }
}

/** Unlike esbuild, vite leaves it to its caller to print an error. */
async function buildRenderer() {
  const vite = await import('vite');
  const { NODE_ENV: before } = process.env;
  try {
    await vite.build({ configFile: join(ROOT, 'renderer/vite.config.ts'), logLevel: 'warn' });
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    throw error;
  } finally {
    // vite sets it to "production", in which npm installs no development dependencies for whoever comes next.
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  }
}

/**
 * Writes the declaration files that packages that depend on this one read. They compile under any
 * settings, which our sources do not. Our own types are checked elsewhere.
 */
async function buildTypes() {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { exitCode, output } = await run(
    process.execPath,
    [compiler, '-p', 'tsconfig.types.json', '--pretty', 'false'],
    { output: 'capture' },
  );
  if (exitCode !== 0) {
    say(output);
    throw new TaskError('The declaration files could not be written.');
  }
  await removeUnreadTypes();
}

/** The compiler writes one for each source that it reads; most of them no declaration file names. */
async function removeUnreadTypes() {
  const { parseModule } = await import('./import-parser.mjs');
  const folder = join(ROOT, TYPES_FOLDER);
  /** @type {Set<string>} */
  const isRead = new Set();
  const waiting = LIBRARY.entries.map((entry) =>
    join(folder, entry.replace(/^core\//, '').replace(/\.ts$/, '.d.ts')),
  );
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (isRead.has(path)) continue;
    isRead.add(path);
    for (const { specifier } of parseModule(path, readFileSync(path, 'utf8')).imports) {
      if (!specifier.startsWith('.')) continue;
      waiting.push(join(dirname(path), specifier.replace(/\.ts$/, '.d.ts')));
    }
  }
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (name.endsWith('.d.ts') && !isRead.has(path)) rmSync(path);
  }
}

/**
 * Returns the state of all sources as text: paths, sizes and times. Unlike the newest time alone, it
 * also changes when a file is deleted or an older one comes back.
 * @param {readonly string[]} sources files and folders
 */
function fingerprintOf(sources) {
  return createHash('sha256').update(sources.map(stateOf).join('')).digest('hex');
}

/** States by source: products have most of them in common. @type {Map<string, string>} */
const states = new Map();

/** @param {string} source @returns {string} */
function stateOf(source) {
  const known = states.get(source);
  if (known !== undefined) return known;
  const path = join(ROOT, source);
  const stats = statSync(path, { throwIfNoEntry: false });
  let state = '';
  if (stats?.isDirectory()) {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      state += stateOf(`${source}/${entry.name}`);
    }
  } else if (stats) {
    state = `${source} ${stats.size} ${stats.mtimeMs}\n`;
  }
  states.set(source, state);
  return state;
}

if (isMain(import.meta.url)) {
  await runTask(async () => {
    await ensurePackages();
    await build('window');
    await build('cli');
    await build('library');
    writeNotices();
    return 0;
  });
}
