import { useCallback, type ReactNode } from 'react';
import type { ActionId } from '../../core/machine/machine.ts';
import type { TrackedSpan } from '../../core/trace/spans.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { rowTextOf } from '../../core/trace/words/step-row.ts';
import { useLoaded } from '../ui/use-loaded.ts';
import { formatPlural, formatStepIndex } from '../words/format.ts';
import { shownKey, shownLabel } from '../words/shown.ts';

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

function Span({ trace, span }: { trace: Trace; span: TrackedSpan }): ReactNode {
  const { action, emittedAt, ended } = span;
  const compute = useCallback(() => {
    trace.require(ended ? [emittedAt, ended.at] : [emittedAt]);
    return {
      begin: rowTextOf(trace.step(emittedAt)),
      end: ended && rowTextOf(trace.step(ended.at)),
    };
  }, [trace, emittedAt, ended]);
  const { result } = useLoaded(trace, compute);
  return (
    <>
      <h2 className="stage-operation">{shownLabel(action)}</h2>
      <ol className="span-line">
        <li>
          <p>
            emitted in <span className="data">{formatStepIndex(emittedAt)}</span>
          </p>
          <p className="muted">
            {result?.begin.operation} <span className="data">{result?.begin.brief}</span>
          </p>
        </li>
        {ended && (
          <li className="span-between muted">{formatPlural(ended.at - emittedAt, 'step')} later</li>
        )}
        <li data-ended={ended !== undefined}>
          {ended ? (
            <>
              <p>
                {ended.how} in <span className="data">{formatStepIndex(ended.at)}</span>
              </p>
              <p className="muted">
                {result?.end?.operation} <span className="data">{result?.end?.brief}</span>
              </p>
            </>
          ) : (
            <p>still outstanding at the end</p>
          )}
        </li>
      </ol>
    </>
  );
}
