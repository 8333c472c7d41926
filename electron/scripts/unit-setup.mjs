/** @file Runs before the unit tests, and builds the programs that they start. */
import { build } from './build.mjs';

/** Brings the command line, the threads of sweeps and the library up to date, once for all files. */
export async function setup() {
  await Promise.all([build('cli'), build('library')]);
}
