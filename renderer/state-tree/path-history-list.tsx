import { X } from 'lucide-react';
import { memo, useCallback, useEffect, useRef, type ReactNode, type RefObject } from 'react';
import type { Trace } from '../../core/trace/trace.ts';
import type { Write } from '../../core/trace/writes.ts';
import { valueAt } from '../../core/value/container.ts';
import { formatPath, type Path } from '../../core/value/path.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { useSeek } from '../ui/seek.tsx';
import { useLoaded } from '../ui/use-loaded.ts';
import { describeOperation } from '../words/describe.ts';
import { formatCount, formatPlural, formatStepIndex } from '../words/format.ts';
import { shownLine } from '../words/shown.ts';
import { Found } from './pinned-paths.tsx';
import { useHistory, type MemberHistory } from './use-history.ts';
import { rowTop, scrollToRow, useVirtualRows } from './use-virtual-rows.ts';
import './path-history-list.css';

/** Every step that wrote the member at a path, latest first, with its value after each step. */
export function PathHistoryList({
  trace,
  path,
  at,
  cursor,
  onClose,
}: {
  trace: Trace;
  path: Path;
  /** The step after which the member is at the path. */
  at: number;
  cursor: number;
  onClose: () => void;
}): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const section = useEscape(onClose);
  const history = useHistory(trace, path, at);
  const { writes, start, isDone } = history;
  // The list ends with the initial state, which no step wrote.
  const entries: readonly Pick<Write, 'stepIndex' | 'after'>[] = isDone
    ? [...writes, { stepIndex: -1, after: start }]
    : writes;
  const current = entries.findIndex(({ stepIndex }) => stepIndex <= cursor);
  const { indexes, totalPx } = useVirtualRows(scroller, entries.length, -1);

  useEffect(() => {
    if (current !== -1) scrollToRow(scroller.current, current, 'nearest');
  }, [current]);

  const name = shownLine(formatPath(path));
  return (
    <section className="state-history" aria-label={`History of ${name}`} ref={section}>
      <header className="state-history-head">
        <span className="muted">History of</span>
        <span className="data truncate" title={name}>
          {name}
        </span>
        <span className="state-history-count muted small">{countText(trace, history)}</span>
        <IconButton
          icon={X}
          label="Close the history"
          keys={['Esc']}
          size="small"
          onPress={onClose}
        />
      </header>
      <div ref={scroller} className="state-history-list" tabIndex={-1}>
        <ul style={{ height: totalPx }}>
          {indexes.map((index) => (
            <li key={index} style={{ transform: `translateY(${rowTop(index)}px)` }}>
              <HistoryRow
                trace={trace}
                path={entries[index]?.after}
                stepIndex={entries[index]?.stepIndex ?? -1}
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

function countText(trace: Trace, { writes, scanned, isDone }: MemberHistory): string {
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
  /** Where the member is after the step; absent if the step removed it from its list. */
  path: Path | undefined;
  stepIndex: number;
  isCurrent: boolean;
}): ReactNode {
  const seek = useSeek();
  const compute = useCallback(
    () => ({
      label: stepIndex < 0 ? 'Initial state' : describeOperation(trace.step(stepIndex).operation),
      lookup: path ? valueAt(trace.stateAt(stepIndex), path) : ({ found: false } as const),
    }),
    [trace, path, stepIndex],
  );
  const { result, isCurrent: isLoaded } = useLoaded(trace, compute);
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
      <span className="state-history-label truncate">{isLoaded && result?.label}</span>
      <span className="data truncate">
        {isLoaded && result && <Found lookup={result.lookup} />}
      </span>
    </button>
  );
});
