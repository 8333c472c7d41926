/** @file Bundles everything that runs into dist/, unless dist/ is up to date. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CLI_BUNDLES, WINDOW_BUNDLES, existingBundles } from './build/bundles.mjs';
import { esbuildOptions } from './build/esbuild-options.mjs';
import { fingerprintOf } from './build/fingerprint.mjs';
import { buildLibrary } from './build/library.mjs';
import { writeOutput } from './build/write-output.mjs';
import { writeNotices } from './notices.mjs';
import { ensurePackages } from './packages.mjs';
import { DIST, ROOT, isMain } from './paths.mjs';
import { TaskError, runTask, say } from './run.mjs';

/** The code that builds. */
const BUILD = ['electron/scripts/build.mjs', 'electron/scripts/build'];

/**
 * The parts that can be built separately. The command line must start fast and needs no renderer.
 * @typedef {'window' | 'cli' | 'library'} Product
 * @type {Record<Product, { bundles: import('./build/bundles.mjs').Bundle[], sources: string[], also?: () => Promise<void> }>}
 */
const PRODUCTS = {
  window: {
    bundles: WINDOW_BUNDLES,
    sources: ['electron', 'renderer', 'core', 'package-lock.json'],
    also: buildRenderer,
  },
  cli: {
    bundles: CLI_BUNDLES,
    sources: ['core', ...BUILD, 'package-lock.json'],
  },
  library: {
    bundles: [],
    sources: ['core', ...BUILD, 'package-lock.json', 'tsconfig.json', 'tsconfig.types.json'],
    also: buildLibrary,
  },
};

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
  /** @type {Promise<unknown>[]} */
  const parts = existingBundles(bundles).map((bundle) => writeOutput(esbuildOptions(bundle)));
  if (also) parts.push(also());
  const results = await Promise.allSettled(parts);
  if (results.some(({ status }) => status === 'rejected')) {
    throw new TaskError(`The build of the ${name} failed; the reason is above.`);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, fingerprint);
  say(`Built the ${name} in ${((performance.now() - startMs) / 1000).toFixed(1)} s.`);
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
