import type { RunEntry } from './model.ts';
import { findRun, session } from './store.ts';

/** A run that has come to its end; `undefined` when it was closed. */
export function whenRead(runId: string): Promise<RunEntry | undefined> {
  const isOver = (run: RunEntry | undefined) =>
    run?.status !== 'running' && run?.status !== 'waiting';
  return new Promise((resolve) => {
    const look = () => {
      const run = findRun(runId);
      if (!isOver(run)) return;
      unsubscribe();
      resolve(run);
    };
    const unsubscribe = session.subscribe(look);
    look();
  });
}
