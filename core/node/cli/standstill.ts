import { signs, type StepCount } from '../files/signs-of-life.ts';

/** How long a run may stand still before a message says so: longer than a step may take by default. */
const STANDSTILL_MS = 10_000;
const LOOK_MS = 250;

/** The places in a {@link StepCount}. */
const COUNT = { steps: 0, isAwaited: 1 } as const;

/** Counts the steps of a run for the thread that watches this one. */
export class StandstillWatch {
  readonly #shared: StepCount = new Int32Array(
    new SharedArrayBuffer(Object.keys(COUNT).length * Int32Array.BYTES_PER_ELEMENT),
  );

  constructor() {
    signs.steps(this.#shared);
  }

  /** Counts a finished step. */
  step(): void {
    Atomics.add(this.#shared, COUNT.steps, 1);
  }

  /** Whether steps are awaited from now on, rather than something else, such as a slow disk. */
  set isAwaited(isAwaited: boolean) {
    Atomics.store(this.#shared, COUNT.isAwaited, isAwaited ? 1 : 0);
  }

  /** Ends the watch. */
  close(): void {
    this.isAwaited = false;
  }
}

/**
 * Says that a run stands still, and at which step. It belongs to another thread than the run, which
 * may be in an endless loop.
 */
export class Standstill {
  readonly #say: (text: string) => unknown;
  #timer: NodeJS.Timeout | undefined;
  #shared: StepCount | undefined;

  constructor(say: (text: string) => unknown) {
    this.#say = say;
  }

  /** The number of finished steps of the run. */
  get steps(): number {
    return this.#shared ? Atomics.load(this.#shared, COUNT.steps) : 0;
  }

  /** Whether the next step is awaited. */
  get isAwaited(): boolean {
    return this.#shared !== undefined && Atomics.load(this.#shared, COUNT.isAwaited) === 1;
  }

  /** Watches a run from now on, instead of the one before. */
  watch(shared: StepCount): void {
    this.#shared = shared;
    clearInterval(this.#timer);
    let [seen, sinceMs, reported] = [-1, 0, -1];
    const look = () => {
      const now = Atomics.load(shared, COUNT.steps);
      const nowMs = performance.now();
      if (now !== seen || Atomics.load(shared, COUNT.isAwaited) === 0) {
        seen = now;
        sinceMs = nowMs;
      } else if (now !== reported && nowMs - sinceMs >= STANDSTILL_MS) {
        reported = now;
        this.#say(
          `The run has stood still at step ${now} for ${Math.round(STANDSTILL_MS / 1_000)} seconds. ` +
            'If the machine file is in an endless loop there, stop it with Ctrl-C.\n',
        );
      }
    };
    this.#timer = setInterval(look, LOOK_MS);
    this.#timer.unref();
  }
}
