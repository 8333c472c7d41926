/** @file `npm run hostile`: prints what the window and each command say to sixty hostile machines. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './paths.mjs';

const { status } = spawnSync(
  process.execPath,
  [
    join(ROOT, 'node_modules/vitest/vitest.mjs'),
    'run',
    'electron/host/hostile.test.ts',
    '--silent=false',
    '--reporter=dot',
  ],
  { cwd: ROOT, stdio: 'inherit', env: { ...process.env, PHASMOSCOPE_HOSTILE_TABLE: '1' } },
);
process.exitCode = status ?? 1;
