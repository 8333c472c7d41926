import { Worker } from 'node:worker_threads';

/** How long a step may take before a message says so. */
const STANDSTILL_MS = 5_000;

/**
 * Prints that a run stands still, and at which step. It runs on a thread of its own, because the
 * thread of the run may be in an endless loop.
 */
export class StandstillWatch {
  /** The number of finished steps, and whether the next one is awaited. */
  readonly #shared = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  readonly #worker: Worker;

  constructor() {
    const workerData = { shared: this.#shared, standstillMs: STANDSTILL_MS };
    this.#worker = new Worker(WATCH, { eval: true, workerData });
    this.#worker.unref();
  }

  /** Counts a finished step. */
  step(): void {
    Atomics.add(this.#shared, 0, 1);
  }

  /** Whether steps are awaited from now on, rather than something else, such as a slow disk. */
  set isAwaited(isAwaited: boolean) {
    Atomics.store(this.#shared, 1, isAwaited ? 1 : 0);
  }

  /** Ends the watch. */
  close(): void {
    void this.#worker.terminate();
  }
}

const WATCH = `
const { writeSync } = require('node:fs');
const { shared, standstillMs } = require('node:worker_threads').workerData;
let seen = -1;
let sinceMs = 0;
let reported = -1;
setInterval(() => {
  const now = Atomics.load(shared, 0);
  const nowMs = performance.now();
  if (now !== seen || Atomics.load(shared, 1) === 0) {
    seen = now;
    sinceMs = nowMs;
  } else if (now !== reported && nowMs - sinceMs >= standstillMs) {
    reported = now;
    const seconds = Math.round(standstillMs / 1000);
    writeSync(2, 'The run has stood still at step ' + now + ' for ' + seconds + ' seconds. ' +
      'If the machine file is in an endless loop there, stop it with Ctrl-C.\\n');
  }
}, 250);
`;
