import { Session } from 'node:inspector';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { BUNDLE_FOLDER } from '../package-root.ts';
import { HangWatcher } from './hang-watcher.ts';

/** Ends steps that overrun their time limit on all threads of this process, the main thread included. */
export function watchAllThreads(): Promise<void> {
  const worker = new Worker(join(BUNDLE_FOLDER, 'hang-watch.cjs'));
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
  new HangWatcher(connect).start();
}
