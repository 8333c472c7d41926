import { SWEEP_SAMPLING } from '../engine/check-plan.ts';
import { startRun } from '../engine/run.ts';
import { loadMachine } from '../node/load/machine-loader.ts';
import { pathOfMachine } from '../node/load/samples.ts';
import { report, timeMs } from './report.ts';

/** Seeds in one round; each has this many operations. */
const SEEDS = 100;
const OPERATIONS = 10_000;
const ROUNDS = 5;

// Loaded as the command line and the window load it: bundled from its source.
const { machine, scenarios, guard } = await loadMachine(
  pathOfMachine({ kind: 'sample', name: 'dentist-booking' }),
);
const scenario = scenarios.find(({ name }) => name === 'mixed-operations');
if (!scenario) throw new Error('the dentist has a scenario mixed-operations');

const rates: number[] = [];
let evaluated = 0;
let carriedOver = 0;
for (let round = 0; round < ROUNDS; round += 1) {
  const ms = await timeMs(() => {
    for (let seed = 0n; seed < SEEDS; seed += 1n) {
      const settings = { scenario, seed: 12_345n + seed, operationsMax: OPERATIONS };
      const run = startRun(machine, settings, { guard, sampling: SWEEP_SAMPLING });
      void run.advance(Number.POSITIVE_INFINITY);
      ({ evaluated, carriedOver } = run.executor.checks);
    }
  });
  rates.push((SEEDS * OPERATIONS) / (ms / 1000));
}
report(
  'mixed-operations, one core, recording off: best round',
  Math.max(...rates),
  'operations/s',
  'at least 650 000',
);
report('the same, first round (cold)', rates[0] ?? 0, 'operations/s');
report('invariants evaluated in the last seed', evaluated, '');
report('carried over, the state being the same object', carriedOver, '');
