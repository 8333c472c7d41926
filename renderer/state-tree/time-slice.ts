/** The longest time for which a search blocks the window. */
const SLICE_MS = 8;

/** The results of a slice of work, and whether it was the last. */
export interface Slice<Item> {
  readonly items: readonly Item[];
  readonly isDone: boolean;
}

/**
 * Runs a generator in slices, with a pause after each so that the window can draw and respond.
 * Ends early, without an error, when the signal is aborted.
 *
 * @param work yields its results, and `undefined` now and then while it finds nothing.
 */
export async function* inSlices<Item>(
  work: Iterator<Item | undefined>,
  signal: AbortSignal,
): AsyncGenerator<Slice<Item>, void, undefined> {
  while (!signal.aborted) {
    const slice = workSlice(work);
    yield slice;
    if (slice.isDone) return;
    await pause();
  }
}

/** Runs a generator for one slice. */
export function workSlice<Item>(work: Iterator<Item | undefined>): Slice<Item> {
  const items: Item[] = [];
  const until = performance.now() + SLICE_MS;
  do {
    const next = work.next();
    if (next.done) return { items, isDone: true };
    if (next.value !== undefined) items.push(next.value);
  } while (performance.now() < until);
  return { items, isDone: false };
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
