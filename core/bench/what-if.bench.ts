import { signatureOf } from '../engine/signature.ts';
import type { Finding } from '../machine/finding.ts';
import { loadMachine } from '../node/load/machine-loader.ts';
import { pathOfMachine } from '../node/load/samples.ts';
import { forkSubjectOf } from '../node/runs/fork-subject.ts';
import { planRun, startRecorded } from '../node/runs/planning.ts';
import { askButFor } from '../what-if/but-for.ts';
import { crashEverywhere } from '../what-if/crash-everywhere.ts';
import { askDoom } from '../what-if/doom.ts';
import { startFork } from '../what-if/fork.ts';
import { parentInMemory, type Parent } from '../what-if/parent.ts';
import { report, timeMs } from './report.ts';

// Each is asked of a run of a thousand operations of the dentist under chaos, about the finding at its end.
const OPERATIONS = 1_000;
const LONG_OPERATIONS = 100_000;
const SEED = 7n;

const loaded = await loadMachine(pathOfMachine({ kind: 'sample', name: 'dentist-booking' }));

async function parentOfSeed(operationsMax: number, faults: string): Promise<Parent> {
  const plan = await planRun(loaded, { scenario: 'mixed-operations', operationsMax, faults });
  return parentInMemory(startRecorded(plan, SEED));
}

const parent = await parentOfSeed(OPERATIONS, 'chaos');
const subject = forkSubjectOf(loaded, parent.header);
const last = Array.from({ length: parent.length }, (_, at) => parent.step(at).findings)
  .flat()
  .findLast(({ kind }) => kind === 'settled') as Finding;
const failure = { signature: signatureOf(last), stepIndex: last.stepIndex };
report('steps of the run', parent.length, 'steps');

let tries = 0;
const butForMs = await timeMs(async () => {
  ({ tries } = await askButFor(subject, parent, failure));
});
report(`but-for: ${tries} runs without a part`, butForMs / 1000, 's', 'under 10 on two cores');

let runs = 0;
const doomMs = await timeMs(async () => {
  ({ runs } = await askDoom(subject, parent, failure));
});
report(`doom: ${runs} runs with new draws`, doomMs / 1000, 's', 'under 15');

let points = 0;
const crashMs = await timeMs(async () => {
  points = (await crashEverywhere(subject, parent)).verdicts.length;
});
report(`crash everywhere: ${points} points`, crashMs / 1000, 's', 'under 5');

const long = await parentOfSeed(LONG_OPERATIONS, 'none');
const from = long.length - 1;
for (const goesOn of ['sameOperations', 'scenario'] as const) {
  const forkMs = await timeMs(async () => {
    const { run } = await startFork(forkSubjectOf(loaded, long.header), long, {
      from,
      changes: [],
      goesOn,
    });
    run.close();
  });
  report(`fork after ${from} steps, with ${goesOn}`, forkMs, 'ms', 'under 100');
}
