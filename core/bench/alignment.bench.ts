import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTraceFile } from '../node/files/trace-file.ts';
import { loadMachine } from '../node/load/machine-loader.ts';
import { pathOfMachine } from '../node/load/samples.ts';
import { startRecordedFork } from '../node/runs/forking.ts';
import { planRun, startRecorded } from '../node/runs/planning.ts';
import { alignTraces } from '../trace/compare/alignment.ts';
import { recordRun, type RecordedRun } from '../trace/recorder.ts';
import type { Trace } from '../trace/trace.ts';
import { report, timeMs } from './report.ts';

// Two runs of a hundred thousand operations side by side, as they are read from their files.
const OPERATIONS = 100_000;
const SEED = 7n;

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-bench-'));
const loadSample = (name: string) => loadMachine(pathOfMachine({ kind: 'sample', name }));
const dentist = await loadSample('dentist-booking');
const hardened = await loadSample('dentist-booking-hardened');

async function inFile(name: string, recorded: RecordedRun): Promise<Trace> {
  const lines: string[] = [];
  await recordRun(recorded, (line) => lines.push(line));
  const path = join(folder, `${name}.jsonl`);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return (await readTraceFile(path)).trace;
}

async function runOf(machine: typeof dentist, faults: string, seed = SEED): Promise<RecordedRun> {
  return startRecorded(await planRun(machine, { operationsMax: OPERATIONS, faults }), seed);
}

async function reportAlignment(what: string, one: Trace, other: Trace): Promise<void> {
  let rows = 0;
  const ms = await timeMs(() => {
    rows = alignTraces(one, other).length;
  });
  report(`align ${what}: ${rows} rows`, ms / 1000, 's');
}

for (const faults of ['none', 'chaos']) {
  const run = await inFile(`run-${faults}`, await runOf(dentist, faults));
  const crash = { kind: 'crash', after: 999, dispatched: 0 } as const;
  const fork = { from: 1_000, changes: [crash], goesOn: 'sameOperations' } as const;
  const forked = await inFile(`fork-${faults}`, await startRecordedFork(dentist, run, fork));
  await reportAlignment(`a fork at step 1 000 with its parent under ${faults}`, run, forked);
  const other = await inFile(`hardened-${faults}`, await runOf(hardened, faults));
  await reportAlignment(`two machines on one seed under ${faults}`, run, other);
  const next = await inFile(`next-${faults}`, await runOf(dentist, faults, SEED + 1n));
  await reportAlignment(`two seeds under ${faults}`, run, next);
}
rmSync(folder, { recursive: true });
await dentist.close();
await hardened.close();
