import { useCallback, type ReactNode } from 'react';
import type { Trace } from '../../core/trace/trace.ts';
import { rowTextOf } from '../../core/trace/words/step-row.ts';
import { toneOfOutcome, toneSourceOf } from '../../core/trace/words/step-words.ts';
import { markOf } from '../theme/marks.ts';
import { MarkIcon } from '../ui/mark-icon.tsx';
import { useLoaded } from '../ui/use-loaded.ts';
import { formatCount } from '../words/format.ts';
import { shownPlaceOf } from '../words/note-words.ts';
import './stage.css';
import './steps-stage.css';

/** Steps that fit on a stage, with those around that are dimmed. */
const STEPS_MAX = 14;
const AROUND = 1;
/** More steps than these have one line each. */
const LONG_STEPS_MAX = 7;

/** Several steps, one below the other, between those before and after them. */
export function StepsStage({
  trace,
  from,
  to,
}: {
  trace: Trace;
  from: number;
  to: number;
}): ReactNode {
  const compute = useCallback(() => {
    const first = Math.max(0, from - AROUND);
    const last = Math.min(trace.length - 1, to + AROUND, first + STEPS_MAX - 1);
    const steps = Array.from({ length: last - first + 1 }, (_, at) => first + at);
    trace.require(steps);
    return steps.map((stepIndex) => trace.step(stepIndex));
  }, [trace, from, to]);
  const { result: steps = [] } = useLoaded(trace, compute);
  const last = steps.at(-1)?.stepIndex ?? to;
  return (
    <div className="stage stage-steps">
      <p className="stage-title muted">{shownPlaceOf({ step: from, to })}</p>
      <ol data-dense={steps.length > LONG_STEPS_MAX}>
        {steps.map((step) => {
          const { stepIndex } = step;
          const mark = markOf(trace.glance(stepIndex));
          const { operation, brief, outcome } = rowTextOf(step);
          return (
            <li key={stepIndex} data-dimmed={stepIndex < from || stepIndex > to}>
              <span className="data muted">{formatCount(stepIndex)}</span>
              <span>{mark && <MarkIcon mark={mark} size={16} />}</span>
              <span className="stage-steps-text">
                {operation} <span className="data muted">{brief}</span>
              </span>
              <span className={`ink-${toneOfOutcome(toneSourceOf(step))}`}>{outcome}</span>
            </li>
          );
        })}
      </ol>
      {last < to && <p className="muted">and {formatCount(to - last)} more</p>}
    </div>
  );
}
