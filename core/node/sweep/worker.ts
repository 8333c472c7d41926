import { constants, platform, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { assertNever } from '../../assert.ts';
import { toProblem } from '../../problem.ts';
import { PhaseCounter } from '../../sweep/phase-tally.ts';
import { partOfPhases, type SweepGroup } from '../../sweep/report.ts';
import { addParts, checkSeed, NOTHING_SWEPT } from '../../sweep/seed-check.ts';
import { compareSeeds } from '../../sweep/seeds.ts';
import { canWatch, SweptCodeWatch, type SweptCode } from '../coverage/swept-code.ts';
import { describeStray, loadMachine } from '../load/machine-loader.ts';
import { planAnew, planRun, type LoadedPlan } from '../runs/planning.ts';
import { runErrand } from './errands.ts';
import { seedAt, type SeedBatch } from './seed-queue.ts';
import {
  PULSE,
  type WorkerMessage,
  type WorkerOrder,
  type WorkerStart,
} from './worker-contract.ts';

/** A thread that runs seeds of one machine. It can be ended at any moment. */

const port = parentPort;
if (!port) throw new Error('Only the sweep pool runs this file.');
const { path, settings, pulse, isPolite } = workerData as WorkerStart;
// On Linux a thread has a priority of its own; elsewhere it is that of the process.
if (isPolite && platform() === 'linux') setPriority(constants.priority.PRIORITY_LOW);
const shared = new Int32Array(pulse);
/** Watches what code is executed, if that is wanted. */
let codeWatch: SweptCodeWatch | undefined;
/** The smallest seed of each cause that this worker has found. */
const smallest = new Map<string, string>();

function say(message: WorkerMessage): void {
  port?.postMessage(message);
}

// The rejection would end the thread anyway, but without its place in the author's source, and
// without ending what the machine has started.
process.on('unhandledRejection', (error) => {
  Atomics.store(shared, PULSE.stop, 1);
  say({ kind: 'broke', reason: describeStray(error) });
});

async function load(): Promise<LoadedPlan> {
  const loaded = await loadMachine(path);
  if (settings.hasCoverage !== true || !canWatch(loaded)) {
    return planRun(loaded, settings, settings.sampling);
  }
  codeWatch = new SweptCodeWatch(loaded.bundle);
  const plan = await planRun(await loaded.afresh(), settings, settings.sampling);
  codeWatch.noteLoaded();
  return plan;
}

async function sweep(plan: LoadedPlan, batch: SeedBatch): Promise<void> {
  const { machine } = plan;
  const swept = { ...plan, anew: () => planAnew(plan) };
  const phases = settings.hasPhases ? new PhaseCounter(machine.records) : undefined;
  let part = NOTHING_SWEPT;
  const broken: { seed: string; reason: string }[] = [];
  let done = 0;
  for (; done < batch.count && Atomics.load(shared, PULSE.stop) === 0; done += 1) {
    Atomics.store(shared, PULSE.position, done);
    const bigSeed = seedAt(batch, done);
    const seed = bigSeed.toString();
    const isNews = (signature: string) => {
      const known = smallest.get(signature);
      return known === undefined || compareSeeds(seed, known) < 0;
    };
    const onNews = (group: SweepGroup) => say({ kind: 'found', group });
    const checked = await checkSeed(swept, bigSeed, isNews, beat, onNews, phases);
    for (const { signature } of checked.groups) {
      if (isNews(signature)) smallest.set(signature, seed);
    }
    part = addParts(part, checked);
    if (checked.end.kind === 'stopped') break;
    if (checked.end.kind === 'broken') broken.push({ seed, reason: checked.end.error.message });
    await breathe();
  }
  const counted = { ...part, ...partOfPhases(phases?.take()) };
  say({ kind: 'swept', part: counted, done, broken, ...executedMore() });
}

/** The code that was executed, if that is more than the last time. */
function executedMore(): { readonly code?: SweptCode } {
  const code = codeWatch?.take();
  return code ? { code } : {};
}

/** An unhandled rejection ends the thread here, while the current seed is known. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Shows that the worker is alive, and returns whether it must go on. */
function beat(steps: number): boolean {
  Atomics.add(shared, PULSE.steps, steps);
  return Atomics.load(shared, PULSE.stop) === 0;
}

async function execute(plan: LoadedPlan, order: WorkerOrder): Promise<void> {
  switch (order.kind) {
    case 'sweep':
      return sweep(plan, order.batch);
    case 'try':
    case 'record':
    case 'trace':
    case 'shrink':
    case 'ask': {
      const result = await runErrand(plan, order, beat);
      await breathe();
      // It may be all that this worker does: what the saved seeds execute counts as well.
      return say({ kind: 'ran', result, ...executedMore() });
    }
    case 'end':
      codeWatch?.close();
      await plan.loaded.close().finally(() => process.exit());
      return undefined;
    default:
      return assertNever(order, 'order');
  }
}

void load().then(
  (plan) => {
    port.on('message', (order: WorkerOrder) => void execute(plan, order));
    const { sourceHash, answerMsMax = 0 } = plan.loaded;
    say({ kind: 'ready', sourceHash, answerMsMax });
  },
  (error: unknown) =>
    say({ kind: 'failed', problem: toProblem(error, 'The machine could not be loaded') }),
);
