import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SWEEP_SAMPLING } from '../engine/check-plan.ts';
import { startRun } from '../engine/run.ts';
import { defineScenario } from '../machine/scenario.ts';
import { loadMachine } from '../node/load/machine-loader.ts';
import { pathOfMachine } from '../node/load/samples.ts';
import { MachineProcess } from '../node/process/machine-process.ts';
import { connectProcess } from '../node/process/process-machine.ts';
import type { ProtocolVersion } from '../node/process/protocol.ts';
import { percentile, report, timeMs } from './report.ts';

const ROUNDS = 5;
const ROUND_TRIPS = 5_000;
const OPERATIONS = 3_000;
const TIME_LIMIT_MS = 60_000;
/** Slices in which machines take turns, so that a busy computer disturbs all alike. */
const SLICES = 15;
const LOCKER = dirname(pathOfMachine({ kind: 'sample', name: 'parcel-locker-python' }));

/** The times of `count` executions of a task, one after another, in milliseconds. */
async function times(count: number, task: () => unknown): Promise<number[]> {
  const measured: number[] = [];
  for (let done = 0; done < count; done += 1) {
    const startMs = performance.now();
    await task();
    measured.push(performance.now() - startMs);
  }
  return measured;
}

/** The smallest median of all rounds, which other programs disturbed least. */
async function bestMedian(makeRound: () => Promise<number[]>): Promise<number> {
  const medians: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    medians.push(percentile(await makeRound(), 0.5));
  }
  return Math.min(...medians);
}

// A process that only answers, to measure the transport.
const ECHO = `
  let id = 0, rest = '';
  process.stdin.on('data', (chunk) => {
    const lines = (rest + chunk).split('\\n');
    rest = lines.pop();
    process.stdout.write(lines.map(() => '{"id":' + (id += 1) + ',"result":{}}\\n').join(''));
  });
`;
const echo = new MachineProcess({
  command: [process.execPath, '-e', ECHO],
  folder: import.meta.dirname,
  timeLimitMs: TIME_LIMIT_MS,
});
const [stf, check] = [
  { method: 'stf', params: { input: null } },
  { method: 'checkInvariants', params: {} },
] as const;
const echoMs = await bestMedian(() => times(ROUND_TRIPS, () => echo.ask([stf, check])));
await echo.close();
report('two requests, one write, a process that only answers: median', echoMs, 'ms');

const loaded = await loadMachine(pathOfMachine({ kind: 'sample', name: 'parcel-locker-python' }));
const [scenario] = loaded.scenarios;
if (!scenario) throw new Error('the locker has a scenario');
const { machine, guard } = loaded;
const runMs = await bestMedian(async () => {
  const settings = { scenario, seed: 1n, operationsMax: OPERATIONS };
  const run = startRun(machine, settings, { guard, sampling: SWEEP_SAMPLING });
  return times(OPERATIONS, () => run.advance(1));
});
await loaded.close();
report('a step of the Python machine with its invariants: median', runMs, 'ms', 'under 0.3');

// A machine whose state grows: half of its steps add a record, and half change one.
const LEDGER = `
import sys
from phasm import Machine, serve


class Ledger(Machine):
    name = "ledger"

    def initial_state(self):
        return {"records": {f"r{n}": self.record(n) for n in range(int(sys.argv[1]))}}

    def record(self, number):
        return {"owner": f"user{number}", "cents": number, "tags": ["new", "checked"]}

    def stf(self, state, input, actions):
        records = state["records"]
        if input % 2 == 0:
            records[f"r{len(records)}"] = self.record(input)
        else:
            records[f"r{input % len(records)}"]["cents"] += 1


Ledger.invariants = {"there are records": lambda state: len(state["records"]) > 0}
serve(Ledger())
`;
const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-bench-'));
for (const file of ['phasm.py', 'phasm_state.py']) {
  copyFileSync(join(LOCKER, file), join(folder, file));
}
writeFileSync(join(folder, 'ledger.py'), LEDGER);

/** A ledger that begins with a number of records, as a run that is executed in slices. */
async function openLedger(records: number, version: ProtocolVersion, stepsOfSlice: number) {
  const command = ['python3', 'ledger.py', String(records)] as [string, ...string[]];
  const declared = { kind: 'childProcess', name: 'ledger', description: 'Grows.' } as const;
  const settings = { ...declared, command, timeLimitMs: TIME_LIMIT_MS };
  const ledger = await connectProcess(settings, folder, { versions: [version] });
  const growing = defineScenario({
    name: 'growing',
    description: 'Adds records, and changes some.',
    defaults: { seed: '1', operations: 1 },
    start: (random) => ({
      next: () => ({ kind: 'normal', input: random.genRange('u32', 0, 1_000_000) }),
      observe() {},
      tallies: () => ({}),
    }),
  });
  const operationsMax = stepsOfSlice * SLICES;
  const run = startRun(
    ledger.machine,
    { scenario: growing, seed: 1n, operationsMax },
    { sampling: SWEEP_SAMPLING },
  );
  const stepsMs: number[] = [];
  return {
    slice: async () => {
      stepsMs.push((await timeMs(() => run.advance(stepsOfSlice))) / stepsOfSlice);
    },
    /** The median time of a step, in milliseconds. */
    get stepMs() {
      return percentile(stepsMs, 0.5);
    },
    close: () => ledger.close(),
  };
}

/** The ratio of the times of a step on two ledgers, executed in turns. */
async function compare(
  openOne: () => ReturnType<typeof openLedger>,
  openOther: () => ReturnType<typeof openLedger>,
) {
  const [one, other] = [await openOne(), await openOther()];
  for (let slice = 0; slice < SLICES; slice += 1) {
    await one.slice();
    await other.slice();
  }
  await one.close();
  await other.close();
  return { oneMs: one.stepMs, otherMs: other.stepMs, ratio: one.stepMs / other.stepMs };
}

const versions = await compare(
  () => openLedger(5_000, 1, 8),
  () => openLedger(5_000, 2, 100),
);
report('5 000 records in Python: a step whose state travels whole', versions.oneMs, 'ms');
report('  one whose changes travel (version 2)', versions.otherMs, 'ms');
report('  how many times as fast', versions.ratio, 'times', 'at least 10');
const sizes = await compare(
  () => openLedger(100_000, 2, 60),
  () => openLedger(1_000, 2, 60),
);
report('100 000 records in version 2, over 1 000', sizes.ratio, 'times', 'under 1.5');
rmSync(folder, { recursive: true });
