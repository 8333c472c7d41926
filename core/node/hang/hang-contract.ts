/** @file What a thread that executes steps and the one that watches it say to each other. */
import type { BroadcastChannel } from 'node:worker_threads';

/** The channel that all threads of a process share. */
export const HANG_CHANNEL = 'phasmoscope.hangs';

/** Listens to the messages of a channel. */
export function listenTo(channel: BroadcastChannel, listener: (message: unknown) => void): void {
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- Node types no other way.
  channel.onmessage = ({ data }) => listener(data);
}

/** Whether a channel keeps its thread alive. */
export function hold(channel: BroadcastChannel, isHeld: boolean): void {
  // The types of Node's channels lack both.
  const held = channel as unknown as { ref(): void; unref(): void };
  if (isHeld) held.ref();
  else held.unref();
}

/** The places in the memory that an execution shares. What is true is 1, what is false 0. */
export const BEAT = {
  /** The number of steps begun. */
  steps: 0,
  /** Whether one is being executed, rather than something else done or awaited. */
  isStepping: 1,
  /** The time limit of each in milliseconds. */
  limitMs: 2,
  /** Whether the current one has to end as soon as its thread is idle. */
  isOverdue: 3,
  /** Whether the author's code is in a script of its own, which the names of scripts tell from ours. */
  hasScript: 4,
  /** Whether the execution has begun and is not over. */
  isExecuting: 5,
  /** Whether there is a watcher, which will end what overruns its limit. */
  isWatched: 6,
  /** Whether it was stopped; a message about that is under way. */
  isStopped: 7,
} as const;
export type SharedBeat = Int32Array<SharedArrayBuffer>;

/** Where code stood. */
export interface Frame {
  readonly functionName: string;
  /** The name of the script, as stacks have it. */
  readonly script: string;
  /** Counted from 1, as stacks have them. */
  readonly line: number;
  readonly column: number;
}

/** A thread has something to be watched; one execution after the other shows itself there. */
export interface WatchedMessage {
  readonly kind: 'watched';
  readonly id: string;
  readonly threadId: number;
  readonly beat: SharedBeat;
}

/** What the watcher says about the execution with this id. */
export type WatcherMessage =
  /** Its step is overdue. A thread that hears it is idle, and ends the step by itself. */
  | { readonly kind: 'overrun'; readonly id: string; readonly steps: number }
  /**
   * The thread did not hear it, and was stopped, in a step or between two. `frames` says where it stood, the
   * innermost first.
   */
  | {
      readonly kind: 'stopped';
      readonly id: string;
      readonly isStepping: boolean;
      readonly frames: readonly Frame[];
    };
