import { EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import { CircleAlert } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import type { FlowEdge } from './flow-items.ts';

/** A transition, with how often it was seen. A press goes to the next time, with Shift to the one before. */
export const TransitionEdgeView = memo(function TransitionEdgeView({
  data,
}: EdgeProps<FlowEdge>): ReactNode {
  if (!data) return null;
  const { transition, shape } = data;
  const { verdict, label, besideLabel, text, hint, isLit, go } = transition;
  const { head, path } = shape;
  const isNever = !go;
  const style = {
    transform: `translate(-50%, -50%) translate(${shape.label.x}px, ${shape.label.y}px)`,
  };
  const counts = (
    <>
      {label}
      {besideLabel !== undefined && <span className="lifecycle-swept">{besideLabel}</span>}
    </>
  );
  return (
    <>
      <g className="lifecycle-arrow" data-verdict={verdict} data-never={isNever} data-lit={isLit}>
        <title>{text}</title>
        <path className="lifecycle-line" d={path} />
        <path
          className="lifecycle-head"
          d="M0,0l-8,-4v8z"
          transform={`translate(${head.x},${head.y}) rotate(${head.degrees})`}
        />
      </g>
      <EdgeLabelRenderer>
        {go ? (
          <button
            type="button"
            className="lifecycle-count data nodrag nopan"
            data-verdict={verdict}
            data-lit={isLit}
            style={style}
            aria-label={text}
            title={`${text}. ${hint}`}
            onClick={({ shiftKey }) => go(shiftKey ? 'previous' : 'next')}
          >
            {verdict === 'undeclared' && <CircleAlert size={12} aria-hidden />}
            {counts}
          </button>
        ) : (
          <span className="lifecycle-count is-never small" style={style} title={text}>
            {counts}
          </span>
        )}
      </EdgeLabelRenderer>
    </>
  );
});
