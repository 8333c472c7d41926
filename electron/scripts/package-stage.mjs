/** @file Puts together what the program consists of, beside Electron. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SEPARATE } from './build/esbuild-options.mjs';
import { DIST, ROOT } from './paths.mjs';

/** What is packed, and what comes out. */
export const PACKAGE_FOLDER = join(DIST, 'package');

/** What machines import, and what their types are. */
const SOURCES = [
  'LICENSE',
  'package.json',
  'core/index.ts',
  'core/assert.ts',
  'core/limits.ts',
  'core/problem.ts',
  'core/thrown.ts',
  'core/waiting.ts',
  'core/machine',
  'core/random',
  'core/text',
  'core/value',
  'samples',
  'dist/NOTICES.txt',
  'dist/types',
];

/** What nobody reads in a program that is installed. */
const isLeftOut = (/** @type {string} */ path) =>
  /\.map$|\.test\.tsx?$|\.golden\.json$|\.stamp$|^(?:target|__pycache__)$/.test(basename(path));

/** @param {string} from a path from the root of the repository @param {string} to */
function copy(from, to) {
  cpSync(join(ROOT, from), to, { recursive: true, filter: (path) => !isLeftOut(path) });
}

/**
 * Fills two folders: `app`, which becomes the archive that Electron runs, and `beside`, the package
 * with what esbuild and other programs read, which cannot see into the archive.
 * @returns {{ version: string, description: string }}
 */
export function stage() {
  rmSync(PACKAGE_FOLDER, { recursive: true, force: true });
  const { name, version, description, license } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  );
  const app = join(PACKAGE_FOLDER, 'app');
  mkdirSync(join(app, 'dist'), { recursive: true });
  const main = 'dist/program.cjs';
  const about = { name, version, description, license, author: 'Phasmoscope', main };
  // The name of the desktop entry, by which a desktop finds the icon of the window.
  const desktopName = 'phasmoscope.desktop';
  writeFileSync(join(app, 'package.json'), JSON.stringify({ ...about, desktopName }));
  const run = readdirSync(DIST).filter((one) => one === 'renderer' || one.endsWith('.cjs'));
  for (const one of run) copy(`dist/${one}`, join(app, 'dist', one));
  const beside = join(PACKAGE_FOLDER, 'beside');
  for (const path of SOURCES) copy(path, join(beside, path));
  for (const path of packagePaths()) copy(path, join(beside, path));
  return { version, description };
}

/** The folders of the packages that are not in the bundles, with those that they need. */
function packagePaths() {
  /** @type {Record<string, { dependencies?: object, optionalDependencies?: object }>} */
  const installed = JSON.parse(
    readFileSync(join(ROOT, 'node_modules/.package-lock.json'), 'utf8'),
  ).packages;
  /** @type {Set<string>} */
  const found = new Set();
  /** Adds a package as Node would find it from a folder. @param {string} name @param {string} from */
  const add = (name, from) => {
    const path = `${from}node_modules/${name}`;
    if (installed[path] === undefined) {
      // One for another platform is not installed at all.
      if (from !== '') add(name, from.slice(0, from.lastIndexOf('node_modules/')));
    } else if (!found.has(path)) {
      found.add(path);
      const { dependencies, optionalDependencies } = installed[path];
      for (const one in { ...dependencies, ...optionalDependencies }) add(one, `${path}/`);
    }
  };
  for (const name of SEPARATE) if (name !== 'electron') add(name, '');
  return found;
}
