import type { ReactNode } from 'react';
import type { Need } from '../../core/trace/words/judged.ts';
import { NEED_WORDS } from '../words/need-words.ts';
import './need-icon.css';

/** How much a step is needed: a full square, a half one, or an empty one. */
export function NeedIcon({ need }: { need: Need }): ReactNode {
  return (
    <svg
      className="need-icon"
      data-need={need}
      width={10}
      height={10}
      viewBox="0 0 10 10"
      aria-hidden
    >
      <title>{NEED_WORDS[need]}</title>
      <rect x={1} y={1} width={8} height={8} rx={1} className="need-frame" />
      {need !== 'notNeeded' && (
        <rect x={1} y={1} width={need === 'needed' ? 8 : 4} height={8} className="need-fill" />
      )}
    </svg>
  );
}
