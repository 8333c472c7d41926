import type { ReactNode } from 'react';
import './segments.css';

export interface SegmentsProps<Id extends string> {
  /** Names the choice. */
  label: string;
  options: readonly { readonly id: Id; readonly label: string; readonly hint?: string }[];
  selected: Id;
  onSelect: (id: Id) => void;
}

/**
 * A few choices side by side, of which one is on. They are buttons and not radio buttons, which
 * would take the arrow keys that step through the run.
 */
export function Segments<Id extends string>(props: SegmentsProps<Id>): ReactNode {
  const { label, options, selected, onSelect } = props;
  return (
    <fieldset className="segments" aria-label={label}>
      {options.map(({ id, label: name, hint }) => (
        <button
          key={id}
          type="button"
          className="segment"
          aria-pressed={id === selected}
          title={hint}
          onClick={() => onSelect(id)}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}
