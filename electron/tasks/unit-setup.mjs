/** @file Runs before the unit tests: what they start has to be built. */
import { build } from './build.mjs';

/** Brings the command line and the threads of sweeps up to date, once for all test files. */
export async function setup() {
  await build('cli');
}
