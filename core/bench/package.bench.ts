/**
 * What a user's project waits for: `npm i -D` of the package, and its first command, which finds nothing in any
 * cache of ours.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../node/package-root.ts';
import { percentile, report, timeMs } from './report.ts';

const ROUNDS = 3;
const QUIET = ['--no-audit', '--no-fund'];

const parent = mkdtempSync(join(tmpdir(), 'phasmoscope-bench-package-'));
const pack = ['pack', PACKAGE_ROOT, '--json', '--pack-destination', parent];
const packed = execFileSync('npm', pack, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
const [{ filename, size }] = JSON.parse(packed) as [{ filename: string; size: number }];

/** Runs a program in a folder, in a home of its own where it finds nothing that an earlier one has kept. */
function run(folder: string, command: string, args: readonly string[]): void {
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') };
  const { status, stderr } = spawnSync(command, args, { cwd: folder, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stderr}`);
}

const install: number[] = [];
const first: number[] = [];
const second: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const folder = mkdtempSync(join(parent, 'project-'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const wanted = ['install', '-D', ...QUIET, join(parent, filename)];
  install.push(await timeMs(() => run(folder, 'npm', wanted)));
  const command = ['phasmoscope', 'run', 'turnstile'];
  first.push(await timeMs(() => run(folder, 'npx', command)));
  second.push(await timeMs(() => run(folder, 'npx', command)));
}
rmSync(parent, { recursive: true });

report('the package', size / 1e6, 'MB', 'under 3');
report('`npm i -D` of it, median', percentile(install, 0.5) / 1000, 's', 'under 15');
report(
  'its first command, `npx phasmoscope run turnstile`, median',
  percentile(first, 0.5) / 1000,
  's',
  'under 2',
);
report('  the same again', percentile(second, 0.5) / 1000, 's');
