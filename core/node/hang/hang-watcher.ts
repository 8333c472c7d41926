import type { Session } from 'node:inspector';
import { BroadcastChannel } from 'node:worker_threads';
import { MACHINE_FILE } from '../../isolation/realm.ts';
import { OtherThreads, type Debuggee } from './debuggee.ts';
import {
  BEAT,
  HANG_CHANNEL,
  hold,
  listenTo,
  type Frame,
  type SharedBeat,
  type WatchedMessage,
  type WatcherMessage,
} from './hang-contract.ts';
import { placeOf } from './place.ts';

const LOOK_MS = 50;
/** How long a thread that is idle may take to say so. */
const IDLE_MS_MAX = 100;
/** Places are taken this often, and this far apart: the loop is what they have in common. */
const SAMPLES = 6;
const SAMPLE_MS = 7;
/** After this long, a step that was stopped and goes on all the same is stopped once more. */
const STOPPED_MS_MAX = 30_000;

/** An execution that is watched. */
interface Execution {
  readonly id: string;
  readonly threadId: number;
  readonly beat: SharedBeat;
  /** The number of steps at the last look, whether one was being executed, and since when both are so. */
  steps: number;
  isStepping: boolean;
  sinceMs: number;
  /** Until then, a step that was stopped may take to come to its end. */
  stoppedUntilMs: number;
}

/** Which threads are watched: all of the process, or one. */
export interface WatchedThread {
  readonly onlyThread?: number;
}

/**
 * Ends steps that overrun their time limit, on the threads of this process except its own. A thread has one: two
 * of them would stop the same step, and the later one whatever comes after it. Each thread is looked at for itself: how long one step takes to be ended is nothing to the
 * steps on other threads.
 */
export class HangWatcher {
  readonly #connect: () => Session;
  readonly #mainThread: Debuggee | undefined;
  readonly #onlyThread: number | undefined;
  #others: OtherThreads | undefined;
  readonly #channel = new BroadcastChannel(HANG_CHANNEL);
  readonly #executions = new Map<string, Execution>();
  /** The threads on which a step is being ended. */
  readonly #ending = new Set<number>();

  /**
   * @param connect returns a session that is connected to the main thread, once a thread is to be stopped.
   * @param mainThread where that is watched as well, from another thread.
   */
  constructor(connect: () => Session, { onlyThread }: WatchedThread, mainThread?: Debuggee) {
    this.#connect = connect;
    this.#onlyThread = onlyThread;
    this.#mainThread = mainThread;
  }

