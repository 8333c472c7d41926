import { memo, type ReactNode } from 'react';
import { keysOf } from '../../core/keys-of.ts';
import type { Sequence } from '../../core/trace/sequence.ts';
import { Legend, type LegendItem } from '../ui/legend.tsx';
import { lookOf, LOOKS, type Look } from './look.ts';

/** Messages that do not arrive end in a cross. */
const CROSSED: ReadonlySet<Look> = new Set<Look>(['loss', 'lost', 'refused', 'discarded']);

/** The meaning of the arrows of a diagram; its marks have words beside them. */
export const SequenceLegend = memo(function SequenceLegend({
  sequence: { messages },
}: {
  sequence: Sequence;
}): ReactNode {
  const looks = new Set(messages.map(lookOf));
  const hasResult = messages.some(({ kind }) => kind === 'result');
  return (
    <Legend
      items={[
        ...keysOf(LOOKS)
          .filter((look) => looks.has(look))
          .map(arrowItem),
        ...(hasResult ? [DELAY] : []),
      ]}
    />
  );
});

const DELAY: LegendItem = {
  text: 'steps after its action',
  sample: <span className="muted">+n</span>,
};

function arrowItem(look: Look): LegendItem {
  return {
    text: LOOKS[look],
    sample: (
      <svg width="22" height="8" aria-hidden className={`sequence-arrow is-${look}`}>
        <path className="sequence-line" d="M0,4H16" />
        {CROSSED.has(look) ? (
          <path className="sequence-cross" d="M14,1l6,6m0,-6l-6,6" />
        ) : (
          <path className="sequence-head" d="M22,4l-7,-3.5v7z" />
        )}
      </svg>
    ),
  };
}
