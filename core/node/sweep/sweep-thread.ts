import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { SweepGroup } from '../../sweep/report.ts';
import { codeOf, describeThrown } from '../../thrown.ts';
import type { WatchedThreads } from '../hang/watched-threads.ts';
import { BUNDLE_FOLDER } from '../package-root.ts';
import {
  PULSE,
  type WorkerMessage,
  type WorkerOrder,
  type WorkerStart,
} from './worker-contract.ts';

/** A machine that does not load in this time is given up. */
const LOAD_MS_MAX = 60_000;
/** The same for a worker that must stop. */
const STOP_MS = 700;
/**
 * A thread whose steps are watched has this long in addition: a step that hangs is ended as a finding, however busy
 * the computer is, and what is made of a step may take its time. This is for a thread that nobody can stop.
 */
const WATCHED_MS = 60_000;
/** Threads have this long to end the processes that they have started. */
const END_MS = 150;
/** Most objects of a step are soon garbage: with enough room for them, few are ever moved. */
const YOUNG_MB = 64;
/** As much as the main thread has, so that too deep a recursion fails everywhere. */
const STACK_MB = 1.15;
/** A machine that takes this much memory without completing a step most likely fills its memory. */
const HUNGRY_MB = 256;

/** How a thread is started. */
export interface ThreadStart extends Omit<WorkerStart, 'pulse'> {
  readonly memoryMbMax: number;
  /** How long it may take without completing a step. */
  readonly hangMs: number;
}

/** Callbacks for what a thread reports. */
export interface ThreadOwner<Task> {
  receive(thread: SweepThread<Task>, message: WorkerMessage): void;
  /** It is gone. @param reason as the end of a sentence about the machine. */
  lose(thread: SweepThread<Task>, reason: string): void;
}

/**
 * A thread that runs seeds and errands, seen from outside: what it is at, whether it still makes progress, and
 * why it ended. A machine may hang or end it at any moment.
 */
export class SweepThread<Task> {
  readonly #worker: Worker;
  readonly #threadId: number;
  readonly #watched: WatchedThreads;
  readonly #shared: Int32Array;
  #hangMs: number;
  #task: Task | undefined;
  #isReady = false;
  /** The step counter when its task began, and at the last check. */
  #stepsBefore = 0;
  #stepsHeard = 0;
  #heardMs = performance.now();
  /** When it was last seen executing steps that are ended if they overrun their limit. */
  #watchedMs = 0;
  /** The memory of all threads when it last completed a step. */
  #heardBytes = 0;
  #startedMs = performance.now();
  /** The findings in its batch that it reported before the end of the batch. */
  reported: SweepGroup[] = [];

