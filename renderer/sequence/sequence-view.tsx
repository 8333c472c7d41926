import {
  memo,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
} from 'react';
import type { Sequence } from '../../core/trace/sequence.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { Placeholder } from '../ui/placeholder.tsx';
import { useSeek } from '../ui/seek.tsx';
import { Segments } from '../ui/segments.tsx';
import { useWidth } from '../ui/use-size.ts';
import { formatCount, formatPlural, formatStepIndex } from '../words/format.ts';
import { shownRecord } from '../words/record-words.ts';
import { HEAD_PX, layOutSequence, type LanePlaces, type SequenceLayout } from './layout.ts';
import { SequenceArrows } from './sequence-arrows.tsx';
import { SequenceLabels } from './sequence-labels.tsx';
import { SequenceLegend } from './sequence-legend.tsx';
import { describeRow, nameOfLane } from './sequence-words.ts';
import { useSequence, type SequenceModel } from './use-sequence.ts';
import './sequence-view.css';

export interface SequenceViewProps {
  readonly runId: string;
  readonly trace: Trace;
  /** The number of steps so far. */
  readonly steps: number;
  /** The step on the screen; -1 is the initial state. */
  readonly cursor: number;
}

/** The messages between the machine and the systems around it, with the steps from top to bottom. */
export function SequenceView({ runId, trace, steps, cursor }: SequenceViewProps): ReactNode {
  const model = useSequence(runId, trace, steps, cursor);
  const scroller = useRef<HTMLDivElement>(null);
  const roomPx = useWidth(scroller);
  const { sequence } = model;
  return (
    <section className="sequence" aria-label="Sequence">
      <Bar model={model} trace={trace} cursor={cursor} />
      <div className="sequence-scroll" ref={scroller}>
        {sequence && roomPx !== undefined && sequence.rows.length > 0 && (
          <Diagram
            sequence={sequence}
            roomPx={roomPx}
            cursor={cursor}
            scroller={scroller}
            neighbour={model.neighbour}
          />
        )}
        {sequence?.rows.length === 0 && (
          <Placeholder>
            <p className="muted">
              {steps === 0 ? 'Nothing has happened yet.' : 'No step of this run sends anything.'}
            </p>
          </Placeholder>
        )}
      </div>
      {sequence && <SequenceLegend sequence={sequence} />}
    </section>
  );
}

const CHOICES = [
  { id: 'messages', label: 'Messages', hint: 'The steps that send or receive something' },
  { id: 'all', label: 'All steps', hint: 'Also those that were rejected and sent nothing' },
] as const;

function Bar({
  model: { sequence, choice, choose, hasFilter, followed },
  trace,
  cursor,
}: {
  model: SequenceModel;
  trace: Trace;
  cursor: number;
}): ReactNode {
  const filtered = {
    id: 'filtered',
    label: followed === undefined ? 'Filtered' : shownRecord(trace, followed),
    hint: 'The steps that the filter of the list shows',
  } as const;
  return (
    <div className="view-bar sequence-bar">
      <Segments
        label="Steps in the diagram"
        options={hasFilter ? [...CHOICES, filtered] : CHOICES}
        selected={choice}
        onSelect={choose}
      />
      <span className="muted small truncate">
        {sequence &&
          `${formatPlural(sequence.rows.length, 'step')} around ${formatStepIndex(cursor)}`}
      </span>
    </div>
  );
}

interface DiagramProps extends Pick<SequenceModel, 'neighbour'> {
  readonly sequence: Sequence;
  readonly roomPx: number;
  readonly cursor: number;
  readonly scroller: RefObject<HTMLDivElement | null>;
}

