import { SWEEP_SAMPLING } from '../engine/check-plan.ts';
import { signatureOf } from '../engine/signature.ts';
import { loadMachine } from '../node/load/machine-loader.ts';
import { pathOfMachine } from '../node/load/samples.ts';
import { planRun } from '../node/runs/planning.ts';
import { recordFailing, shrinkRecord } from '../node/runs/shrinking.ts';
import { SweepPool } from '../node/sweep/pool.ts';
import { runPlainPort } from './plain-port.ts';
import { percentile, processorMs, report, timeMs } from './report.ts';

const ROUNDS = 5;
const CHAOS_ROUNDS = 3;
/** Each worker begins with a second in which V8 compiles; it shall not be most of what is measured. */
const CHAOS_SEEDS = 1_000;
/** The plain port has its turn with each sweep under faults, so that a noisy computer disturbs both. */
const PORT_OPERATIONS = 20_000;

const path = pathOfMachine({ kind: 'sample', name: 'dentist-booking' });

/** A sweep as the command line makes it. */
function sweep(faults: string, workers: number, count: number, operationsMax: number) {
  return new SweepPool({
    path,
    settings: { scenario: 'mixed-operations', operationsMax, faults, sampling: SWEEP_SAMPLING },
    from: 0n,
    count,
    workers,
    shard: { index: 1, total: 1 },
  }).run();
}

// One worker and two take turns, so that a noisy computer disturbs both alike.
const ratios: number[] = [];
let one = 0;
for (let round = 0; round < ROUNDS; round += 1) {
  const single = (await sweep('none', 1, 800, 10_000)).stepsPerSecond;
  const double = (await sweep('none', 2, 1_600, 10_000)).stepsPerSecond;
  one = Math.max(one, single);
  ratios.push(double / single);
}
report('sweep without faults, one worker: best round', one, 'operations/s');
// Other programs slow two workers down more than one: the best round is least disturbed.
report('two workers over one: best round', Math.max(...ratios), 'times');
report('two workers over one: median round', percentile(ratios, 0.5), 'times', 'at least 1.8');

const [chaosRates, portRatios]: [number[], number[]] = [[], []];
for (let round = 0; round < CHAOS_ROUNDS; round += 1) {
  const portMs = await processorMs(() => runPlainPort(BigInt(round), PORT_OPERATIONS));
  let steps = 0;
  const chaosMs = await processorMs(async () => {
    ({ steps } = await sweep('chaos', 1, CHAOS_SEEDS, 2_000));
  });
  chaosRates.push(steps / (chaosMs / 1000));
  portRatios.push(steps / chaosMs / (PORT_OPERATIONS / portMs));
}
report('sweep under chaos, rules sampled, one worker', percentile(chaosRates, 0.5), 'steps/s');
report('the same over a plain loop: median', percentile(portRatios, 0.5), 'times', 'at least 3.3');

const loaded = await loadMachine(path);
const choice = { scenario: 'mixed-operations', operationsMax: 2_000, faults: 'chaos' };
const plan = await planRun(loaded, choice);
const failing = await recordFailing(plan, 3n, ({ kind }) => kind === 'settled');
if (!failing) throw new Error('seed 3 fails at its end');
let left = 0;
const shrinkMs = await timeMs(async () => {
  const { shrunk } = await shrinkRecord(loaded, failing);
  left = shrunk.operations.length;
});
report(`shrink ${failing.operations.length} steps of chaos`, shrinkMs / 1000, 's', 'under 10');
report(`to the fewest that keep ${signatureOf(failing.finding)}`, left, 'steps');
