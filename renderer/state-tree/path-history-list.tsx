import { X } from 'lucide-react';
import { memo, useEffect, useRef, type ReactNode, type RefObject } from 'react';
import type { Trace } from '../../core/trace/trace.ts';
import { valueAt } from '../../core/value/patch.ts';
import { formatPath, type Path } from '../../core/value/path.ts';
import { useSeek } from '../ui/seek.tsx';
import { describeOperation } from '../words/describe.ts';
import { formatCount, formatPlural, formatStepIndex } from '../words/format.ts';
import { IconButton } from './icon-button.tsx';
import { Found } from './pinned-paths.tsx';
import { useHistory, type PathHistory } from './use-history.ts';
import { rowTop, scrollToRow, useVirtualRows } from './use-virtual-rows.ts';

/** Every step that wrote at a path, latest first, and what stood there then. */
export function PathHistoryList({
  trace,
  path,
  cursor,
  onClose,
}: {
  trace: Trace;
  path: Path;
  cursor: number;
  onClose: () => void;
}): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const section = useEscape(onClose);
  const history = useHistory(trace, path);
  const { writes, isDone } = history;
  // The list ends with the start, which nobody wrote.
  const steps = isDone ? [...writes, -1] : writes;
  const current = steps.findIndex((stepIndex) => stepIndex <= cursor);
  const { indexes, totalPx } = useVirtualRows(scroller, steps.length, -1);

  useEffect(() => {
    if (current !== -1) scrollToRow(scroller.current, current, 'nearest');
  }, [current]);

  return (
    <section className="state-history" aria-label={`History of ${formatPath(path)}`} ref={section}>
      <header className="state-history-head">
        <span className="muted">History of</span>
        <span className="data truncate" title={formatPath(path)}>
          {formatPath(path)}
        </span>
        <span className="state-history-count muted small">{countText(trace, history)}</span>
        <IconButton icon={X} name="Close the history" shortcut="Esc" onPress={onClose} />
      </header>
      <div ref={scroller} className="state-history-list" tabIndex={-1}>
        <ul style={{ height: totalPx }}>
          {indexes.map((index) => (
            <li key={index} style={{ transform: `translateY(${rowTop(index)}px)` }}>
              <HistoryRow
                trace={trace}
                path={path}
                stepIndex={steps[index] as number}
                isCurrent={index === current}
              />
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

/** Closes on Escape while the focus is inside. */
function useEscape(onClose: () => void): RefObject<HTMLElement | null> {
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    const section = element.current;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      onClose();
    };
    section?.addEventListener('keydown', onKeyDown);
    return () => section?.removeEventListener('keydown', onKeyDown);
  });
  return element;
}

function countText(trace: Trace, { writes, scanned, isDone }: PathHistory): string {
  const found = formatPlural(writes.length, 'write');
  if (isDone) return found;
  return `${found} · ${formatCount(scanned)} of ${formatCount(trace.changedSteps.length)} changes read`;
}

const HistoryRow = memo(function HistoryRow({
  trace,
  path,
  stepIndex,
  isCurrent,
}: {
  trace: Trace;
  path: Path;
  stepIndex: number;
  isCurrent: boolean;
}): ReactNode {
  const seek = useSeek();
  const label =
    stepIndex < 0 ? 'Initial state' : describeOperation(trace.step(stepIndex).operation);
  return (
    <button
      type="button"
      className="state-history-row"
      aria-current={isCurrent ? 'step' : undefined}
      title={`Go to ${formatStepIndex(stepIndex)}`}
      onClick={() => seek(stepIndex)}
    >
      <span className="state-history-mark" aria-hidden>
        {isCurrent ? '▸' : ''}
      </span>
      <span className="state-history-step data">
        {stepIndex < 0 ? 'start' : formatCount(stepIndex)}
      </span>
      <span className="state-history-label truncate">{label}</span>
      <span className="data truncate">
        <Found lookup={valueAt(trace.stateAt(stepIndex), path)} />
      </span>
    </button>
  );
});
