import { ChevronDown, ChevronRight } from 'lucide-react';
import { useId, useRef, useState, type ReactNode } from 'react';
import { useHeight } from './use-size.ts';
import './legend.css';

/** An entry of a legend: a drawing, and what it means. */
export interface LegendItem {
  readonly text: string;
  readonly sample: ReactNode;
}

/** Where drawing and legend are lower than this together, the drawing needs the room. */
const FOLDED_PX_MAX = 360;

/** The meaning of shapes and lines, below a drawing. It can be hidden, and is where there is little room. */
export function Legend({ items }: { items: readonly LegendItem[] }): ReactNode {
  const room = useRef<HTMLElement>(null);
  const roomPx = useHeight(room);
  const [isWished, setIsWished] = useState<boolean>();
  const isOpen = isWished ?? (roomPx === undefined || roomPx > FOLDED_PX_MAX);
  const listId = useId();
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <div
      className="legend"
      ref={(element) => {
        room.current = element?.parentElement ?? null;
      }}
    >
      <button
        type="button"
        className="legend-toggle"
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-label="Legend"
        title={isOpen ? 'Hide the legend' : undefined}
        onClick={() => setIsWished(!isOpen)}
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
