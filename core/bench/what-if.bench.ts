import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signatureOf } from '../engine/signature.ts';
import type { Finding } from '../machine/finding.ts';
import { readTraceFile } from '../node/files/trace-file.ts';
import { loadMachine, type LoadedMachine } from '../node/load/machine-loader.ts';
import { pathOfMachine } from '../node/load/samples.ts';
import { forkSubjectOf } from '../node/runs/fork-subject.ts';
import { planRun, startRecorded } from '../node/runs/planning.ts';
import { GOING_ON } from '../trace/format/fork.ts';
import { recordRun } from '../trace/recorder.ts';
import { askButFor } from '../what-if/but-for.ts';
import { crashEverywhere } from '../what-if/crash-everywhere.ts';
import { askDoom } from '../what-if/doom.ts';
import { startFork } from '../what-if/fork.ts';
import { parentInMemory, parentOf, type Parent } from '../what-if/parent.ts';
import { percentile, report, timeMs } from './report.ts';

// Each is asked of a run of a thousand operations of the dentist under chaos, about the finding at its end.
const OPERATIONS = 1_000;
const LONG_OPERATIONS = 100_000;
/** The first fork of a process is executed while its code is compiled. */
const FORKS = 5;
const SEED = 7n;

const loadSample = (name: string) => loadMachine(pathOfMachine({ kind: 'sample', name }));
const dentist = await loadSample('dentist-booking');

/** The run of a machine under a fault profile, with its first scenario. */
interface Choice {
  readonly machine?: LoadedMachine;
  readonly operationsMax: number;
  readonly faults: string;
}

async function startOf({ machine = dentist, operationsMax, faults }: Choice) {
  return startRecorded(await planRun(machine, { operationsMax, faults }), SEED);
}

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-bench-'));

/** Records a run; returns the path of its trace file. */
async function record(choice: Choice): Promise<string> {
  const lines: string[] = [];
  await recordRun(await startOf(choice), (line) => lines.push(line));
  const path = join(folder, `${choice.operationsMax}-${choice.faults}.jsonl`);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

async function readParent(path: string): Promise<Parent> {
  const { trace } = await readTraceFile(path);
  return parentOf(trace);
}

const parent = await parentInMemory(await startOf({ operationsMax: OPERATIONS, faults: 'chaos' }));
const subject = forkSubjectOf(dentist, parent.header);
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

/** Crashes a run everywhere; returns the milliseconds for each of its crash points. */
async function reportCrashes(what: string, choice: Choice, bar?: string): Promise<number> {
  const { machine = dentist } = choice;
  const crashed = await readParent(await record(choice));
  let points = 0;
  const ms = await timeMs(async () => {
    points = (await crashEverywhere(forkSubjectOf(machine, crashed.header), crashed)).verdicts
      .length;
  });
  report(`crash everywhere: ${what}, ${points} points`, ms / 1000, 's', bar);
  return ms / points;
}

const few = await reportCrashes(
  'dentist, 1 000 operations',
  { operationsMax: OPERATIONS, faults: 'chaos' },
  'under 5',
);
const many = await reportCrashes('dentist, 10 000 operations', {
  operationsMax: 10 * OPERATIONS,
  faults: 'chaos',
});
report('crash everywhere: a point of the longer run', many / few, 'times', 'about 1');
const ledger = await loadSample('payment-ledger');
const inDatabase = { machine: ledger, faults: 'chaos' } as const;
const short = await reportCrashes('ledger in SQLite, 100 operations', {
  ...inDatabase,
  operationsMax: 100,
});
const longer = await reportCrashes('ledger in SQLite, 400 operations', {
  ...inDatabase,
  operationsMax: 400,
});
report('crash everywhere: a point of the longer run', longer / short, 'times', 'about 1');
await ledger.close();

/** How long forks of a run take to begin after its last step but one; each has read the run anew. */
async function reportForks(faults: string): Promise<void> {
  const path = await record({ operationsMax: LONG_OPERATIONS, faults });
  for (const goesOn of GOING_ON) {
    const draws = goesOn === 'newDraws' ? { seed: '1' } : {};
    const timesMs: number[] = [];
    for (let round = 0; round < FORKS; round += 1) {
      const long = await readParent(path);
      const from = long.length - 1;
      const begin = async () => {
        const fork = { from, changes: [], goesOn, ...draws };
        const { run } = await startFork(forkSubjectOf(dentist, long.header), long, fork);
        run.close();
      };
      timesMs.push(await timeMs(begin));
    }
    const what = `fork of ${LONG_OPERATIONS} operations under ${faults}, with ${goesOn}`;
    report(`${what}: the first`, timesMs[0] ?? Number.NaN, 'ms');
    report(`${what}: median`, percentile(timesMs, 0.5), 'ms', 'under 100');
  }
}

for (const faults of ['none', 'chaos']) await reportForks(faults);
rmSync(folder, { recursive: true });
