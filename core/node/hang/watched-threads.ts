import { BroadcastChannel } from 'node:worker_threads';
import {
  BEAT,
  HANG_CHANNEL,
  hold,
  listenTo,
  type SharedBeat,
  type WatchedMessage,
} from './hang-contract.ts';

/** Which threads of this process the watcher of steps takes care of, seen from any other thread. */
export class WatchedThreads {
  readonly #channel = new BroadcastChannel(HANG_CHANNEL);
  /** By thread; of the threads that began their first step since this was made. */
  readonly #beats = new Map<number, SharedBeat[]>();

  constructor() {
    listenTo(this.#channel, (said) => {
      const message = said as WatchedMessage;
      if (message.kind !== 'watched') return;
      const { threadId, beat } = message;
      this.#beats.set(threadId, [...(this.#beats.get(threadId) ?? []), beat]);
    });
    hold(this.#channel, false);
  }

  /** Whether a thread is executing steps that are ended when they overrun their limit. */
  isExecuting(threadId: number): boolean {
    const beats = this.#beats.get(threadId) ?? [];
    return beats.some(
      (beat) =>
        Atomics.load(beat, BEAT.isExecuting) === 1 && Atomics.load(beat, BEAT.isWatched) === 1,
    );
  }

  /** Ends it. */
  close(): void {
    this.#channel.close();
  }
}
