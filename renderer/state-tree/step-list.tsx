import { X } from 'lucide-react';
import { useEffect, useRef, type ReactNode, type RefObject } from 'react';
import { IconButton } from '../ui/icon-button.tsx';
import { useSeek } from '../ui/seek.tsx';
import { scrollToRow, useVirtualRows } from '../ui/use-virtual-rows.ts';
import { formatCount, formatStepIndex } from '../words/format.ts';
import './step-list.css';

interface StepListProps {
  readonly kind: 'history' | 'hits' | 'origin';
  /** What the list is of: its kind in a few words, and the name. */
  readonly title: string;
  readonly name: string;
  /** How many there are, and whether there may be more. */
  readonly count: string;
  readonly length: number;
  /** The row of the step at the cursor; -1 when there is none. */
  readonly current: number;
  /** That row is scrolled into view whenever this changes. */
  readonly followed: number;
  /** What else can be done with the list. */
  readonly actions?: ReactNode;
  readonly closeLabel: string;
  readonly onClose: () => void;
  readonly renderRow: (index: number, isCurrent: boolean) => ReactNode;
}

/** A list of steps below the tree. Only the rows in view exist as elements. */
export function StepList(props: StepListProps): ReactNode {
  const { kind, title, name, count, length, current, followed } = props;
  const { closeLabel, onClose, renderRow } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const section = useEscape(onClose);
  const { indexes, totalPx, topOf } = useVirtualRows(scroller, length, -1);

  const lastFollowed = useRef<number>(undefined);
  useEffect(() => {
    if (lastFollowed.current === followed) return;
    lastFollowed.current = followed;
    if (current !== -1) scrollToRow(scroller.current, current, 'nearest');
  }, [current, followed]);

  return (
    <section className="step-list" data-kind={kind} aria-label={`${title} ${name}`} ref={section}>
      <header className="step-list-head">
        <span className="muted">{title}</span>
        <span className="data truncate" title={name}>
          {name}
        </span>
        <output className="step-list-count muted small">{count}</output>
        {props.actions}
        <IconButton icon={X} label={closeLabel} keys={['Esc']} size="small" onPress={onClose} />
      </header>
      <div ref={scroller} className="step-list-rows" tabIndex={-1}>
        <ul style={{ height: totalPx }}>
          {indexes.map((index) => (
            <li key={index} style={{ transform: `translateY(${topOf(index)}px)` }}>
              {renderRow(index, index === current)}
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

/** A row, which goes to its step. */
export function StepListRow({
  stepIndex,
  isCurrent,
  children,
}: {
  readonly stepIndex: number;
  readonly isCurrent: boolean;
  readonly children: ReactNode;
}): ReactNode {
  const seek = useSeek();
  return (
    <button
      type="button"
      className="step-list-row"
      aria-current={isCurrent ? 'step' : undefined}
      title={`Go to ${formatStepIndex(stepIndex)}`}
      onClick={() => seek(stepIndex)}
    >
      <span className="step-list-mark" aria-hidden>
        {isCurrent ? '▸' : ''}
      </span>
      <span className="step-list-step data">
        {stepIndex < 0 ? 'start' : formatCount(stepIndex)}
      </span>
      {children}
    </button>
  );
}
