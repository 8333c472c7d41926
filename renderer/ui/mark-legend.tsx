import type { ReactNode } from 'react';
import { MARK_MEANINGS, type Mark } from '../theme/marks.ts';
import { formatCount } from '../words/format.ts';
import { MarkIcon } from './mark-icon.tsx';
import './mark-legend.css';

/** Crashes with what belongs to them, then the other faults, then the end. */
const IN_ORDER: readonly Mark[] = [
  'crash',
  'crashWithLoss',
  'died',
  'restore',
  'restoreFailed',
  'restoreRefused',
  'storage',
  'refused',
  'duplicate',
  'loss',
  'settled',
];

/** What the marks of faults mean; with how many there are of each, where somebody has counted. */
export function MarkLegend({ countOf }: { countOf?: (mark: Mark) => number }): ReactNode {
  return (
    <ul className="mark-legend">
      {IN_ORDER.map((mark) => {
        const count = countOf?.(mark);
        return (
          <li key={mark} className={count === 0 ? 'muted' : ''}>
            <MarkIcon mark={mark} />
            <span>{MARK_MEANINGS[mark]}</span>
            {count !== undefined && <span className="data">{formatCount(count)}</span>}
          </li>
        );
      })}
    </ul>
  );
}
