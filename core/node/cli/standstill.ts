import { Worker } from 'node:worker_threads';

/** Whoever waits is told after so long. */
const STANDSTILL_MS = 5_000;

/**
 * Tells people that a run stands still, and at which step. The thread that runs it cannot, when it is
 * in an endless loop.
 */
export class StandstillWatch {
  readonly #steps = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #worker: Worker;

  /** @param first the index of the step that comes next. */
  constructor(first = 0) {
    this.#steps[0] = first;
    const workerData = { steps: this.#steps, standstillMs: STANDSTILL_MS };
    this.#worker = new Worker(WATCH, { eval: true, workerData });
    this.#worker.unref();
  }

  /** A step has come to its end. */
  step(): void {
    Atomics.add(this.#steps, 0, 1);
  }

  /** Nobody waits any more. */
  close(): void {
    void this.#worker.terminate();
  }
}

const WATCH = `
const { writeSync } = require('node:fs');
const { steps, standstillMs } = require('node:worker_threads').workerData;
let seen = -1;
let sinceMs = 0;
let told = -1;
setInterval(() => {
  const now = Atomics.load(steps, 0);
  const nowMs = performance.now();
  if (now !== seen) {
    seen = now;
    sinceMs = nowMs;
  } else if (now !== told && nowMs - sinceMs >= standstillMs) {
    told = now;
    const seconds = Math.round(standstillMs / 1000);
    writeSync(2, 'The run has stood still at step ' + now + ' for ' + seconds + ' seconds. ' +
      'If the machine file is in an endless loop there, stop it with Ctrl-C.\\n');
  }
}, 250);
`;
