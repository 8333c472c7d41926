import { SWEEP_SAMPLING } from '../engine/check-plan.ts';
import { startRun } from '../engine/run.ts';
import { loadMachine } from '../node/load/machine-loader.ts';
import { pathOfMachine } from '../node/load/samples.ts';
import { MachineProcess } from '../node/process/machine-process.ts';
import { percentile, report } from './report.ts';

const ROUNDS = 5;
const ROUND_TRIPS = 5_000;
const OPERATIONS = 3_000;
const TIME_LIMIT_MS = 5_000;

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
