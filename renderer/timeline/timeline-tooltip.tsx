import { useLayoutEffect, useRef, type ReactNode } from 'react';
import type { Trace } from '../../core/trace/trace.ts';
import { describeOperation, describeOutcome, toneOf, type StepTone } from '../design/describe.ts';
import { formatPlural, formatStepIndex } from '../design/format.ts';
import type { Hover } from './gestures.ts';
import { describeSpan, describeSpanEnd, formatId } from './span-text.ts';
import './timeline-tooltip.css';

/** How far from the pointer, and from the edges of the window, the tooltip stays. */
const DISTANCE_PX = 14;
const MARGIN_PX = 8;

/** What is under the pointer, beside it. */
export function TimelineTooltip({ trace, hover }: { trace: Trace; hover: Hover }): ReactNode {
  const ref = useRef<HTMLDivElement>(null);
  const { clientX, clientY, hit } = hover;
  // Placed once its size is known: right of the pointer and above it, turned over where that has no
  // room. It is fixed to the window, since the timeline is too low to hold it.
  useLayoutEffect(() => {
    const box = ref.current;
    if (!box) return;
    const rightPx = clientX + DISTANCE_PX;
    const hasRoom = rightPx + box.offsetWidth + MARGIN_PX <= window.innerWidth;
    box.style.left = `${hasRoom ? rightPx : clientX - DISTANCE_PX - box.offsetWidth}px`;
    box.style.top = `${Math.max(MARGIN_PX, clientY - DISTANCE_PX - box.offsetHeight)}px`;
  });
  if (hit.kind !== 'step') return null;
  const { stepIndex, lane, spanIndex, hiddenSpans } = hit;
  // The pointer may still rest where a longer trace was a moment ago.
  if (stepIndex >= trace.length) return null;
  return (
    <div ref={ref} className="timeline-tooltip" role="presentation">
      {spanIndex !== undefined && <SpanLines trace={trace} spanIndex={spanIndex} />}
      {hiddenSpans !== undefined && (
        <p>{formatPlural(hiddenSpans, 'more tracked action')} in view, not enough rows</p>
      )}
      {stepIndex >= 0 ? <StepLines trace={trace} stepIndex={stepIndex} /> : <p>Initial state</p>}
      {(lane === 'findings' || lane === 'inputs') && (
        <FindingLines trace={trace} stepIndex={stepIndex} />
      )}
    </div>
  );
}

const MARKS: Readonly<Record<StepTone, string>> = {
  ok: '●',
  rejected: '✕',
  finding: '▲',
  crash: 'ϟ',
  restore: '↻',
};

function StepLines({ trace, stepIndex }: { trace: Trace; stepIndex: number }): ReactNode {
  const step = trace.step(stepIndex);
  const { operation } = step;
  // The findings have lines of their own; here stands how the machine answered.
  const tone = toneOf({ ...trace.glance(stepIndex), hasFinding: false });
  return (
    <p className="timeline-tooltip-step">
      <span className="data muted">{formatStepIndex(stepIndex)}</span>
      <span>
        {describeOperation(operation)}
        {operation.kind === 'completion' && (
          <span className="data muted"> {formatId(operation.id)}</span>
        )}
      </span>
      {operation.kind !== 'restore' && (
        <span data-tone={tone}>
          <span aria-hidden="true">{MARKS[tone]}</span> {describeOutcome(step)}
        </span>
      )}
    </p>
  );
}

function SpanLines({ trace, spanIndex }: { trace: Trace; spanIndex: number }): ReactNode {
  const span = trace.spans[spanIndex];
  if (!span) return null;
  return (
    <>
      <p className="timeline-tooltip-title">{describeSpan(span)}</p>
      <dl className="timeline-tooltip-span">
        <dt>emitted</dt>
        <dd className="data">{formatStepIndex(span.emittedAt)}</dd>
        <dt>{describeSpanEnd(span)}</dt>
        <dd className="data">{span.ended && formatStepIndex(span.ended.at)}</dd>
      </dl>
    </>
  );
}

/** How many findings of a step are told in full. */
const FINDINGS_MAX = 3;

function FindingLines({ trace, stepIndex }: { trace: Trace; stepIndex: number }): ReactNode {
  const findings = stepIndex < 0 ? trace.header.initialFindings : trace.step(stepIndex).findings;
  return (
    <>
      {findings.slice(0, FINDINGS_MAX).map(({ kind, name, message }, at) => (
        <p key={at} className="timeline-tooltip-finding">
          <span data-tone="finding">
            {kind === 'panic' ? 'Panic' : kind === 'rule' ? 'Rule' : 'Invariant'}: {name}
          </span>
          <span className="muted">{message}</span>
        </p>
      ))}
      {findings.length > FINDINGS_MAX && (
        <p className="muted">and {findings.length - FINDINGS_MAX} more</p>
      )}
    </>
  );
}
