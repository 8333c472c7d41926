#!/usr/bin/env node
/**
 * @file The `phasmoscope` command. An installed package comes built. In a checkout, packages and bundles
 * are brought up to date first; unless that fails, only the command line of core/node/cli writes to
 * stdout and sets the exit code.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DIST } from './paths.mjs';
import { runTask } from './run.mjs';

const isCheckout = existsSync(join(import.meta.dirname, 'build.mjs'));

// The command line's way to a window: `node $PHASMOSCOPE_START FILE` opens one.
process.env['PHASMOSCOPE_START'] = join(import.meta.dirname, isCheckout ? 'start.mjs' : 'open.mjs');

/** @returns {Promise<boolean>} whether it worked; if not, standard error says why */
async function bringUpToDate() {
  const [{ build }, { ensurePackages }] = await Promise.all([
    import('./build.mjs'),
    import('./packages.mjs'),
  ]);
  await runTask(async () => {
    await ensurePackages();
    await Promise.all([build('cli'), build('library')]);
    return 0;
  });
  return process.exitCode === 0;
}

if (!isCheckout || (await bringUpToDate())) {
  createRequire(import.meta.url)(join(DIST, 'cli.cjs'));
} else {
  // 1 would mean a finding.
  process.exitCode = 2;
  if (process.argv.includes('--json')) {
    const title = 'Phasmoscope could not be installed or built; standard error says why.';
    process.stdout.write(`${JSON.stringify({ error: { title } })}\n`);
  }
}
