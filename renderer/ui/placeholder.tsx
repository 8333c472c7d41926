import type { LucideProps } from 'lucide-react';
import type { ComponentType, ReactNode } from 'react';
import './placeholder.css';

export interface PlaceholderProps {
  icon?: ComponentType<LucideProps>;
  /** The class of its colour, such as `ink-ok` or `muted`. */
  ink?: string;
  title?: string | undefined;
  /** Why there is nothing, and what to do next. */
  children: ReactNode;
}

/** What stands in the middle of a place that has nothing to show. */
export function Placeholder({ icon: Icon, ink = 'muted', title, children }: PlaceholderProps) {
  return (
    <div className="placeholder">
      {Icon && <Icon size={24} strokeWidth={1.5} aria-hidden className={ink} />}
      {title !== undefined && <h3>{title}</h3>}
      {children}
    </div>
  );
}
