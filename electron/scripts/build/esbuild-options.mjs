/** @file How esbuild makes a bundle. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from '../paths.mjs';
import { codeOf } from './bundles.mjs';

/** @typedef {import('./bundles.mjs').Bundle} Bundle */

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

/** The oldest Node in use: the user's, or the one inside the fallback Electron. */
export const TARGET = 'node20.18';

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

/** How the code of packages comes inside. @satisfies {import('esbuild').BuildOptions} */
export const WITH_PACKAGES = {
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
