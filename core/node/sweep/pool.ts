import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { SEED_MAX } from '../../random/seed.ts';
import { addParts, NOTHING_SWEPT, type SweepPart } from '../../sweep/seed-check.ts';
import { PACKAGE_ROOT } from '../package-root.ts';
import { ProblemError } from '../problem-error.ts';
import {
  PULSE,
  type SeedBatch,
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
/** A machine that breaks at so many seeds breaks at all of them: the sweep ends. */
const BROKEN_MAX = 100;
/** A machine may not take all memory with it. */
const WORKER_MB_MAX = 2_048;
/** Most of what a step makes is garbage soon: with room for it, little is ever moved. */
const YOUNG_MB = 64;

/** What is swept. */
export interface SweepPlan {
  /** Of the machine file. */
  readonly path: string;
  readonly settings: SweepSettings;
  /** The first seed of all shards together. */
  readonly from: bigint;
  /** How many seeds of all shards together; absent for as many as the time allows. */
  readonly count?: number;
  readonly timeBudgetMs?: number;
  readonly workers: number;
  /** 1-based, of so many. */
  readonly shard: { readonly index: number; readonly total: number };
}

/** How far a sweep has come. */
export interface SweepProgress {
  readonly elapsedMs: number;
  /** Seeds done, and how many there are, if that is known. */
  readonly seeds: number;
  readonly seedsMax?: number;
  readonly steps: number;
  readonly stepsPerSecond: number;
  readonly part: SweepPart;
  readonly broken: readonly BrokenSeed[];
}

/** A seed at which the machine hung or broke out. */
export interface BrokenSeed {
  readonly seed: string;
  readonly reason: string;
}

/** What a sweep came to. */
export interface SweepOutcome extends SweepProgress {
  readonly isCancelled: boolean;
}

interface Hand {
  readonly worker: Worker;
  readonly shared: Int32Array;
  batch: SeedBatch | undefined;
  isReady: boolean;
  /** How long its steps may stand still. */
  hangMs: number;
  /** Counter of steps when its batch began, and when it was last looked at. */
  steps: number;
  lastSteps: number;
  heardMs: number;
  startedMs: number;
}

/**
 * Runs the seeds of a plan on worker threads. A machine that hangs or ends its thread costs the seed
 * at which it did; the rest of the batch is run again.
 */
export class SweepPool {
  readonly #plan: SweepPlan;
  readonly #onProgress: (progress: SweepProgress) => void;
  readonly #hands = new Set<Hand>();
  readonly #startMs = performance.now();
  readonly #stride: bigint;
  /** Batches that a thread could not finish. */
  readonly #left: SeedBatch[] = [];
  #next: bigint;
  #seedsLeft: number;
  #part = NOTHING_SWEPT;
  readonly #broken: BrokenSeed[] = [];
  #steps = 0;
  #batchSeeds = 1;
  #isStopping = false;
  #isCancelled = false;
  #watch: NodeJS.Timeout | undefined;
  #finish:
    | { resolve: (outcome: SweepOutcome) => void; reject: (error: unknown) => void }
    | undefined;

  constructor(plan: SweepPlan, onProgress: (progress: SweepProgress) => void = () => {}) {
    this.#plan = plan;
    this.#onProgress = onProgress;
    const { index, total } = plan.shard;
    this.#stride = BigInt(total);
    this.#next = plan.from + BigInt(index - 1);
    this.#seedsLeft = seedsOfShard(plan);
  }

  /**
   * Runs to the end, or until {@link cancel}.
   *
   * @throws {ProblemError} when the machine cannot be loaded.
   */
  run(): Promise<SweepOutcome> {
    return new Promise((resolve, reject) => {
      this.#finish = { resolve, reject };
      const workers = Math.min(this.#plan.workers, Math.max(1, this.#seedsLeft));
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
    for (const hand of this.#hands) steps += this.#stepsOf(hand);
    const seedsMax = this.#plan.count === undefined ? undefined : seedsOfShard(this.#plan);
    return {
      elapsedMs,
      seeds: this.#part.seeds,
      ...(seedsMax === undefined ? {} : { seedsMax }),
      steps,
      stepsPerSecond: elapsedMs > 0 ? Math.round(steps / (elapsedMs / 1000)) : 0,
      part: this.#part,
      broken: this.#broken,
    };
  }

  #stepsOf({ shared, steps }: Hand): number {
    return (Atomics.load(shared, PULSE.steps) - steps) >>> 0;
  }

  #hire(): void {
    const pulse = new SharedArrayBuffer(Object.keys(PULSE).length * Int32Array.BYTES_PER_ELEMENT);
    const start: WorkerStart = { path: this.#plan.path, settings: this.#plan.settings, pulse };
    const worker = new Worker(join(PACKAGE_ROOT, 'dist/sweep-worker.mjs'), {
      workerData: start,
      resourceLimits: { maxOldGenerationSizeMb: WORKER_MB_MAX, maxYoungGenerationSizeMb: YOUNG_MB },
      // What a machine prints is no part of the answer.
      stdout: true,
    });
    worker.stdout.on('data', (printed: Buffer) => process.stderr.write(printed));
    const nowMs = performance.now();
    const hand: Hand = {
      worker,
      shared: new Int32Array(pulse),
      batch: undefined,
      isReady: false,
      hangMs: HANG_MS,
      steps: 0,
      lastSteps: 0,
      heardMs: nowMs,
      startedMs: nowMs,
    };
    this.#hands.add(hand);
    worker.on('message', (message: WorkerMessage) => this.#receive(hand, message));
    worker.on('error', (error) => this.#dismiss(hand, `it broke its thread: ${String(error)}`));
    worker.on('exit', () => this.#dismiss(hand, 'it ended its own thread'));
  }

  #receive(hand: Hand, message: WorkerMessage): void {
    // What a thread still said when it was given up: its batch is done again by another one.
    if (!this.#hands.has(hand)) return;
    switch (message.kind) {
      case 'ready':
        hand.isReady = true;
        hand.hangMs = HANG_MS + message.answerMsMax;
        this.#give(hand);
        break;
      case 'failed':
        this.#fail(new ProblemError(message.problem));
        break;
      case 'swept':
        this.#take(hand, message);
        break;
    }
  }

  #take(hand: Hand, { part, done, broken }: WorkerMessage & { kind: 'swept' }): void {
    const { batch } = hand;
    hand.batch = undefined;
    this.#part = addParts(this.#part, part);
    this.#broken.push(...broken);
    this.#forget(hand, part.steps);
    const tookMs = performance.now() - hand.startedMs;
    if (done > 0 && tookMs > 0) {
      const wanted = Math.round((done / tookMs) * BATCH_MS);
      this.#batchSeeds = Math.max(1, Math.min(BATCH_SEEDS_MAX, wanted));
    }
    if (batch && done < batch.count) this.#left.push(rest(batch, done));
    this.#give(hand);
  }

  /** The steps of a batch count from now on as the pool's. */
  #forget(hand: Hand, steps: number): void {
    hand.steps = Atomics.load(hand.shared, PULSE.steps);
    this.#steps += steps;
  }

  #give(hand: Hand): void {
    const batch = this.#isStopping ? undefined : (this.#left.pop() ?? this.#draw());
    if (!batch) {
      this.#hands.delete(hand);
      endWorker(hand.worker);
      if (this.#hands.size === 0) this.#end();
      return;
    }
    hand.batch = batch;
    hand.startedMs = performance.now();
    hand.heardMs = hand.startedMs;
    // If the thread dies before it begins, it is the first seed of this batch, not one of the last.
    Atomics.store(hand.shared, PULSE.position, 0);
    hand.worker.postMessage(batch satisfies WorkerOrder);
  }

  #draw(): SeedBatch | undefined {
    const count = Math.min(this.#batchSeeds, this.#seedsLeft);
    if (count <= 0) return undefined;
    const first = this.#next;
    this.#next += BigInt(count) * this.#stride;
    this.#seedsLeft -= count;
    return { first, stride: this.#stride, count };
  }

  /** A thread is gone or hangs: the seed it was at is to blame. */
  #dismiss(hand: Hand, reason: string): void {
    if (!this.#hands.delete(hand)) return;
    endWorker(hand.worker);
    const { batch } = hand;
    if (hand.isReady && !batch) return;
    if (!batch && !this.#isStopping) {
      const title = `The machine could not be swept: while it was loaded, ${reason}.`;
      this.#fail(new ProblemError({ title, remedy: 'Mend the machine file, and sweep again.' }));
      return;
    }
    if (!batch || this.#isStopping) {
      // Nobody is to blame for a thread that was busy when it was told to stop.
      if (this.#hands.size === 0) this.#end();
      return;
    }
    const position = Atomics.load(hand.shared, PULSE.position);
    const seed = batch.first + BigInt(position) * batch.stride;
    this.#broken.push({ seed: seed.toString(), reason: `The machine is to blame: ${reason}.` });
    if (this.#broken.length >= BROKEN_MAX) {
      this.cancel();
      if (this.#hands.size === 0) this.#end();
      return;
    }
    // What the thread had done before goes with it, and is done again.
    if (position > 0) this.#left.push({ ...batch, count: position });
    if (position + 1 < batch.count) this.#left.push(rest(batch, position + 1));
    this.#hire();
  }

  #look(): void {
    const nowMs = performance.now();
    for (const hand of this.#hands) {
      const steps = this.#stepsOf(hand);
      if (!hand.isReady) {
        const loadMsMax = this.#isStopping ? STOP_MS : LOAD_MS_MAX;
        if (nowMs - hand.startedMs > loadMsMax) this.#dismiss(hand, 'it did not come to an end');
      } else if (steps !== hand.lastSteps) {
        hand.lastSteps = steps;
        hand.heardMs = nowMs;
      } else if (nowMs - hand.heardMs > (this.#isStopping ? STOP_MS : hand.hangMs)) {
        this.#dismiss(hand, `it did not come on for ${hand.hangMs / 1000} seconds`);
      }
    }
    const { timeBudgetMs } = this.#plan;
    if (timeBudgetMs !== undefined && nowMs - this.#startMs >= timeBudgetMs) this.#stop();
    this.#onProgress(this.progress);
  }

  #stop(): void {
    this.#isStopping = true;
    for (const { shared } of this.#hands) Atomics.store(shared, PULSE.stop, 1);
  }

  #end(): void {
    clearInterval(this.#watch);
    this.#finish?.resolve({ ...this.progress, isCancelled: this.#isCancelled });
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

/** Lets a thread end what it has started; one that is too busy to hear it is ended from outside. */
function endWorker(worker: Worker): void {
  worker.postMessage('end' satisfies WorkerOrder);
  const late = setTimeout(() => void worker.terminate(), END_MS);
  worker.once('exit', () => clearTimeout(late));
}

function rest({ first, stride, count }: SeedBatch, done: number): SeedBatch {
  return { first: first + BigInt(done) * stride, stride, count: count - done };
}

/** How many of the seeds are this shard's; after the largest seed there are no more. */
function seedsOfShard({ from, count = Number.MAX_SAFE_INTEGER, shard }: SweepPlan): number {
  const room = SEED_MAX - from + 1n;
  const seeds = room < BigInt(count) ? Number(room) : count;
  return Math.max(0, Math.ceil((seeds - (shard.index - 1)) / shard.total));
}
