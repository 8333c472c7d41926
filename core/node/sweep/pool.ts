import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ProblemError } from '../../problem.ts';
import { addBroken, type BrokenSeed, type SweepGroup } from '../../sweep/report.ts';
import { addParts, NOTHING_SWEPT, type SweepPart } from '../../sweep/seed-check.ts';
import { describeThrown } from '../../thrown.ts';
import { PACKAGE_ROOT } from '../package-root.ts';
import { seedAt, SeedQueue, seedsOfShard, type SeedBatch, type SeedRange } from './seed-queue.ts';
import {
  NO_TIME,
  PULSE,
  type Errand,
  type ErrandResult,
  type SweepSettings,
  type WorkerMessage,
  type WorkerOrder,
  type WorkerStart,
} from './worker-contract.ts';

/** A worker whose steps do not move for this long hangs. */
const HANG_MS = 5_000;
/** A machine that does not load in this time is stuck. */
const LOAD_MS_MAX = 60_000;
/** One that is to stop is given less time. */
const STOP_MS = 700;
/** Threads are given this long to end the processes that they have started. */
const END_MS = 150;
const LOOK_MS = 100;
/** How long a batch should take: findings are told, and time is looked at, after each. */
const BATCH_MS = 250;
const BATCH_SEEDS_MAX = 2_000;
/** A machine that breaks its thread so often breaks it at every seed: the sweep ends. */
const DEATHS_MAX = 100;
/** A machine may not take all memory with it. */
const WORKER_MB_MAX = 2_048;
/** Most of what a step makes is garbage soon: with room for it, little is ever moved. */
const YOUNG_MB = 64;
/** As much as the main thread has: what recurses too deep does so wherever it runs. */
const STACK_MB = 1.15;
/** A machine that takes so much while its steps stand still is after memory rather than at work. */
const HUNGRY_MB = 256;

/** What is swept. */
export interface SweepPlan extends SeedRange {
  /** Of the machine file. */
  readonly path: string;
  readonly settings: SweepSettings;
  readonly timeBudgetMs?: number;
  readonly workers: number;
  /** How much memory each worker may take; 2 GB by default. */
  readonly memoryMbMax?: number;
  /** How long the steps of a machine may stand still before it is given up; 5 s by default. */
  readonly hangMs?: number;
}

/** How far a sweep has come. */
export interface SweepProgress {
  readonly elapsedMs: number;
  /** Seeds done, and how many there are, if that is known. */
  readonly seeds: number;
  readonly seedsMax?: number;
  readonly steps: number;
  readonly stepsPerSecond: number;
  /** What was found, also by seeds that have not come to their end. */
  readonly part: SweepPart;
  /** The smallest broken seeds, and how many more there are. */
  readonly broken: BrokenSeed[];
  readonly brokenMore: number;
  /** Errands that have no result yet. */
  readonly errandsLeft: number;
}

/** What a sweep came to. */
export interface SweepOutcome extends SweepProgress {
  readonly isCancelled: boolean;
  /** One for each errand, in their order. */
  readonly errandResults: readonly ErrandResult[];
}

type Task =
  | { readonly kind: 'sweep'; readonly batch: SeedBatch }
  | { readonly kind: 'errand'; readonly index: number };

interface Hand {
  readonly worker: Worker;
  readonly shared: Int32Array;
  task: Task | undefined;
  isReady: boolean;
  /** How long its steps may stand still. */
  hangMs: number;
  /** What it has found in its batch, and told before the end of it. */
  told: SweepGroup[];
  /** Counter of steps when its task began, and when it was last looked at. */
  steps: number;
  lastSteps: number;
  heardMs: number;
  /** The memory of all threads when its steps moved last. */
  heardBytes: number;
  startedMs: number;
}

const NONE_BROKEN: Pick<SweepProgress, 'broken' | 'brokenMore'> = { broken: [], brokenMore: 0 };

/**
 * Runs errands and then the seeds of a plan on worker threads. A machine that hangs or ends its thread
 * costs the seed or the errand at which it did; the rest of the batch is run again.
 */
