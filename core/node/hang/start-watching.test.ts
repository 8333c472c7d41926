import { expect, it, vi } from 'vitest';
import { noteWatched, watchAllThreads } from './start-watching.ts';

const started = vi.hoisted(() => vi.fn());
vi.mock('node:worker_threads', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  Worker: started,
}));

it('starts no second watcher in a process that has one', async () => {
  noteWatched();
  await watchAllThreads();
  expect(started).not.toHaveBeenCalled();
});
