import { defineLedger } from '../../samples/payment-ledger/machine.ts';
import { defineTellers } from '../../samples/payment-ledger/scenarios.ts';
import { SWEEP_SAMPLING } from '../engine/check-plan.ts';
import { startRun, type Run } from '../engine/run.ts';
import type { AnyMachine } from '../machine/machine.ts';
import type { AnyScenario } from '../machine/scenario.ts';
import { connectStorage } from '../node/database/connect.ts';
import { loadMachine } from '../node/load/machine-loader.ts';
import { pathOfMachine } from '../node/load/samples.ts';
import { TraceRecorder } from '../trace/recorder.ts';
import { percentile, report, timeMs } from './report.ts';

const OPERATIONS = 20_000;
/** Runs take turns in slices of this many steps, so that a noisy computer disturbs all alike. */
const SLICE_STEPS = 1_000;
const ROUNDS = 5;
const FEW = 1_000;
const MANY = 1_000_000;

/** A run that is executed in slices, with or without writing its trace. */
class Contestant {
  readonly #run: Run;
  readonly #observe: ((step: Parameters<TraceRecorder['step']>[0]) => void) | undefined;

  constructor(machine: AnyMachine, scenario: AnyScenario, seed: number, isRecorded: boolean) {
    const settings = { scenario, seed: BigInt(seed), operationsMax: OPERATIONS };
    if (!isRecorded) {
      this.#run = startRun(machine, settings, { sampling: SWEEP_SAMPLING });
      return;
    }
    this.#run = startRun(machine, settings);
    const label = { scenario: scenario.name, seed: BigInt(seed), operationsMax: OPERATIONS };
    const recorder = new TraceRecorder(machine, this.#run, { ...label, faults: 'none' });
    this.#observe = (step) => recorder.step(step);
  }

  /** Executes the next slice, and returns its time in milliseconds. */
  slice(): Promise<number> {
    return timeMs(() => this.#run.advance(SLICE_STEPS, this.#observe));
  }

  close(): void {
    this.#run.close();
  }
}

/** The rate of a machine that is loaded as by the command line: bundled from its source. */
async function measureRate(isRecorded: boolean): Promise<number> {
  const { machine, scenarios } = await loadMachine(
    pathOfMachine({ kind: 'sample', name: 'payment-ledger' }),
  );
  const [scenario] = scenarios;
  if (!scenario) throw new Error('the ledger has a scenario');
  const slicesMs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const contestant = new Contestant(machine, scenario, round, isRecorded);
    for (let done = 0; done < OPERATIONS; done += SLICE_STEPS) {
      slicesMs.push(await contestant.slice());
    }
    contestant.close();
  }
  // The best tenth of the slices: the rate when no other program disturbs.
  return SLICE_STEPS / (percentile(slicesMs, 0.1) / 1000);
}

/** A ledger with a number of accounts, and the time to prepare it. */
async function prepare(accounts: number) {
  const declared = defineLedger({ name: 'ledger', description: 'For measuring.', accounts });
  const { machine, close } = await connectStorage(declared, '.');
  return { machine, scenario: defineTellers({ accounts }), close };
}

report('payment-ledger, unrecorded', await measureRate(false), 'operations/s', 'at least 8 000');
report('payment-ledger, recorded', await measureRate(true), 'operations/s', 'at least 3 000');

const few = await prepare(FEW);
let many: Awaited<ReturnType<typeof prepare>> | undefined;
const startMs = await timeMs(async () => {
  many = await prepare(MANY);
});
if (!many) throw new Error('it was prepared');
report('a million accounts: to prepare, once', startMs / 1000, 's');
for (const isRecorded of [false, true]) {
  const [small, large]: [number[], number[]] = [[], []];
  const one = new Contestant(few.machine, few.scenario, 1, isRecorded);
  let other: Contestant | undefined;
  const beginMs = await timeMs(() => {
    other = many && new Contestant(many.machine, many.scenario, 1, isRecorded);
  });
  if (!other) throw new Error('it has begun');
  for (let done = 0; done < OPERATIONS; done += SLICE_STEPS) {
    small.push(await one.slice());
    large.push(await other.slice());
  }
  const what = isRecorded ? 'recorded' : 'unrecorded';
  report(`a run on them begins, ${what}`, beginMs / 1000, 's');
  const ratio = percentile(large, 0.5) / percentile(small, 0.5);
  report(`a step on a million rows over one on a thousand, ${what}`, ratio, 'times', 'under 1.5');
  report('  its cost, on a thousand', percentile(small, 0.5) / SLICE_STEPS, 'ms');
  report('  its cost, on a million', percentile(large, 0.5) / SLICE_STEPS, 'ms');
  one.close();
  other.close();
}
await few.close();
await many.close();