function Diagram({ sequence, roomPx, cursor, scroller, neighbour }: DiagramProps): ReactNode {
  const seek = useSeek();
  const layout = useMemo(() => layOutSequence(sequence, roomPx), [sequence, roomPx]);
  const row = sequence.rows.findIndex(({ stepIndex }) => stepIndex === cursor);
  useScrollTo(scroller, layout, row);
  const list = useFocusOnCurrent();
  const move = (event: KeyboardEvent) => {
    const direction = ({ ArrowDown: 'next', ArrowUp: 'previous' } as const)[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    seek((from) => neighbour(from, direction));
  };
  const { widthPx } = layout.lanes;
  return (
    <div className="sequence-canvas" style={{ width: widthPx, height: layout.heightPx + HEAD_PX }}>
      <Heads sequence={sequence} lanes={layout.lanes} />
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- its rows are buttons */}
      <ol className="sequence-rows" aria-label="Steps" ref={list} onKeyDown={move}>
        <Rows sequence={sequence} layout={layout} current={row} />
      </ol>
      <SequenceArrows sequence={sequence} layout={layout} current={row} />
      <SequenceLabels sequence={sequence} layout={layout} />
    </div>
  );
}

/** Keeps the row of the cursor in view; a diagram around another step begins with it in the middle. */
function useScrollTo(
  scroller: RefObject<HTMLDivElement | null>,
  layout: SequenceLayout,
  row: number,
): void {
  const drawn = useRef<SequenceLayout>(undefined);
  useLayoutEffect(() => {
    const element = scroller.current;
    const place = layout.rows[row];
    if (!element) return;
    const isNew = drawn.current !== layout;
    drawn.current = layout;
    if (!place) {
      element.scrollTo({ top: 0 });
      return;
    }
    const roomPx = element.clientHeight - HEAD_PX;
    const edgePx = Math.min(roomPx / 3, 72);
    const highest = place.topPx + place.heightPx + edgePx - roomPx;
    const lowest = place.topPx - edgePx;
    const isInView = element.scrollTop >= highest && element.scrollTop <= lowest;
    if (isInView) return;
    const middle = place.topPx - (roomPx - place.heightPx) / 2;
    const nearest = Math.max(Math.min(element.scrollTop, lowest), highest);
    element.scrollTo({ top: isNew ? middle : nearest });
  }, [scroller, layout, row]);
}

/** When the keyboard is in the list, it goes with the cursor. */
function useFocusOnCurrent(): RefObject<HTMLOListElement | null> {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const element = list.current;
    if (!element?.contains(document.activeElement)) return;
    element.querySelector<HTMLElement>('[aria-current="step"] > button')?.focus({
      preventScroll: true,
    });
  });
  return list;
}

function Heads({ sequence, lanes }: { sequence: Sequence; lanes: LanePlaces }): ReactNode {
  const { xPx, systemPx } = lanes;
  return (
    <div className="sequence-heads" style={{ height: HEAD_PX }} aria-hidden>
      {sequence.lanes.map((lane, at) => {
        const name = nameOfLane(lane);
        const isInputs = lane.kind === 'inputs';
        const widthPx = at < 3 ? 84 : systemPx - 4;
        const leftPx = isInputs ? (xPx[at] ?? 0) - 4 : (xPx[at] ?? 0) - widthPx / 2;
        return (
          <span
            key={`${lane.kind} ${name}`}
            className="truncate"
            data-kind={lane.kind}
            title={name}
            style={{ left: leftPx, width: widthPx }}
          >
            {name}
          </span>
        );
      })}
    </div>
  );
}

/** The rows as buttons; each says all that is drawn in it. */
const Rows = memo(function Rows({
  sequence,
  layout,
  current,
}: {
  sequence: Sequence;
  layout: SequenceLayout;
  current: number;
}): ReactNode {
  const seek = useSeek();
  return layout.rows.map(({ topPx, heightPx }, row) => {
    const at = sequence.rows[row];
    if (!at) return null;
    const { stepIndex, hiddenBefore } = at;
    const isReached = row === Math.max(0, current);
    const words = describeRow(row, sequence);
    return (
      <li
        key={stepIndex}
        aria-current={row === current ? 'step' : undefined}
        style={{ top: topPx, height: heightPx }}
      >
        {hiddenBefore > 0 && row > 0 && (
          <span className="sequence-gap muted small">… {formatPlural(hiddenBefore, 'step')}</span>
        )}
        <button
          type="button"
          className="data"
          tabIndex={isReached ? 0 : -1}
          aria-label={words}
          title={words}
          onClick={() => seek(stepIndex)}
        >
          {formatCount(stepIndex)}
        </button>
      </li>
    );
  });
});
