import { Search, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from './icon-button.tsx';
import './search-field.css';

export interface SearchFieldProps {
  /** Names the field, and stands in it while it is empty. */
  label: string;
  query: string;
  onQuery: (query: string) => void;
  /** Enter goes to the next match, with Shift to the previous one. */
  onMove: (direction: 1 | -1) => void;
  /** Alt with Enter searches more than what is on the screen. */
  onWider?: () => void;
  onClear: () => void;
  /** What stands at the end of the field while something is searched for. */
  children: ReactNode;
}

/** A field to search in what is on the screen. */
export function SearchField(props: SearchFieldProps): ReactNode {
  const { label, query, onQuery, onMove, onWider, onClear, children } = props;
  const isActive = query !== '';
  return (
    <search className="search-field" data-active={isActive}>
      <Search size={14} aria-hidden />
      <input
        aria-label={label}
        placeholder={label}
        value={query}
        spellCheck={false}
        onChange={(event) => onQuery(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && event.altKey && onWider) onWider();
          else if (event.key === 'Enter') onMove(event.shiftKey ? -1 : 1);
          else if (event.key === 'Escape' && isActive) onClear();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      {isActive && children}
    </search>
  );
}

export interface FilterFieldProps extends Pick<SearchFieldProps, 'label' | 'query' | 'onQuery'> {
  /** Goes to the list that is filtered. */
  onEnter: () => void;
}

/** A field whose words say what a list shows, with a button that clears it. */
export function FilterField({ label, query, onQuery, onEnter }: FilterFieldProps): ReactNode {
  const clear = () => onQuery('');
  return (
    <SearchField label={label} query={query} onQuery={onQuery} onMove={onEnter} onClear={clear}>
      <IconButton icon={X} label="Clear the field" keys={['Esc']} size="small" onPress={clear} />
    </SearchField>
  );
}
