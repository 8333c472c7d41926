import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../node/package-root.ts';
import { percentile, report, timeMs } from './report.ts';

const ROUNDS = 15;

const COMMAND = join(PACKAGE_ROOT, 'electron/scripts/phasmoscope.mjs');
const RUN = [COMMAND, 'run', 'dentist-booking', '--scenario', 'mixed-operations'];

/** The programs take turns, so that a noisy computer disturbs all alike. */
const PROGRAMS = {
  'node -e 0': ['-e', '0'],
  '`phasmoscope --help`': [COMMAND, '--help'],
  '`phasmoscope run`, 10 000 operations': RUN,
};
const times = Object.entries(PROGRAMS).map(([name, args]) => ({ name, args, ms: [] as number[] }));
// The first round builds, bundles and compiles what the others find in the cache.
for (let round = 0; round <= ROUNDS; round += 1) {
  for (const { args, ms } of times) {
    const tookMs = await timeMs(() => spawnSync(process.execPath, args, { stdio: 'ignore' }));
    if (round > 0) ms.push(tookMs);
  }
}
const [node, ...commands] = times.map(({ name, ms }) => ({ name, ms: percentile(ms, 0.5) }));
if (!node) throw new Error('node was measured');
report(`${node.name}: median`, node.ms, 'ms');
for (const { name, ms } of commands) {
  report(`${name}, started before: median`, ms, 'ms');
  report(`  over ${node.name}`, ms / node.ms, 'times');
}