export class SweepPool {
  readonly #plan: SweepPlan;
  readonly #onProgress: (progress: SweepProgress) => void;
  readonly #hands = new Set<Hand>();
  readonly #startMs = performance.now();
  readonly #errands: readonly Errand[];
  readonly #results: (ErrandResult | undefined)[];
  #nextErrand = 0;
  readonly #seeds: SeedQueue;
  #part = NOTHING_SWEPT;
  #broken = NONE_BROKEN;
  #deaths = 0;
  #steps = 0;
  #batchSeeds = 1;
  #isStopping = false;
  #isCancelled = false;
  #watch: NodeJS.Timeout | undefined;
  #finish:
    | { resolve: (outcome: SweepOutcome) => void; reject: (error: unknown) => void }
    | undefined;

  constructor(
    plan: SweepPlan,
    onProgress: (progress: SweepProgress) => void = () => {},
    errands: readonly Errand[] = [],
  ) {
    this.#plan = plan;
    this.#onProgress = onProgress;
    this.#errands = errands;
    this.#results = errands.map(() => undefined);
    this.#seeds = new SeedQueue(plan);
  }

  /**
   * Runs to the end, or until {@link cancel}.
   *
   * @throws {ProblemError} when the machine cannot be loaded.
   */
  run(): Promise<SweepOutcome> {
    return new Promise((resolve, reject) => {
      this.#finish = { resolve, reject };
      const tasks = this.#errands.length + this.#seeds.length;
      const workers = Math.min(this.#plan.workers, Math.max(1, tasks));
      for (let started = 0; started < workers; started += 1) this.#hire();
      this.#watch = setInterval(() => this.#look(), LOOK_MS);
    });
  }

  /** Stops at the next opportunity; what was found is kept. */
  cancel(): void {
    this.#isCancelled = true;
    this.#stop();
  }

  get progress(): SweepProgress {
    const elapsedMs = performance.now() - this.#startMs;
    let steps = this.#steps;
    let part = this.#part;
    for (const { task, shared, steps: before, told } of this.#hands) {
      if (task?.kind !== 'sweep') continue;
      steps += stepsSince(shared, before);
      if (told.length > 0) part = addParts(part, partOf(told));
    }
    const seedsMax = this.#plan.count === undefined ? undefined : seedsOfShard(this.#plan);
    return {
      elapsedMs,
      seeds: part.seeds,
      ...(seedsMax === undefined ? {} : { seedsMax }),
      steps,
      stepsPerSecond: elapsedMs > 0 ? Math.round(steps / (elapsedMs / 1000)) : 0,
      part,
      ...this.#broken,
      errandsLeft: this.#results.filter((result) => result === undefined).length,
    };
  }

  #hire(): void {
    const pulse = new SharedArrayBuffer(Object.keys(PULSE).length * Int32Array.BYTES_PER_ELEMENT);
    const start: WorkerStart = { path: this.#plan.path, settings: this.#plan.settings, pulse };
    const worker = new Worker(join(PACKAGE_ROOT, 'dist/sweep-worker.mjs'), {
      workerData: start,
      resourceLimits: {
        maxOldGenerationSizeMb: this.#memoryMbMax,
        maxYoungGenerationSizeMb: YOUNG_MB,
        stackSizeMb: STACK_MB,
      },
      // What a machine prints is no part of the answer.
      stdout: true,
    });
    worker.stdout.on('data', (printed: Buffer) => process.stderr.write(printed));
    const nowMs = performance.now();
    const hand: Hand = {
      worker,
      shared: new Int32Array(pulse),
      task: undefined,
      isReady: false,
      hangMs: this.#hangMs,
      told: [],
      steps: 0,
      lastSteps: 0,
      heardMs: nowMs,
      heardBytes: 0,
      startedMs: nowMs,
    };
    this.#hands.add(hand);
    worker.on('message', (message: WorkerMessage) => this.#receive(hand, message));
    worker.on('error', (error) => this.#dismiss(hand, this.#describeDeath(error)));
    worker.on('exit', () => this.#dismiss(hand, 'it ended its own thread'));
  }

  #receive(hand: Hand, message: WorkerMessage): void {
    // What a thread still said when it was given up: its batch is done again by another one.
    if (!this.#hands.has(hand)) return;
    switch (message.kind) {
      case 'ready':
        hand.isReady = true;
        hand.hangMs = this.#hangMs + message.answerMsMax;
        this.#give(hand);
        break;
      case 'failed':
        this.#fail(new ProblemError(message.problem));
        break;
      case 'broke':
        this.#dismiss(hand, `it ${message.reason}`);
        break;
      case 'found':
        hand.told.push(message.group);
        break;
      case 'swept':
        this.#take(hand, message);
        break;
      case 'ran':
        if (hand.task?.kind === 'errand') this.#results[hand.task.index] = message.result;
        this.#give(hand);
        break;
    }
  }

  #take(hand: Hand, { part, done, broken }: WorkerMessage & { kind: 'swept' }): void {
    const { task } = hand;
    hand.task = undefined;
    hand.told = [];
    this.#part = addParts(this.#part, part);
    this.#addBroken(broken);
    this.#steps += part.steps;
    const tookMs = performance.now() - hand.startedMs;
    if (done > 0 && tookMs > 0) {
      const wanted = Math.round((done / tookMs) * BATCH_MS);
      this.#batchSeeds = Math.max(1, Math.min(BATCH_SEEDS_MAX, wanted));
    }
    if (task?.kind === 'sweep') this.#seeds.putBack(task.batch, done);
    this.#give(hand);
  }

  #give(hand: Hand): void {
    const task = this.#isStopping ? undefined : this.#nextTask();
    hand.task = task;
    if (!task) {
      this.#hands.delete(hand);
      endWorker(hand.worker);
      if (this.#hands.size === 0) this.#end();
      return;
    }
    hand.steps = Atomics.load(hand.shared, PULSE.steps);
    hand.startedMs = performance.now();
    this.#hear(hand, hand.steps);
    // If the thread dies before it begins, it is the first seed of this batch, not one of the last.
    Atomics.store(hand.shared, PULSE.position, 0);
    const errand = task.kind === 'errand' ? this.#errands[task.index] : undefined;
    const order: WorkerOrder = task.kind === 'sweep' ? task : (errand ?? { kind: 'end' });
    hand.worker.postMessage(order);
  }

  #nextTask(): Task | undefined {
    if (this.#nextErrand < this.#errands.length) {
      this.#nextErrand += 1;
      return { kind: 'errand', index: this.#nextErrand - 1 };
    }
    const batch = this.#seeds.draw(this.#batchSeeds);
    return batch && { kind: 'sweep', batch };
  }

  /** A thread is gone or hangs: what it was at is to blame. */
  #dismiss(hand: Hand, reason: string): void {
    if (!this.#hands.delete(hand)) return;
    endWorker(hand.worker);
    const { task } = hand;
    if (this.#isStopping) {
      // Nobody is to blame for a thread that was busy when it was told to stop.
      if (task?.kind === 'sweep') this.#keep(hand.told);
      if (this.#hands.size === 0) this.#end();
      return;
    }
    if (!task) {
      if (hand.isReady) return;
      const title = `The machine could not be swept: while it was loaded, ${reason}.`;
      this.#fail(new ProblemError({ title, remedy: 'Mend the machine file, and sweep again.' }));
      return;
    }
    this.#blame(hand, task, `The machine file is to blame: ${reason}.`);
    // Saved seeds are known to break it, and say nothing of the others.
    if (task.kind === 'sweep') this.#deaths += 1;
    if (this.#deaths < DEATHS_MAX) {
      this.#hire();
      return;
    }
    this.cancel();
    if (this.#hands.size === 0) this.#end();
  }

  #blame({ shared, told }: Hand, task: Task, reason: string): void {
    if (task.kind === 'errand') {
      this.#results[task.index] = { kind: 'broken', reason };
      return;
    }
    const { batch } = task;
    const position = Atomics.load(shared, PULSE.position);
    const seed = seedAt(batch, position).toString();
    this.#addBroken([{ seed, reason }]);
    this.#keep(told.filter((group) => group.seed === seed));
    // What the thread had done before goes with it, and is done again.
    this.#seeds.putBack(batch, 0, position);
    this.#seeds.putBack(batch, position + 1);
  }

  #addBroken(broken: readonly BrokenSeed[]): void {
    if (broken.length === 0) return;
    this.#broken = addBroken(this.#broken, { broken: [...broken], brokenMore: 0 });
  }

  /** Keeps what seeds had told before their end, which nobody will hear of any more. */
  #keep(groups: readonly SweepGroup[]): void {
    this.#part = addParts(this.#part, partOf(groups));
  }

  #hear(hand: Hand, steps: number): void {
    hand.lastSteps = steps;
    hand.heardMs = performance.now();
    hand.heardBytes = process.memoryUsage.rss();
  }

  #look(): void {
    const nowMs = performance.now();
    for (const hand of this.#hands) {
      const steps = Atomics.load(hand.shared, PULSE.steps);
      if (!hand.isReady) {
        const loadMsMax = this.#isStopping ? STOP_MS : LOAD_MS_MAX;
        if (nowMs - hand.startedMs > loadMsMax) this.#dismiss(hand, 'it did not come to an end');
      } else if (steps !== hand.lastSteps) {
        this.#hear(hand, steps);
      } else if (nowMs - hand.heardMs > (this.#isStopping ? STOP_MS : hand.hangMs)) {
        this.#dismiss(hand, describeHang(hand));
      }
    }
    const { timeBudgetMs } = this.#plan;
    if (timeBudgetMs !== undefined && nowMs - this.#startMs >= timeBudgetMs) this.#stop();
    this.#onProgress(this.progress);
  }

  get #hangMs(): number {
    return this.#plan.hangMs ?? HANG_MS;
  }

  get #memoryMbMax(): number {
    return this.#plan.memoryMbMax ?? WORKER_MB_MAX;
  }

