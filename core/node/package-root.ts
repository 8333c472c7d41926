import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder of Phasmoscope itself, where `core/` and `samples/` are: the nearest one above this
 * module that has both, whether the module runs from its source or from a bundle.
 */
export const PACKAGE_ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));

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
