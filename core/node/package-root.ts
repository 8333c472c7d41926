import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder of Phasmoscope itself, where `core/` and `samples/` are: the nearest one above this
 * module that has both, whether the module runs from its source or from a bundle.
 */
export const PACKAGE_ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));

/** Whether Phasmoscope runs from its checkout. A package comes without what builds it. */
export const IS_CHECKOUT = existsSync(join(PACKAGE_ROOT, 'electron/scripts/build.mjs'));

const OWN_FOLDER = dirname(fileURLToPath(import.meta.url));

/**
 * The folder of the bundles that are started as threads. In an installed program they lie in its archive,
 * beside the bundle that asks, and {@link PACKAGE_ROOT} lies outside, where other programs can read it.
 */
export const BUNDLE_FOLDER = existsSync(join(OWN_FOLDER, 'hang-watch.cjs'))
  ? OWN_FOLDER
  : join(PACKAGE_ROOT, 'dist');

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'core/index.ts')) && existsSync(join(folder, 'samples'))) {
    return folder;
  }
  const parent = dirname(folder);
  if (parent === folder) {
    throw new Error('The folder of Phasmoscope, with core/ and samples/ in it, was not found.');
  }
  return findRoot(parent);
}
