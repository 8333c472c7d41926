import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import './section.css';

/** The titles of the parts that the person has folded: they stay so from step to step. */
const folded = createStore<{ readonly titles: readonly string[] }>(() => ({ titles: [] }));

export interface SectionProps {
  title: string;
  /** Beside the title, such as a count. */
  note?: ReactNode;
  children: ReactNode;
}

/**
 * A part of a panel that folds. It is no `details` element, whose hidden inner parts make
 * the layout of a panel full of them take several times as long.
 */
export function Section({ title, note, children }: SectionProps): ReactNode {
  const isOpen = useStore(folded, ({ titles }) => !titles.includes(title));
  const toggle = () =>
    folded.setState(({ titles }) => ({
      titles: isOpen ? [...titles, title] : titles.filter((other) => other !== title),
    }));
  return (
    <section className="section" data-open={isOpen} aria-label={title}>
      <h3>
        <button type="button" className="section-head" aria-expanded={isOpen} onClick={toggle}>
          <ChevronRight size={12} aria-hidden className="section-mark" />
          {title}
          {note !== undefined && <span className="muted small">{note}</span>}
        </button>
      </h3>
      {isOpen && <div className="section-body">{children}</div>}
    </section>
  );
}
