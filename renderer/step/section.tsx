import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';

export interface SectionProps {
  title: string;
  /** Beside the title, such as a count. */
  note?: ReactNode;
  isOpen?: boolean;
  children: ReactNode;
}

/** A part of the step panel that folds. */
export function Section({ title, note, isOpen = true, children }: SectionProps): ReactNode {
  return (
    <details className="section" open={isOpen}>
      <summary>
        <ChevronRight size={12} aria-hidden className="section-mark" />
        <h3>{title}</h3>
        {note !== undefined && <span className="muted small">{note}</span>}
      </summary>
      <div className="section-body">{children}</div>
    </details>
  );
}
