import { SWEEP_SAMPLING } from '../engine/check-plan.ts';
import { startRun } from '../engine/run.ts';
import { loadMachine } from '../node/load/machine-loader.ts';
import { pathOfMachine } from '../node/load/samples.ts';
import { runAuthorsCode } from './authors-code.ts';
import { runPlainPort } from './plain-port.ts';
import { reportProfile } from './profile.ts';
import { percentile, processorMs, report } from './report.ts';

/**
 * @file The engine's rate, recording off, over that of a plain loop. Beside it stands what the author's
 * code comes to by itself: the machine, its invariants and its scenario. What lies between the two is
 * what the engine does: the guard against side effects, executing steps twice and freezing what they are
 * given now and then, the transaction, and the step as it is observed.
 */

/** Operations of a seed. Each has its turn with the plain port, so that a noisy computer disturbs both. */
const OPERATIONS = 10_000;
const ROUNDS = 12;
/** Seeds that the engine runs while the port runs one: it takes about as long. */
const SEEDS = 20;
/** Rounds in which the code is still being compiled; they do not count. */
const WARM_UP_ROUNDS = 2;
const PROFILED_ROUNDS = 10;

// Loaded as the command line and the window load it: bundled from its source.
const { machine, scenarios, guard } = await loadMachine(
  pathOfMachine({ kind: 'sample', name: 'dentist-booking' }),
);
const found = scenarios.find(({ name }) => name === 'mixed-operations');
if (!found) throw new Error('the dentist has a scenario mixed-operations');
const scenario = found;

let evaluated = 0;
let carriedOver = 0;

/** Executes a number of operations; returns how many were made in a second of the processor's time. */
async function rateOf(operations: number, execute: () => unknown): Promise<number> {
  return operations / ((await processorMs(execute)) / 1000);
}

function runEngine(firstSeed: bigint): void {
  for (let seed = firstSeed; seed < firstSeed + BigInt(SEEDS); seed += 1n) {
    const settings = { scenario, seed, operationsMax: OPERATIONS };
    const run = startRun(machine, settings, { guard, sampling: SWEEP_SAMPLING });
    void run.advance(Number.POSITIVE_INFINITY);
    ({ evaluated, carriedOver } = run.executor.checks);
  }
}

const [rates, portRates, ratios]: [number[], number[], number[]] = [[], [], []];
const authorsRatios: number[] = [];
for (let round = 0; round < ROUNDS + WARM_UP_ROUNDS; round += 1) {
  const firstSeed = 12_345n + BigInt(round * SEEDS);
  const portRate = await rateOf(OPERATIONS, () => runPlainPort(firstSeed, OPERATIONS));
  const rate = await rateOf(OPERATIONS * SEEDS, () => runEngine(firstSeed));
  const authorsRate = await rateOf(OPERATIONS * SEEDS, () => {
    for (let seed = firstSeed; seed < firstSeed + BigInt(SEEDS); seed += 1n) {
      runAuthorsCode(machine, scenario, seed, OPERATIONS);
    }
  });
  if (round === 0) report('mixed-operations, first round (cold)', rate, 'operations/s');
  if (round < WARM_UP_ROUNDS) continue;
  rates.push(rate);
  portRates.push(portRate);
  ratios.push(rate / portRate);
  authorsRatios.push(authorsRate / portRate);
}
report('mixed-operations, one core, recording off: median', percentile(rates, 0.5), 'operations/s');
report('the same as a plain loop: median', percentile(portRates, 0.5), 'operations/s');
report('the engine over the plain loop: median', percentile(ratios, 0.5), 'times', 'at least 29');
report(
  "the author's code alone over the plain loop: median",
  percentile(authorsRatios, 0.5),
  'times',
);
report('invariants evaluated in the last seed', evaluated, '');
report('carried over, the state being the same object', carriedOver, '');
report('where the engine spends its time', PROFILED_ROUNDS * SEEDS, 'seeds');
await reportProfile(() => {
  for (let round = 0; round < PROFILED_ROUNDS; round += 1) runEngine(BigInt(round * SEEDS));
});
