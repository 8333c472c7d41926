import { childProcess } from 'phasmoscope';

/** It never says how it begins, and lies behind a shell, which is the program that is started. */
export const machine = childProcess({
  name: 'process-spins',
  description: 'Falls into an endless loop while it is loaded.',
  command: ['sh', '-c', 'node process-spins.mjs at-once; true'],
  timeLimitMs: 600_000,
});

export const scenarios = [];
