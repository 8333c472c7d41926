import { parentPort, workerData } from 'node:worker_threads';
import { ScenarioError } from '../../engine/scenario-guard.ts';
import { compareSeeds } from '../../sweep/report.ts';
import { addParts, checkSeed, NOTHING_SWEPT, type SweepSubject } from '../../sweep/seed-check.ts';
import { withInputs } from '../inputs-file.ts';
import {
  findFaultProfile,
  findScenario,
  loadMachine,
  type LoadedMachine,
} from '../machine-loader.ts';
import { toProblem } from '../problem-error.ts';
import {
  PULSE,
  type SeedBatch,
  type SweepSettings,
  type WorkerMessage,
  type WorkerOrder,
  type WorkerStart,
} from './worker-contract.ts';

/** A thread that runs seeds of one machine. It can be ended at any moment. */

const port = parentPort;
if (!port) throw new Error('this file is run by the sweep pool only');
const { path, settings, pulse } = workerData as WorkerStart;
const shared = new Int32Array(pulse);
/** The smallest seed of each cause that this worker has found. */
const smallest = new Map<string, string>();

function say(message: WorkerMessage): void {
  port?.postMessage(message);
}

/** A machine, and the way in which it is swept. */
interface Subject extends SweepSubject {
  readonly loaded: LoadedMachine;
}

async function load(): Promise<Subject> {
  const loaded = await withInputs(await loadMachine(path), settings.inputs);
  const { machine, guard, locate } = loaded;
  const { operationsMax, sampling }: SweepSettings = settings;
  const scenario = findScenario(loaded, settings.scenario);
  const faults = findFaultProfile(loaded, settings.faults);
  const run = { scenario, operationsMax, faults, locate };
  return { loaded, machine, guard, sampling, settings: run };
}

async function sweep(subject: SweepSubject, { first, stride, count }: SeedBatch): Promise<void> {
  let part = NOTHING_SWEPT;
  const broken: { seed: string; reason: string }[] = [];
  let done = 0;
  for (; done < count && Atomics.load(shared, PULSE.stop) === 0; done += 1) {
    Atomics.store(shared, PULSE.position, done);
    const seed = first + BigInt(done) * stride;
    const isNews = (signature: string) => {
      const known = smallest.get(signature);
      return known === undefined || compareSeeds(seed.toString(), known) < 0;
    };
    try {
      const checked = await checkSeed(subject, seed, isNews, beat);
      if (!checked) break;
      for (const { signature } of checked.groups) {
        if (isNews(signature)) smallest.set(signature, seed.toString());
      }
      part = addParts(part, checked);
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      broken.push({ seed: seed.toString(), reason: error.message });
    }
    // A rejection that nobody awaits ends the thread here, while the position tells its seed.
    await new Promise((resolve) => setImmediate(resolve));
  }
  say({ kind: 'swept', part, done, broken });
}

/** Shows that the worker lives; answers whether it is to go on. */
function beat(steps: number): boolean {
  Atomics.add(shared, PULSE.steps, steps);
  return Atomics.load(shared, PULSE.stop) === 0;
}

const subject = await load().catch((error: unknown) => {
  say({ kind: 'failed', problem: toProblem(error, 'The machine could not be loaded') });
});
if (subject) {
  port.on('message', (order: WorkerOrder) => {
    if (order === 'end') void subject.loaded.close().finally(() => process.exit());
    else void sweep(subject, order);
  });
  say({ kind: 'ready', answerMsMax: subject.loaded.answerMsMax ?? 0 });
}
