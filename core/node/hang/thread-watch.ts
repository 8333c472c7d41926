import { BroadcastChannel, threadId } from 'node:worker_threads';
import {
  LeftBehindError,
  type Beat,
  type Overrun,
  type StepWatch,
  type Watched,
} from '../../engine/step-watch.ts';
import type { LocateError } from '../../engine/transactor.ts';
import { TIME_LIMIT_MS } from '../../text/quantities.ts';
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

/** What the watcher sees of one execution at a time. */
class Slot implements Beat {
  readonly id: string;
  readonly shared: SharedBeat = new Int32Array(
    new SharedArrayBuffer(Object.keys(BEAT).length * Int32Array.BYTES_PER_ELEMENT),
  );
  /** Called when its step is to end, or was stopped in these frames; or what was left behind between two was. */
  onOverrun: ((frames: readonly Frame[], isStepping: boolean) => void) | undefined;

  constructor(id: string) {
    this.id = id;
  }

  step(): void {
    Atomics.add(this.shared, BEAT.steps, 1);
  }

  get isStepping(): boolean {
    return Atomics.load(this.shared, BEAT.isStepping) === 1;
  }

  set isStepping(isStepping: boolean) {
    Atomics.store(this.shared, BEAT.isStepping, isStepping ? 1 : 0);
  }

  get isStopped(): boolean {
    return Atomics.load(this.shared, BEAT.isStopped) === 1;
  }

  receive(message: WatcherMessage): void {
    if (message.kind === 'stopped') this.onOverrun?.(message.frames, message.isStepping);
    else if (this.#isIdleAt(message.steps)) this.onOverrun?.([], true);
    // Between steps, a thread that is idle is as it should be.
    else if (!this.isStepping) Atomics.store(this.shared, BEAT.isOverdue, 0);
  }

  /** A thread that was busy hears what was said to it only later: it may have been stopped, or spared. */
  #isIdleAt(steps: number): boolean {
    const { shared } = this;
    const isOverdue = Atomics.load(shared, BEAT.isOverdue) === 1;
    return this.isStepping && isOverdue && Atomics.load(shared, BEAT.steps) === steps;
  }
}

/** The executions of this thread. Slots are kept: a sweep executes thousands of seeds in a second. */
class Slots {
  readonly #channel = new BroadcastChannel(HANG_CHANNEL);
  readonly #all = new Map<string, Slot>();
  readonly #free: Slot[] = [];

  constructor() {
    listenTo(this.#channel, (said) => {
      const message = said as WatcherMessage;
      this.#all.get(message.id)?.receive(message);
    });
    hold(this.#channel, false);
  }

  take(limitMs: number, hasScript: boolean): Slot {
    const slot = this.#free.pop() ?? this.#make();
    Atomics.store(slot.shared, BEAT.limitMs, limitMs);
    Atomics.store(slot.shared, BEAT.hasScript, hasScript ? 1 : 0);
    Atomics.store(slot.shared, BEAT.isOverdue, 0);
    Atomics.store(slot.shared, BEAT.isStopped, 0);
    Atomics.store(slot.shared, BEAT.isExecuting, 1);
    // What is said of an earlier execution does not concern this one.
    slot.step();
    // While a step waits for something that never comes, only the watcher keeps the thread alive.
    hold(this.#channel, true);
    return slot;
  }

  #make(): Slot {
    const slot = new Slot(`${threadId}:${this.#all.size}`);
    this.#all.set(slot.id, slot);
    const { id, shared: beat } = slot;
    this.#channel.postMessage({ kind: 'watched', id, threadId, beat } satisfies WatchedMessage);
    return slot;
  }

  giveBack(slot: Slot): void {
    slot.isStepping = false;
    Atomics.store(slot.shared, BEAT.isExecuting, 0);
    slot.onOverrun = undefined;
    this.#free.push(slot);
    hold(this.#channel, this.#free.length < this.#all.size);
  }
}

let slots: Slots | undefined;

/** Returns once the event loop has turned, and no job of a promise is waiting. */
function turn(): Promise<unknown> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/**
 * Starts something on a stack of its own, with no other job of a promise waiting: with a stack that is
 * stopped, V8 drops all of these, and whoever waits for one would wait for ever.
 */
async function startAlone<T>(execute: () => Promise<T>): Promise<T> {
  await turn();
  return execute();
}

interface ThreadWatchOptions {
  /** The time that a step may take. */
  readonly limitMs?: number | undefined;
  /** The time that a child process may take for an answer, which a step awaits. */
  readonly answerMsMax?: number | undefined;
  /**
   * Whether the author's code was loaded from a machine file. If so, the time for which none of it is being
   * executed does not count.
   */
  readonly hasScript?: boolean | undefined;
}

/** Lets the watcher of this process, if it has one, end steps on this thread that overrun their limit. */
export class ThreadWatch implements StepWatch {
  readonly limitMs: number;
  readonly #locate: LocateError;
  readonly #options: ThreadWatchOptions;

  /** @param locate finds the author's line of a stack. */
  constructor(locate: LocateError, options: ThreadWatchOptions = {}) {
    this.limitMs = options.limitMs ?? TIME_LIMIT_MS;
    this.#locate = locate;
    this.#options = options;
  }

  /** The same with another limit. */
  limitedTo(limitMs: number): ThreadWatch {
    return new ThreadWatch(this.#locate, { ...this.#options, limitMs });
  }

  async over<T>(execute: (beat: Beat) => Promise<T>): Promise<Watched<T>> {
    slots ??= new Slots();
    const { answerMsMax = 0, hasScript = false } = this.#options;
    const slot = slots.take(this.limitMs + answerMsMax, hasScript);
    const stopped = new Promise<Watched<T>>((resolve, reject) => {
      slot.onOverrun = (frames, isStepping) => {
        const overrun = this.#overrunAt(frames);
        if (isStepping) resolve({ kind: 'overran', overrun });
        else reject(new LeftBehindError(overrun));
      };
    });
    // Nobody waits for it when the execution fails by itself.
    stopped.catch(() => {});
    try {
      const executed = startAlone(() => execute(slot));
      const ended = await Promise.race([
        executed.then((value) => ({ kind: 'ended', value }) as const),
        stopped,
      ]);
      slot.isStepping = false;
      // What its last step has left behind may keep the event loop from turning.
      await turn();
      return slot.isStopped ? await stopped : ended;
    } finally {
      slots.giveBack(slot);
    }
  }

  #overrunAt(frames: readonly Frame[]): Overrun {
    const lines = frames.map(
      ({ functionName, script, line, column }) =>
        `    at ${functionName} (${script}:${line}:${column})`,
    );
    const error = new Error('stopped');
    error.stack = ['Error', ...lines].join('\n');
    const source = this.#locate(error);
    return { limitMs: this.limitMs, ...(source === undefined ? {} : { source }) };
  }
}
