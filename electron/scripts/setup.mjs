/**
 * @file Gets a fresh checkout ready to open a window. It is plain JavaScript without imports from
 * npm, because it runs before anything is installed; it is fast when nothing is missing.
 */
import { ensureElectron } from './electron-binary.mjs';
import { ensurePackages } from './packages.mjs';
import { ensureSystemLibraries } from './system-libraries.mjs';

/**
 * Ensures the npm packages, an Electron, and the system libraries that it is linked with.
 * @returns {Promise<string>} the Electron executable
 */
export async function setUp() {
  await ensurePackages();
  const electron = await ensureElectron();
  await ensureSystemLibraries(electron);
  return electron;
}
