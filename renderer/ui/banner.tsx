import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { shownLines } from '../words/shown.ts';
import { WithPlaces } from './place-link.tsx';
import './banner.css';

/** The longest text of details that is laid out. */
const DETAILS_CHARS_MAX = 20_000;

export interface BannerProps {
  icon: LucideIcon;
  tone: 'finding' | 'rejected';
  title: string;
  /** What to do about it, or what follows from it. */
  remedy?: string | undefined;
  details?: string | undefined;
  /** Buttons at its end. */
  children?: ReactNode;
}

/** Something that is wrong, over the width of the window: cause, remedy, and details to copy. */
export function Banner(props: BannerProps): ReactNode {
  const { icon: Icon, tone, title, remedy, details, children } = props;
  return (
    <div className="banner" role="alert" data-tone={tone}>
      <Icon size={16} aria-hidden className={`ink-${tone}`} />
      <div className="banner-text">
        <p>
          <WithPlaces text={shownLines(title)} />
        </p>
        {remedy !== undefined && (
          <p className="muted">
            <WithPlaces text={shownLines(remedy)} />
          </p>
        )}
        {details !== undefined && <Details text={details} />}
      </div>
      {children}
    </div>
  );
}

/** What only helps to look into a problem, folded. */
export function Details({ text }: { text: string }): ReactNode {
  return (
    <details className="details">
      <summary className="small">Details</summary>
      <pre className="data">{shownLines(text, DETAILS_CHARS_MAX)}</pre>
    </details>
  );
}
