import { Handle, Position, type NodeProps } from '@xyflow/react';
import { CircleAlert } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { shownName } from '../words/shown.ts';
import type { EndNode, PhaseNode } from './flow-items.ts';

/** A phase: its name, and how many records are in it, or were. A press goes to one that enters it. */
export const PhaseNodeView = memo(function PhaseNodeView({
  data: { phase },
}: NodeProps<PhaseNode>): ReactNode {
  const { name, isUndeclared, isNever, badge, text, isLit, go } = phase;
  return (
    <>
      <Handles />
      <button
        type="button"
        className="lifecycle-phase nodrag nopan"
        data-lit={isLit}
        data-never={isNever}
        data-undeclared={isUndeclared}
        disabled={!go}
        aria-label={`Phase ${text}`}
        title={text}
        onClick={({ shiftKey }) => go?.(shiftKey ? 'previous' : 'next')}
      >
        {isUndeclared && <CircleAlert size={14} aria-hidden />}
        <span className="truncate">{shownName(name)}</span>
        <span className="lifecycle-now data">{badge}</span>
      </button>
    </>
  );
});

/** Where records come from, or where they go. */
export const EndNodeView = memo(function EndNodeView({
  data: { text },
}: NodeProps<EndNode>): ReactNode {
  return (
    <>
      <Handles />
      <span className="lifecycle-end muted small">{text}</span>
    </>
  );
});

/** Where React Flow attaches arrows. It measures them, and draws no arrow to a node that has none. */
function Handles(): ReactNode {
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <Handle type="source" position={Position.Top} isConnectable={false} />
    </>
  );
}
