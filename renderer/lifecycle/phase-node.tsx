import type { NodeProps } from '@xyflow/react';
import { CircleAlert } from 'lucide-react';
import { memo, type MouseEvent, type ReactNode } from 'react';
import { stepBeside } from '../session/transitions.ts';
import { useSeek } from '../ui/seek.tsx';
import { formatCount } from '../words/format.ts';
import { shownLine } from '../words/shown.ts';
import type { EndNode, PhaseNode } from './flow-items.ts';
import { describePhase } from './lifecycle-words.ts';

/** A phase: its name, and how many records are in it. A press goes to the next record that enters it. */
export const PhaseNodeView = memo(function PhaseNodeView({
  data: { phase, now, incoming, isLit },
}: NodeProps<PhaseNode>): ReactNode {
  const seek = useSeek();
  const entered = incoming.reduce((sum, { steps }) => sum + steps.length, 0);
  const isNever = entered === 0 && phase.atStart === 0;
  const text = describePhase(phase, now, entered);
  const go = ({ shiftKey }: MouseEvent) => {
    const direction = shiftKey ? 'previous' : 'next';
    seek((from) => {
      const steps = incoming.flatMap((one) => stepBeside(one.steps, from, direction) ?? []);
      return nearest(steps, from, direction);
    });
  };
  return (
    <button
      type="button"
      className="lifecycle-phase nodrag nopan"
      data-lit={isLit}
      data-never={isNever}
      data-undeclared={phase.isDeclared === false}
      disabled={entered === 0}
      aria-label={`Phase ${text}`}
      title={text}
      onClick={go}
    >
      {phase.isDeclared === false && <CircleAlert size={14} aria-hidden />}
      <span className="truncate">{shownLine(phase.name)}</span>
      <span className="lifecycle-now data">{now === undefined ? '…' : formatCount(now)}</span>
    </button>
  );
});

/** The nearest of some steps in a direction; if there is none, those on the other side go round. */
function nearest(
  steps: readonly number[],
  cursor: number,
  direction: 'next' | 'previous',
): number | undefined {
  if (steps.length === 0) return undefined;
  const ahead = steps.filter((step) => (direction === 'next' ? step > cursor : step < cursor));
  const among = ahead.length > 0 ? ahead : steps;
  return direction === 'next' ? Math.min(...among) : Math.max(...among);
}

/** Where records come from, or where they go. */
export const EndNodeView = memo(function EndNodeView({
  data: { text },
}: NodeProps<EndNode>): ReactNode {
  return <span className="lifecycle-end muted small">{text}</span>;
});
