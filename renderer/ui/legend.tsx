import { ChevronDown, ChevronRight } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
import './legend.css';

/** An entry of a legend: a drawing, and what it means. */
export interface LegendItem {
  readonly text: string;
  readonly sample: ReactNode;
}

/** The meaning of shapes and lines, below a drawing. It can be hidden. */
export function Legend({ items }: { items: readonly LegendItem[] }): ReactNode {
  const [isOpen, setIsOpen] = useState(true);
  const listId = useId();
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <div className="legend">
      <button
        type="button"
        className="legend-toggle"
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-label="Legend"
        title={isOpen ? 'Hide the legend' : undefined}
        onClick={() => setIsOpen(!isOpen)}
      >
        <Chevron size={12} aria-hidden />
        {!isOpen && 'Legend'}
      </button>
      <ul id={listId} hidden={!isOpen}>
        {items.map(({ text, sample }) => (
          <li key={text}>
            {sample}
            {text}
          </li>
        ))}
      </ul>
    </div>
  );
}
