import type { Session } from 'node:inspector';
import { BroadcastChannel } from 'node:worker_threads';
import { debugThread, type Debuggee } from './debuggee.ts';
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

/** An execution that is watched. */
interface Execution {
  readonly id: string;
  readonly threadId: number;
  readonly beat: SharedBeat;
  /** The number of steps at the last look, and when they were that many for the first time. */
  steps: number;
  sinceMs: number;
}

/**
 * Ends steps that overrun their time limit, on all threads of this process except its own. There is one
 * in a process.
 */
export class HangWatcher {
  readonly #connect: () => Session;
  readonly #mainThread: Debuggee | undefined;
  readonly #channel = new BroadcastChannel(HANG_CHANNEL);
  readonly #executions = new Map<string, Execution>();
  #isEnding = false;

  /**
   * @param connect returns a session that is connected to the main thread, once a thread is to be stopped.
   * @param mainThread where that is watched as well, from another thread.
   */
  constructor(connect: () => Session, mainThread?: Debuggee) {
    this.#connect = connect;
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
    this.#executions.set(id, { id, threadId, beat, steps: -1, sinceMs: 0 });
  }

  #look(): void {
    if (this.#isEnding) return;
    const nowMs = performance.now();
    let last: Execution | undefined;
    for (const execution of this.#executions.values()) {
      const { beat } = execution;
      const steps = Atomics.load(beat, BEAT.steps);
      if (steps !== execution.steps || Atomics.load(beat, BEAT.isStepping) === 0) {
        execution.steps = steps;
        execution.sinceMs = nowMs;
      } else if (nowMs - execution.sinceMs >= Atomics.load(beat, BEAT.limitMs)) {
        // Executions that share a thread stand still together: the one that moved last has it.
        if (!last || execution.sinceMs > last.sinceMs) last = execution;
      }
    }
    if (last) void this.#end(last);
  }

  async #end(execution: Execution): Promise<void> {
    this.#isEnding = true;
    try {
      const { id, steps } = execution;
      this.#say({ kind: 'overrun', id, steps });
      await sleep(IDLE_MS_MAX);
      if (isAt(execution)) await this.#stop(execution);
    } finally {
      const nowMs = performance.now();
      for (const other of this.#executions.values()) other.sinceMs = nowMs;
      this.#isEnding = false;
    }
  }

  async #stop(execution: Execution): Promise<void> {
    const { id, threadId } = execution;
    const debuggee =
      threadId === 0 ? this.#mainThread : await debugThread(this.#connect(), threadId);
    if (!debuggee) return;
    const samples: (readonly Frame[])[] = [];
    while (samples.length < SAMPLES) {
      const frames = await debuggee.pause();
      if (!frames) break;
      samples.push(frames);
      // While it is paused, it cannot come to the end of its step.
      const isStopped = isAt(execution) && samples.length === SAMPLES;
      if (isStopped) Atomics.store(execution.beat, BEAT.isStopped, 1);
      await debuggee.resume({ isStopped });
      if (isStopped) this.#say({ kind: 'stopped', id, frames: placeOf(samples) });
      else if (!isAt(execution)) break;
      else await sleep(SAMPLE_MS);
    }
    debuggee.release();
  }

  #say(message: WatcherMessage): void {
    this.#channel.postMessage(message);
  }
}

/** Whether an execution is still at the step at which it was last seen. */
function isAt({ beat, steps }: Execution): boolean {
  return Atomics.load(beat, BEAT.steps) === steps && Atomics.load(beat, BEAT.isStepping) === 1;
}

function sleep(timeMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, timeMs);
  });
}
