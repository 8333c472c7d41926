import type { ReactNode, Ref } from 'react';
import './panel.css';

export interface PanelProps {
  /** Names the region. */
  label: string;
  className?: string;
  ref?: Ref<HTMLElement>;
  children: ReactNode;
}

/** A part of the window that is laid out by itself. */
export function Panel({ label, className = '', ref, children }: PanelProps): ReactNode {
  return (
    <section ref={ref} className={`panel ${className}`} aria-label={label}>
      {children}
    </section>
  );
}

/** The first line of a panel. */
export function PanelHeader({
  className = '',
  isEarlier = false,
  children,
}: {
  className?: string;
  /** Whether its findings are of an earlier source: they are muted. */
  isEarlier?: boolean;
  children: ReactNode;
}): ReactNode {
  return (
    <header className={`panel-header ${className}`} data-earlier-findings={isEarlier}>
      {children}
    </header>
  );
}
