import { ChevronDown, ChevronUp, ListFilter, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from '../ui/icon-button.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { formatCount } from '../words/format.ts';
import type { Find, Matches } from './use-find.ts';
import './state-search.css';

/** The search field, with the number of matches and buttons to the next and the previous one. */
export function StateSearch({
  find: { query, matches, index, setQuery, clear },
  onMove,
  onAllSteps,
}: {
  find: Find;
  onMove: (direction: 1 | -1) => void;
  onAllSteps: () => void;
}): ReactNode {
  const hasNone = matches.ids.length === 0;
  return (
    <SearchField
      label="Search paths and values"
      query={query}
      onQuery={setQuery}
      onMove={onMove}
      onWider={onAllSteps}
      onClear={clear}
    >
      <output className="state-search-count">{countText(matches, index)}</output>
      <IconButton
        icon={ChevronUp}
        label="Previous match"
        keys={['Shift', 'Enter']}
        size="small"
        isDisabled={hasNone}
        onPress={() => onMove(-1)}
      />
      <IconButton
        icon={ChevronDown}
        label="Next match"
        keys={['Enter']}
        size="small"
        isDisabled={hasNone}
        onPress={() => onMove(1)}
      />
      <IconButton
        icon={ListFilter}
        label="Search all steps"
        keys={['Alt', 'Enter']}
        size="small"
        onPress={onAllSteps}
      />
      <IconButton icon={X} label="Clear search" keys={['Esc']} size="small" onPress={clear} />
    </SearchField>
  );
}

function countText({ ids, isRunning, isCut }: Matches, current: number): string {
  if (ids.length === 0) return isRunning ? '…' : 'none';
  const more = isCut ? '+' : isRunning ? '…' : '';
  return `${formatCount(current + 1)}/${formatCount(ids.length)}${more}`;
}
