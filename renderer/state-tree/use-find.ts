import { useEffect, useLayoutEffect, useMemo, useState, type RefObject } from 'react';
import { showText } from '../../core/text/visible.ts';
import type { Comparison } from './comparison.ts';
import { parseAddress, withAncestorsOpen, type Expansion } from './expansion.ts';
import type { StateView } from './state-view-store.ts';
import { inSlices, workSlice } from './time-slice.ts';
import type { TreeInput } from './tree-rows.ts';
import { searchTree, wantedBy } from './tree-search.ts';

/** The most matches that are kept. */
const MATCHES_MAX = 10_000;

/** The matches of a search so far. */
export interface Matches {
  readonly ids: readonly string[];
  readonly isRunning: boolean;
  /** Whether there are more matches than were kept. */
  readonly isCut: boolean;
}

const NO_MATCHES: Matches = { ids: [], isRunning: false, isCut: false };

/** The search as the panel uses it. */
export interface Find {
  readonly query: string;
  readonly matches: Matches;
  readonly matchIds: ReadonlySet<string>;
  readonly currentId: string | undefined;
  /** Of the current match; -1 when there is none. */
  readonly index: number;
  /** The open rows: as the user arranged them, and those above the current match. */
  readonly expansion: Expansion;
  /** A row to scroll into view, once. */
  readonly wanted: { readonly id: string } | undefined;
  readonly setQuery: (query: string) => void;
  /** Goes to the next or previous match, around the ends, and returns its id. */
  readonly move: (direction: 1 | -1) => string | undefined;
  readonly clear: () => void;
  readonly show: (id: string) => void;
}

/**
 * The state of the search. The rows above a match are open only while it is the current match, so that a
 * search does not change the user's arrangement; when the search ends, the last match stays in view.
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

/**
 * Searches the tree while the user types and steps. A short search ends before anything is drawn; a long
 * one continues in slices and shows its matches so far.
 */
function useSearch(
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

const HIGHLIGHT = 'state-search';

/**
 * Marks the text that was searched for in the rows on screen. It goes through the browser's own
 * highlights, which need no elements: keys and values stay as they are drawn. It runs after every
 * drawing, since scrolling brings other rows.
 */
export function useHighlight(tree: RefObject<HTMLElement | null>, query: string): void {
  useLayoutEffect(() => {
    const element = tree.current;
    if (query === '' || !element) {
      CSS.highlights.delete(HIGHLIGHT);
      return;
    }
    CSS.highlights.set(
      HIGHLIGHT,
      new Highlight(...textsShownFor(query).flatMap((text) => rangesOf(element, text))),
    );
    return () => {
      CSS.highlights.delete(HIGHLIGHT);
    };
  });
}

/** How the rows may show what a query looks for, in lower case. */
function textsShownFor(query: string): readonly string[] {
  return [...new Set(wantedBy(query).flatMap((text) => [text, showText(text)]))];
}

function rangesOf(element: HTMLElement, query: string): readonly Range[] {
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement?.closest('[data-searched]')) continue;
    const text = (node.textContent ?? '').toLowerCase();
    for (let at = text.indexOf(query); at !== -1; at = text.indexOf(query, at + query.length)) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + query.length);
      ranges.push(range);
    }
  }
  return ranges;
}