  #describeDeath(error: unknown): string {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ERR_WORKER_OUT_OF_MEMORY'
      ? `it ran out of memory, which was ${this.#memoryMbMax} MB`
      : `it broke its thread: ${describeThrown(error)}`;
  }

  #stop(): void {
    this.#isStopping = true;
    for (const { shared } of this.#hands) Atomics.store(shared, PULSE.stop, 1);
  }

  #end(): void {
    clearInterval(this.#watch);
    this.#finish?.resolve({
      ...this.progress,
      isCancelled: this.#isCancelled,
      errandResults: this.#results.map((result) => result ?? NO_TIME),
    });
    this.#finish = undefined;
  }

  #fail(error: ProblemError): void {
    clearInterval(this.#watch);
    for (const { worker } of this.#hands) endWorker(worker);
    this.#hands.clear();
    this.#finish?.reject(error);
    this.#finish = undefined;
  }
}

/** What seeds had told before their end. */
function partOf(groups: readonly SweepGroup[]): SweepPart {
  const unfinished = Math.max(1, new Set(groups.map(({ seed }) => seed)).size);
  return { ...NOTHING_SWEPT, unfinished, groups };
}

function stepsSince(shared: Int32Array, before: number): number {
  return (Atomics.load(shared, PULSE.steps) - before) >>> 0;
}

/** Lets a thread end what it has started; one that is too busy to hear it is ended from outside. */
function endWorker(worker: Worker): void {
  worker.postMessage({ kind: 'end' } satisfies WorkerOrder);
  const late = setTimeout(() => void worker.terminate(), END_MS);
  worker.once('exit', () => clearTimeout(late));
}

/**
 * A machine that fills its memory in one step is given up long before there is none left: the garbage
 * collector is slower than that. What it took until then tells it from one that only goes round.
 */
function describeHang({ hangMs, heardBytes }: Hand): string {
  const tookMb = Math.round((process.memoryUsage.rss() - heardBytes) / 1e6);
  const memory = tookMb >= HUNGRY_MB ? `, and took ${tookMb} MB of memory in that time` : '';
  return `it did not come on for ${hangMs / 1000} seconds${memory}`;
}
