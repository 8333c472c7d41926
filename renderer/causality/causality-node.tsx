import { Handle, Position, type NodeProps } from '@xyflow/react';
import { TriangleAlert } from 'lucide-react';
import { createContext, memo, use, type ReactNode } from 'react';
import type { EmittedAction } from '../../core/machine/executed.ts';
import { OPERATION_WORDS } from '../../core/machine/operation.ts';
import type { Step } from '../../core/trace/format/format.ts';
import {
  describeAnswer,
  describeOperation,
  toneOf,
  toneOfOutcome,
  toneSourceOf,
} from '../../core/trace/words/step-words.ts';
import { markOfStep } from '../theme/marks.ts';
import { MarkIcon } from '../ui/mark-icon.tsx';
import { useSeek } from '../ui/seek.tsx';
import { formatCount } from '../words/format.ts';
import { shownId, shownLabel, shownLine } from '../words/shown.ts';
import { describeFate, describeFields, describeNode } from './causality-text.ts';
import type { FlowNode } from './flow-items.ts';
import type { ActionNode, CausalityNode, StepNode } from './graph-model.ts';
import { NodeIcon } from './node-icon.tsx';
import './causality-node.css';

/** Scrolls a node into view when it gets the keyboard's focus. */
export const RevealContext = createContext((_nodeId: string): void => undefined);

/** One node: a button that seeks to its step. */
export const CausalityNodeView = memo(function CausalityNodeView({
  data: { node, isLit },
}: NodeProps<FlowNode>): ReactNode {
  const seek = useSeek();
  const reveal = use(RevealContext);
  const description = describeNode(node);
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <button
        type="button"
        className={classOf(node, isLit)}
        title={description}
        aria-label={description}
        aria-current={isLit ? 'step' : undefined}
        onClick={() => seek(node.stepIndex)}
        onFocus={() => reveal(node.id)}
      >
        <Content node={node} />
      </button>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  );
});

function classOf(node: CausalityNode, isLit: boolean): string {
  const lit = isLit ? ' is-lit' : '';
  switch (node.kind) {
    case 'start':
      return `causality-step${lit}`;
    case 'step':
      return `causality-step tone-${toneOfNode(node)} part-${node.part}${lit}`;
    case 'action':
      return `causality-action is-${node.emitted.kind} fate-${node.fate.kind}${lit}`;
  }
}

function toneOfNode({ step }: StepNode): string {
  return toneOf(toneSourceOf(step));
}

function Content({ node }: { node: CausalityNode }): ReactNode {
  switch (node.kind) {
    case 'start':
      return (
        <>
          <span className="causality-head">
            <NodeIcon name="start" />
            <span className="causality-label truncate">Start</span>
          </span>
          <span className="causality-foot">initial state</span>
        </>
      );
    case 'step':
      return <StepContent node={node} />;
    case 'action':
      return <ActionContent node={node} />;
  }
}

function StepContent({ node: { step, stepIndex, wrote } }: { node: StepNode }): ReactNode {
  const { operation, findings } = step;
  const outcomeTone = toneOfOutcome(toneSourceOf(step));
  return (
    <>
      <span className="causality-head">
        <NodeIcon name={OPERATION_WORDS[operation.kind]} />
        <span className="causality-label truncate">{describeOperation(operation)}</span>
        <span className="causality-number">{formatCount(stepIndex)}</span>
      </span>
      <span className="causality-foot">
        <span className={`causality-outcome ink-${outcomeTone} truncate`}>
          <OutcomeIcon step={step} />
          {describeAnswer(step)}
        </span>
        {(operation.kind === 'trackedActionCompleted' || operation.kind === 'loss') && (
          <span className="causality-id truncate">{shownId(operation.id)}</span>
        )}
      </span>
      {(findings.length > 0 || wrote.length > 0) && (
        <span className="causality-finding">
          {findings.length > 0 && (
            <span className="causality-message">
              <TriangleAlert size={11} aria-hidden />
              {findings.map(({ message }) => shownLine(message)).join(' · ')}
            </span>
          )}
          {wrote.length > 0 && (
            <span className="causality-wrote truncate">
              {shownLine(`wrote ${wrote.join(', ')}`)}
            </span>
          )}
        </span>
      )}
    </>
  );
}

/** The outcome, or the mark of what prevented one. */
function OutcomeIcon({ step }: { step: Step }): ReactNode {
  const { operation, outcome } = step;
  const mark = markOfStep(step);
  if (operation.kind === 'normal' || operation.kind === 'trackedActionCompleted') {
    if (mark) return <MarkIcon mark={mark} size={12} />;
    return <NodeIcon name={outcome.kind === 'ok' ? 'ok' : 'rejected'} size={11} />;
  }
  // The icon of the operation is shown above already, except that of a failure.
  if (mark === 'restoreFailed' || mark === 'restoreRefused' || mark === 'crashWithLoss') {
    return <MarkIcon mark={mark} size={12} />;
  }
  return operation.kind === 'restore' ? <NodeIcon name="ok" size={11} /> : null;
}

function ActionContent({ node: { emitted, fate } }: { node: ActionNode }): ReactNode {
  const became = describeFate(fate);
  return (
    <>
      <span className="causality-head">
        <NodeIcon name={emitted.kind} />
        <span className="causality-label truncate">{shownLabel(emitted.action)}</span>
      </span>
      <span className="causality-foot">
        {emitted.kind === 'tracked' && (
          <span className="causality-id truncate">{shownId(emitted.id)}</span>
        )}
        {became === '' ? (
          <Fields emitted={emitted} />
        ) : (
          <span className="causality-fate">{became}</span>
        )}
      </span>
    </>
  );
}

/** As many fields as fit completely: half a field would only be noise. */
function Fields({ emitted }: { emitted: EmittedAction }): ReactNode {
  return (
    <span className="causality-fields">
      {describeFields(emitted).map((field) => (
        <span key={field} className="truncate">
          {field}
        </span>
      ))}
    </span>
  );
}
