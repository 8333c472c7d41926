import { useEffect, useMemo, useState } from 'react';
import { inSlices, workSlice } from './time-slice.ts';
import type { TreeInput } from './tree-rows.ts';
import { searchTree } from './tree-search.ts';

/** The most matches that are kept: more are no help to anyone. */
const MATCHES_MAX = 10_000;

/** What a search found so far. */
export interface Matches {
  readonly ids: readonly string[];
  readonly isRunning: boolean;
  /** There are more than were kept. */
  readonly isCut: boolean;
}

const NO_MATCHES: Matches = { ids: [], isRunning: false, isCut: false };

/**
 * Searches the tree while the person types and steps. A search that is short is over before
 * anything is drawn; a long one goes on in slices and shows what it has.
 */
export function useSearch(
  { before, after, marks, filter }: Pick<TreeInput, 'before' | 'after' | 'marks' | 'filter'>,
  query: string,
): Matches {
  const start = useMemo(() => {
    if (query === '') return { matches: NO_MATCHES, work: undefined };
    const work = searchTree({ before, after, marks, filter }, query);
    const { items, isDone } = workSlice(work);
    return { matches: toMatches(items, isDone), work: isDone ? undefined : work };
  }, [before, after, marks, filter, query]);
  const [later, setLater] = useState({ start, matches: start.matches });

  useEffect(() => {
    if (!start.work) return;
    const abort = new AbortController();
    void continueSearch(start.matches.ids, start.work, abort.signal, (matches) =>
      setLater({ start, matches }),
    );
    return () => abort.abort();
  }, [start]);

  return later.start === start ? later.matches : start.matches;
}

async function continueSearch(
  first: readonly string[],
  work: Iterator<string | undefined>,
  signal: AbortSignal,
  report: (matches: Matches) => void,
): Promise<void> {
  const ids = [...first];
  for await (const { items, isDone } of inSlices(work, signal)) {
    if (signal.aborted) return;
    for (const id of items) ids.push(id);
    report(toMatches([...ids], isDone));
    if (ids.length > MATCHES_MAX) return;
  }
}

function toMatches(ids: readonly string[], isDone: boolean): Matches {
  const isCut = ids.length > MATCHES_MAX;
  return { ids: isCut ? ids.slice(0, MATCHES_MAX) : ids, isRunning: !isDone && !isCut, isCut };
}
