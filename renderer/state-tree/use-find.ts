import { useMemo, useState } from 'react';
import type { Comparison } from './comparison.ts';
import { parseAddress, withAncestorsOpen, type Expansion } from './expansion.ts';
import type { StateView } from './state-view-store.ts';
import { useSearch, type Matches } from './use-search.ts';

/** The search as the panel uses it. */
export interface Find {
  readonly query: string;
  readonly matches: Matches;
  readonly matchIds: ReadonlySet<string>;
  readonly currentId: string | undefined;
  /** Of the current match; -1 when there is none. */
  readonly index: number;
  /** What is open: as arranged, and what leads to the current match. */
  readonly expansion: Expansion;
  /** A row that is to be brought into view, once. */
  readonly wanted: { readonly id: string } | undefined;
  readonly setQuery: (query: string) => void;
  /** Goes to the next or previous match, around the ends, and answers its id. */
  readonly move: (direction: 1 | -1) => string | undefined;
  readonly clear: () => void;
  readonly show: (id: string) => void;
}

/**
 * The state of the search. What leads to the current match is open only while it is the current
 * one, so that a search leaves the tree as it was arranged; when the search ends, the last match
 * stays in view.
 */
export function useFind(
  comparison: Comparison,
  view: StateView,
  onExpansion: (expansion: Expansion) => void,
): Find {
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState('');
  const [wanted, setWanted] = useState<{ readonly id: string }>();
  const matches = useSearch({ ...comparison, filter: view.filter }, query);
  const matchIds = useMemo(() => new Set(matches.ids), [matches]);
  const currentId = matchIds.has(chosen) ? chosen : matches.ids[0];
  const expansion = useMemo(
    () =>
      currentId === undefined
        ? view.expansion
        : withAncestorsOpen(view.expansion, parseAddress(currentId)),
    [view.expansion, currentId],
  );
  const index = currentId === undefined ? -1 : matches.ids.indexOf(currentId);

  return {
    query,
    matches,
    matchIds,
    currentId,
    index,
    expansion,
    wanted,
    setQuery,
    move: (direction) => {
      const count = matches.ids.length;
      const id = matches.ids[(index + direction + count) % count];
      if (id === undefined) return undefined;
      setChosen(id);
      setWanted({ id });
      return id;
    },
    clear: () => {
      onExpansion(expansion);
      setQuery('');
    },
    show: (id) => setWanted({ id }),
  };
}
