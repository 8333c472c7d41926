import { useCallback, type ReactNode } from 'react';
import type { ActionId } from '../../core/machine/machine.ts';
import type { TrackedSpan } from '../../core/trace/spans.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { rowTextOf, type RowText } from '../../core/trace/words/step-row.ts';
import { useLoaded } from '../ui/use-loaded.ts';
import { formatPlural, formatStepIndex } from '../words/format.ts';
import { shownKey, shownLabel } from '../words/shown.ts';
import './stage.css';
import './span-stage.css';

/** A tracked action from the step that emitted it to the one that ended it. */
export function SpanStage({
  trace,
  emittedAt,
  id,
}: {
  trace: Trace;
  emittedAt: number;
  id: ActionId;
}): ReactNode {
  const span = trace.spansFrom(emittedAt).find((one) => one.id === id);
  return (
    <div className="stage stage-span">
      <p className="stage-title muted">action {shownKey(id)}</p>
      {span ? (
        <Span trace={trace} span={span} />
      ) : (
        <p className="muted">{formatStepIndex(emittedAt)} emitted no such action.</p>
      )}
    </div>
  );
}

/** As many steps between the two are shown; of more, only the number is. */
const BETWEEN_MAX = 4;

function Span({ trace, span }: { trace: Trace; span: TrackedSpan }): ReactNode {
  const { action, emittedAt, ended } = span;
  const compute = useCallback(() => {
    const between = betweenOf(span);
    trace.require([emittedAt, ...between, ...(ended ? [ended.at] : [])]);
    return {
      begin: rowTextOf(trace.step(emittedAt)),
      between: between.map((stepIndex) => ({ stepIndex, ...rowTextOf(trace.step(stepIndex)) })),
      end: ended && rowTextOf(trace.step(ended.at)),
    };
  }, [trace, span, emittedAt, ended]);
  const { result } = useLoaded(trace, compute);
  return (
    <>
      <h2 className="stage-operation">{shownLabel(action)}</h2>
      <ol className="span-line">
        <li>
          <p>
            emitted in <span className="data">{formatStepIndex(emittedAt)}</span>
          </p>
          <RowWords row={result?.begin} />
        </li>
        {result?.between.map((row) => (
          <li key={row.stepIndex} className="span-between">
            <p className="muted">
              <span className="data">{formatStepIndex(row.stepIndex)}</span> {row.operation}
            </p>
          </li>
        ))}
        {ended && (
          <li className="span-later muted">{formatPlural(ended.at - emittedAt, 'step')} later</li>
        )}
        <li data-ended={ended !== undefined}>
          {ended ? (
            <>
              <p>
                {ended.how} in <span className="data">{formatStepIndex(ended.at)}</span>
              </p>
              <RowWords row={result?.end} />
            </>
          ) : (
            <p>still outstanding at the end</p>
          )}
        </li>
      </ol>
    </>
  );
}

function RowWords({ row }: { row: RowText | undefined }): ReactNode {
  return (
    <p className="muted">
      {row?.operation} <span className="data">{row?.brief}</span>
    </p>
  );
}

/** The steps between the one that emitted an action and the one that ended it, if they are few. */
function betweenOf({ emittedAt, ended }: TrackedSpan): readonly number[] {
  const between = ended ? ended.at - emittedAt - 1 : 0;
  if (between > BETWEEN_MAX) return [];
  return Array.from({ length: between }, (_, at) => emittedAt + 1 + at);
}
