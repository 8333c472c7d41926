import { EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import { memo, type ReactNode } from 'react';
import { shownLine } from '../words/shown.ts';
import type { FlowEdge } from './flow-items.ts';
import { HEAD_LENGTH } from './layout.ts';
import './causality-edge.css';

/** One edge along the path that the layout gave it, with its arrow head and label. */
export const CausalityEdgeView = memo(function CausalityEdgeView({
  data,
}: EdgeProps<FlowEdge>): ReactNode {
  if (!data) return null;
  const { edge, shape, text } = data;
  const { x, y } = shape.end;
  return (
    <>
      <g className={`causality-edge is-${edge.kind}`}>
        {edge.label !== undefined && <title>{shownLine(edge.label)}</title>}
        <path className="causality-line" d={shape.path} />
        <path className="causality-head-mark" d={`M${x},${y}l${-HEAD_LENGTH},-3.5v7z`} />
      </g>
      {text !== undefined && shape.label && (
        <EdgeLabelRenderer>
          <span
            className={`causality-edge-label is-${edge.kind}`}
            style={{
              transform: `translate(-50%, -50%) translate(${shape.label.x}px, ${shape.label.y}px)`,
            }}
          >
            {shownLine(text)}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