  constructor(
    { memoryMbMax, hangMs, ...start }: ThreadStart,
    owner: ThreadOwner<Task>,
    watched: WatchedThreads,
  ) {
    const pulse = new SharedArrayBuffer(Object.keys(PULSE).length * Int32Array.BYTES_PER_ELEMENT);
    this.#shared = new Int32Array(pulse);
    this.#hangMs = hangMs;
    this.#worker = new Worker(join(BUNDLE_FOLDER, 'sweep-worker.cjs'), {
      workerData: { ...start, pulse } satisfies WorkerStart,
      resourceLimits: {
        maxOldGenerationSizeMb: memoryMbMax,
        maxYoungGenerationSizeMb: YOUNG_MB,
        stackSizeMb: STACK_MB,
      },
      // The output of a machine is not part of the report.
      stdout: true,
    });
    // A thread that has ended has none.
    this.#threadId = this.#worker.threadId;
    this.#watched = watched;
    this.#worker.stdout.on('data', (printed: Buffer) => process.stderr.write(printed));
    this.#worker.on('message', (message: WorkerMessage) => owner.receive(this, message));
    this.#worker.on('error', (error) => owner.lose(this, describeDeath(error, memoryMbMax)));
    this.#worker.on('exit', () => owner.lose(this, 'it ended its own thread'));
  }

  /** Whether its machine has loaded. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** What it is at. */
  get task(): Task | undefined {
    return this.#task;
  }

  /** The steps that it has completed since its task began. */
  get steps(): number {
    return (Atomics.load(this.#shared, PULSE.steps) - this.#stepsBefore) >>> 0;
  }

  /** The position in its batch of the seed that it is at. */
  get position(): number {
    return Atomics.load(this.#shared, PULSE.position);
  }

  /** How long it has been at its task, or at loading the machine. */
  get tookMs(): number {
    return performance.now() - this.#startedMs;
  }

  /** Its machine has loaded. @param answerMsMax a step that waits up to this long does not hang. */
  noteReady(answerMsMax: number): void {
    this.#isReady = true;
    this.#hangMs += answerMsMax;
  }

  /** It has finished what it was at. */
  noteDone(): void {
    this.#task = undefined;
    this.reported = [];
  }

  /** Lets it do something, when it has finished everything before. */
  begin(task: Task, order: WorkerOrder): void {
    this.#task = task;
    this.#startedMs = performance.now();
    this.#stepsBefore = Atomics.load(this.#shared, PULSE.steps);
    this.#hear(this.#stepsBefore);
    // If the thread dies before it begins, the first seed of this batch is to blame, not one of the last.
    Atomics.store(this.#shared, PULSE.position, 0);
    this.#worker.postMessage(order);
  }

  /** Why it has to be given up, as the end of a sentence about the machine; absent while it makes progress. */
  problemAt(nowMs: number, isStopping: boolean): string | undefined {
    if (!this.#isReady) {
      const loadMsMax = isStopping ? STOP_MS : LOAD_MS_MAX;
      return nowMs - this.#startedMs > loadMsMax ? 'it did not finish' : undefined;
    }
    const steps = Atomics.load(this.#shared, PULSE.steps);
    if (steps !== this.#stepsHeard) {
      this.#hear(steps);
      return undefined;
    }
    if (this.#watched.isExecuting(this.#threadId)) this.#watchedMs = nowMs;
    const standsMs = nowMs - this.#heardMs;
    if (isStopping) return standsMs > STOP_MS ? this.#describeHang(STOP_MS) : undefined;
    const limitMs = this.#hangMs;
    if (standsMs > limitMs + WATCHED_MS) return this.#describeHang(limitMs + WATCHED_MS);
    const isLate = Math.min(standsMs, nowMs - this.#watchedMs) > limitMs;
    return isLate ? this.#describeHang(limitMs) : undefined;
  }

  /** Asks it to stop at the next opportunity. */
  stop(): void {
    Atomics.store(this.#shared, PULSE.stop, 1);
  }

  /** Lets it end what it has started. If it is too busy to respond, it is terminated. */
  end(): void {
    this.#worker.postMessage({ kind: 'end' } satisfies WorkerOrder);
    const late = setTimeout(() => void this.#worker.terminate(), END_MS);
    this.#worker.once('exit', () => clearTimeout(late));
  }

  #hear(steps: number): void {
    this.#stepsHeard = steps;
    this.#heardMs = performance.now();
    this.#heardBytes = process.memoryUsage.rss();
  }

  /**
   * Describes a hang. A machine that fills its memory in one step is given up long before the memory is
   * full, because garbage collection is slow. The memory that it took distinguishes it from a mere loop.
   */
  #describeHang(timeMs: number): string {
    const tookMb = Math.round((process.memoryUsage.rss() - this.#heardBytes) / 1e6);
    const memory = tookMb >= HUNGRY_MB ? `, and took ${tookMb} MB of memory in that time` : '';
    return `it made no progress for ${timeMs / 1000} seconds${memory}`;
  }
}

function describeDeath(error: unknown, memoryMbMax: number): string {
  return codeOf(error) === 'ERR_WORKER_OUT_OF_MEMORY'
    ? `it ran out of memory, which was ${memoryMbMax} MB`
    : `it broke its thread: ${describeThrown(error)}`;
}
