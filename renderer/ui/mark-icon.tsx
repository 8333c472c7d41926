import type { ReactNode } from 'react';
import './mark-icon.css';
import { MARK_INKS, MARK_LINE, MARK_SHAPES, type Mark } from '../theme/marks.ts';

/** A mark of the timeline beside words, in its colour. */
export function MarkIcon({ mark, size = 14 }: { mark: Mark; size?: number }): ReactNode {
  const { filled, stroked } = MARK_SHAPES[mark];
  return (
    <svg
      width={size}
      height={size}
      viewBox="-1.4 -1.4 2.8 2.8"
      aria-hidden
      className={`mark-icon ink-${MARK_INKS[mark]}`}
    >
      {filled !== undefined && <path d={filled} fill="currentColor" fillRule="evenodd" />}
      {stroked !== undefined && (
        <path
          d={stroked}
          fill="none"
          stroke="currentColor"
          strokeWidth={MARK_LINE}
          strokeLinejoin="round"
        />
      )}
    </svg>
  );
}
