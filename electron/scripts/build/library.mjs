/** @file What machines and their tests import: ES modules with declaration files beside them. */
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../paths.mjs';
import { TaskError, run, say } from '../run.mjs';
import { TARGET, WITH_PACKAGES } from './esbuild-options.mjs';
import { writeOutput } from './write-output.mjs';

const LIBRARY = { entries: ['core/index.ts', 'core/node/testing.ts'], folder: 'dist/lib' };
const TYPES_FOLDER = 'dist/types';

const REQUIRE_IN_MODULE =
  "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);";

/** Builds the modules, and the declaration files beside them. */
export async function buildLibrary() {
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
  // Loaded here, since it needs a package that the first build has yet to install.
  const { parseModule } = await import('../import-parser.mjs');
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
