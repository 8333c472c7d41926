#!/usr/bin/env node
/**
 * @file The `phasmoscope` command: brings packages and bundle up to date, then becomes the command
 * line of core/node/cli. Unless that fails, only the command line writes to stdout and sets the exit code.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from './build.mjs';
import { ensurePackages } from './packages.mjs';
import { DIST } from './paths.mjs';
import { runTask } from './run.mjs';

// The command line's way to a window: `node $PHASMOSCOPE_START FILE` opens one.
process.env['PHASMOSCOPE_START'] = join(import.meta.dirname, 'start.mjs');

await runTask(async () => {
  await ensurePackages();
  await Promise.all([build('cli'), build('types')]);
  return 0;
});
if (process.exitCode === 0) {
  createRequire(import.meta.url)(join(DIST, 'cli.cjs'));
} else {
  // 1 would mean a finding.
  process.exitCode = 2;
  if (process.argv.includes('--json')) {
    const title = 'Phasmoscope could not be installed or built; standard error says why.';
    process.stdout.write(`${JSON.stringify({ error: { title } })}\n`);
  }
}
