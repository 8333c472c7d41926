/** @file A thread that watches all others of its process, the main thread included. */
import { Session } from 'node:inspector';
import { parentPort, workerData } from 'node:worker_threads';
import { debugMainThread } from './debuggee.ts';
import { HangWatcher, type WatchedThread } from './hang-watcher.ts';

const session = new Session();
session.connectToMainThread();
void debugMainThread(session).then((mainThread) => {
  new HangWatcher(() => session, workerData as WatchedThread, mainThread).start();
  parentPort?.postMessage('ready');
});
// Only a message that never comes keeps the thread there.
parentPort?.on('message', () => {});
