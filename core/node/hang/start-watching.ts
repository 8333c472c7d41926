import { Session } from 'node:inspector';
import { join } from 'node:path';
import { threadId, Worker } from 'node:worker_threads';
import { BUNDLE_FOLDER } from '../package-root.ts';
import { HangWatcher, type WatchedThread } from './hang-watcher.ts';

/** Resolved when steps on this thread are watched. */
let watching: Promise<void> | undefined;

/**
 * Says that another thread of this process watches this one. A second watcher must not be started: both would stop
 * the same step, and the later one of them whatever is executed after it, of which Node does not recover.
 */
export function noteWatched(): void {
  watching = Promise.resolve();
}

/**
 * Ends steps that overrun their time limit on all threads of this process, the main thread included. Nothing more is
 * done where that is so already.
 */
export function watchAllThreads(): Promise<void> {
  watching ??= startWatcher({});
  return watching;
}

/** Does the same for this thread alone: others of the process may have watchers of their own. */
export function watchThisThread(): Promise<void> {
  watching ??= startWatcher({ onlyThread: threadId });
  return watching;
}

function startWatcher(watched: WatchedThread): Promise<void> {
  const worker = new Worker(join(BUNDLE_FOLDER, 'hang-watch.cjs'), { workerData: watched });
  worker.unref();
  return new Promise((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
  });
}

/** Does the same for all threads except the main thread, from which it is called. */
export function watchOtherThreads(): void {
  let session: Session | undefined;
  const connect = () => {
    if (session) return session;
    session = new Session();
    session.connect();
    return session;
  };
  new HangWatcher(connect, {}).start();
}
