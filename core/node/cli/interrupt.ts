/** Tasks that end early, with what they have, when a person or the system asks the command to stop. */
const cancels = new Set<() => void>();
let isInterrupted = false;

/**
 * Asks the tasks to stop that can.
 *
 * @returns `false` when there are none, or when they were asked before.
 */
export function interrupt(): boolean {
  if (cancels.size === 0 || isInterrupted) return false;
  isInterrupted = true;
  for (const cancel of cancels) cancel();
  return true;
}

/** Cancels a task when the command is asked to stop. */
export async function cancelOnInterrupt<T>(task: Promise<T>, cancel: () => void): Promise<T> {
  if (isInterrupted) cancel();
  cancels.add(cancel);
  try {
    return await task;
  } finally {
    cancels.delete(cancel);
  }
}

const BREATH_MS = 100;

/** Yields to the event loop regularly, so that messages and signals are handled during a long task. */
export function breathing(isCancelled: () => boolean): () => boolean | Promise<boolean> {
  let breathedMs = performance.now();
  return () => {
    if (performance.now() - breathedMs < BREATH_MS) return isCancelled();
    breathedMs = performance.now();
    return new Promise((resolve) => setImmediate(() => resolve(isCancelled())));
  };
}
