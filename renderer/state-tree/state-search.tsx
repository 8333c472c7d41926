import { ChevronDown, ChevronUp, Search, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatCount } from '../words/format.ts';
import { IconButton } from './icon-button.tsx';
import type { Matches } from './use-search.ts';

/** The search field with the count of its matches and the way from one to the next. */
export function StateSearch({
  query,
  matches,
  current,
  onQuery,
  onMove,
  onClear,
}: {
  query: string;
  matches: Matches;
  /** Index of the match that is shown; -1 for none. */
  current: number;
  onQuery: (query: string) => void;
  onMove: (direction: 1 | -1) => void;
  onClear: () => void;
}): ReactNode {
  const hasNone = matches.ids.length === 0;
  return (
    <search className="state-search" data-active={query !== ''}>
      <Search size={13} aria-hidden />
      <input
        className="state-search-input"
        aria-label="Search paths and values"
        placeholder="Search paths and values"
        value={query}
        spellCheck={false}
        onChange={(event) => onQuery(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onMove(event.shiftKey ? -1 : 1);
          else if (event.key === 'Escape' && query !== '') onClear();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      {query !== '' && (
        <>
          <output className="state-search-count">{countText(matches, current)}</output>
          <IconButton
            icon={ChevronUp}
            name="Previous match"
            shortcut="Shift+Enter"
            isDisabled={hasNone}
            onPress={() => onMove(-1)}
          />
          <IconButton
            icon={ChevronDown}
            name="Next match"
            shortcut="Enter"
            isDisabled={hasNone}
            onPress={() => onMove(1)}
          />
          <IconButton icon={X} name="Clear search" shortcut="Esc" onPress={onClear} />
        </>
      )}
    </search>
  );
}

function countText({ ids, isRunning, isCut }: Matches, current: number): string {
  if (ids.length === 0) return isRunning ? '…' : 'none';
  const more = isCut ? '+' : isRunning ? '…' : '';
  return `${formatCount(current + 1)}/${formatCount(ids.length)}${more}`;
}
