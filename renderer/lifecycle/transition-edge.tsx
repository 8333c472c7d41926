import { EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import { CircleAlert } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { stepBeside } from '../session/transitions.ts';
import { useSeek } from '../ui/seek.tsx';
import type { FlowEdge } from './flow-items.ts';
import { labelOfCount } from './layout.ts';
import { describeTransition } from './lifecycle-words.ts';

/** A transition, with how often it was seen. A press goes to the next time, with Shift to the one before. */
export const TransitionEdgeView = memo(function TransitionEdgeView({
  data,
}: EdgeProps<FlowEdge>): ReactNode {
  const seek = useSeek();
  if (!data) return null;
  const { transition, shape, cursor, isLit } = data;
  const { verdict, seen } = transition;
  const text = describeTransition(transition, cursor);
  const { head, label, path } = shape;
  const go = (direction: 'next' | 'previous') =>
    seek((from) => seen && stepBeside(seen.steps, from, direction));
  const place = {
    transform: `translate(-50%, -50%) translate(${label.x}px, ${label.y}px)`,
  };
  return (
    <>
      <g className="lifecycle-arrow" data-verdict={verdict} data-lit={isLit}>
        <title>{text}</title>
        <path className="lifecycle-line" d={path} />
        <path
          className="lifecycle-head"
          d="M0,0l-8,-4v8z"
          transform={`translate(${head.x},${head.y}) rotate(${head.degrees})`}
        />
      </g>
      <EdgeLabelRenderer>
        {seen ? (
          <button
            type="button"
            className="lifecycle-count data nodrag nopan"
            data-verdict={verdict}
            data-lit={isLit}
            style={place}
            aria-label={text}
            title={`${text}. Click for the next time, with Shift for the one before.`}
            onClick={({ shiftKey }) => go(shiftKey ? 'previous' : 'next')}
          >
            {verdict === 'undeclared' && <CircleAlert size={12} aria-hidden />}
            {labelOfCount(seen.steps.length)}
          </button>
        ) : (
          <span className="lifecycle-count is-never small" style={place} title={text}>
            {labelOfCount(undefined)}
          </span>
        )}
      </EdgeLabelRenderer>
    </>
  );
});