  /** Begins to watch. */
  start(): void {
    listenTo(this.#channel, (message) => this.#receive(message as WatchedMessage));
    // Nobody waits for what is only watched.
    hold(this.#channel, false);
    setInterval(() => this.#look(), LOOK_MS).unref();
  }

  #receive(message: WatchedMessage): void {
    if (message.kind !== 'watched') return;
    const { id, threadId, beat } = message;
    if (this.#onlyThread !== undefined && threadId !== this.#onlyThread) return;
    const unseen = { steps: -1, isStepping: false, sinceMs: 0, stoppedUntilMs: 0 };
    this.#executions.set(id, { id, threadId, beat, ...unseen });
    Atomics.store(beat, BEAT.isWatched, 1);
  }

  #look(): void {
    const nowMs = performance.now();
    const overdue = new Map<number, Execution>();
    const movedMs = new Map<number, number>();
    for (const execution of this.#executions.values()) {
      const { beat, threadId } = execution;
      if (this.#ending.has(threadId)) continue;
      const isExecuting = Atomics.load(beat, BEAT.isExecuting) === 1;
      if (!isExecuting || !isAt(execution)) {
        execution.steps = Atomics.load(beat, BEAT.steps);
        execution.isStepping = Atomics.load(beat, BEAT.isStepping) === 1;
        execution.sinceMs = nowMs;
        execution.stoppedUntilMs = 0;
      } else if (
        nowMs >= execution.stoppedUntilMs &&
        nowMs - execution.sinceMs >= Atomics.load(beat, BEAT.limitMs)
      ) {
        // Executions that share a thread stand still together: of those in a step, the one that moved last has it.
        const other = overdue.get(threadId);
        if (!other || holdsRatherThan(execution, other)) overdue.set(threadId, execution);
      }
      const { sinceMs } = execution;
      if (isExecuting) movedMs.set(threadId, Math.max(sinceMs, movedMs.get(threadId) ?? sinceMs));
    }
    for (const execution of overdue.values()) {
      const { threadId, isStepping, sinceMs } = execution;
      // Between two steps of one execution, others of its thread may go on as they should.
      if (isStepping || movedMs.get(threadId) === sinceMs) void this.#end(execution);
    }
  }

  async #end(execution: Execution): Promise<void> {
    const { id, steps, threadId, beat } = execution;
    this.#ending.add(threadId);
    try {
      Atomics.store(beat, BEAT.isOverdue, 1);
      this.#say({ kind: 'overrun', id, steps });
      await sleep(IDLE_MS_MAX);
      const isHeard = Atomics.load(beat, BEAT.isOverdue) === 0;
      if (!isHeard && isAt(execution)) await this.#stop(execution);
    } finally {
      const nowMs = performance.now();
      for (const other of this.#executions.values()) {
        if (other.threadId === threadId) other.sinceMs = nowMs;
      }
      this.#ending.delete(threadId);
    }
  }

  /** Stops a thread in the author's code. One that works for us is spared until the limit has passed again. */
  async #stop(execution: Execution): Promise<void> {
    const { id, threadId, beat } = execution;
    const debuggee = await this.#debuggeeOf(threadId);
    if (!debuggee) return this.#forget(threadId);
    const samples: (readonly Frame[])[] = [];
    while (samples.length < SAMPLES) {
      const frames = await debuggee.pause();
      if (!frames) break;
      samples.push(frames);
      // While it is paused, it cannot come to the end of its step.
      const isLast = samples.length === SAMPLES || !isAt(execution);
      if (isLast) Atomics.store(beat, BEAT.isOverdue, 0);
      const looks = isLast && isAt(execution) ? looksAtAuthor(execution, samples) : [];
      const isStopped = looks.length > 0;
      // It may take long to hear of its end, and is not ended once more until then.
      if (isStopped) execution.stoppedUntilMs = performance.now() + STOPPED_MS_MAX;
      if (isStopped) Atomics.store(beat, BEAT.isStopped, 1);
      await debuggee.resume({ isStopped });
      const { isStepping } = execution;
      if (isStopped) this.#say({ kind: 'stopped', id, isStepping, frames: placeOf(looks) });
      if (isLast) break;
      await sleep(SAMPLE_MS);
    }
    debuggee.release();
  }

  async #debuggeeOf(threadId: number): Promise<Debuggee | undefined> {
    if (threadId === 0) return this.#mainThread;
    this.#others ??= new OtherThreads(this.#connect());
    return this.#others.debug(threadId);
  }

  /** The thread is gone, in the middle of its step. */
  #forget(threadId: number): void {
    for (const [id, execution] of this.#executions) {
      if (execution.threadId === threadId) this.#executions.delete(id);
    }
  }

  #say(message: WatcherMessage): void {
    this.#channel.postMessage(message);
  }
}

/** Whether an execution is still at the step, or between the steps, at which it was last seen. */
function isAt({ beat, steps, isStepping }: Execution): boolean {
  const isSteppingNow = Atomics.load(beat, BEAT.isStepping) === 1;
  return Atomics.load(beat, BEAT.steps) === steps && isSteppingNow === isStepping;
}

/** Whether the first of two executions on a thread is the one that holds it up. */
function holdsRatherThan(one: Execution, other: Execution): boolean {
  if (one.isStepping !== other.isStepping) return one.isStepping;
  return one.sinceMs > other.sinceMs;
}

/** Those of several looks at a thread in which the author's code was being executed, as far as that is known. */
function looksAtAuthor(
  { beat, isStepping }: Execution,
  looks: readonly (readonly Frame[])[],
): readonly (readonly Frame[])[] {
  // Between steps it is for us to be executed: only what is known to be the author's is not.
  if (Atomics.load(beat, BEAT.hasScript) === 0) return isStepping ? looks : [];
  return looks.filter((frames) => frames.some(({ script }) => MACHINE_FILE.test(script)));
}

function sleep(timeMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, timeMs);
  });
}
