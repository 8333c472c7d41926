import { ChevronLeft, ChevronRight, Pencil, Plus, X } from 'lucide-react';
import { useCallback, useMemo, type ReactNode } from 'react';
import { Expression, type Evaluated } from '../../core/trace/expression/expression.ts';
import { TraceStepView } from '../../core/trace/expression/step-view.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { Direction } from '../session/navigation.ts';
import type { Watched } from '../session/watch-search.ts';
import {
  cancelWatch,
  chooseWatch,
  foldWatches,
  unwatch,
  type Watches,
} from '../session/watches.ts';
import { readExpression } from '../ui/expression-mistake.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { useSeek } from '../ui/seek.tsx';
import { useLoaded } from '../ui/use-loaded.ts';
import { ValueText } from '../ui/value-text.tsx';
import { formatCount } from '../words/format.ts';
import { shownLine } from '../words/shown.ts';
import { WATCH_PX, WATCHES_HEAD_PX } from './layout.ts';
import type { WatchLane } from './scene.ts';
import './watch-gutter.css';

export interface WatchGutterProps {
  runId: string;
  trace: Trace;
  /** The number of its steps so far. */
  steps: number;
  cursor: number;
  watches: Watches;
  lanes: readonly WatchLane[];
  /** Asks for an expression: a new one, or another in place of one. */
  onEdit: (expression?: string) => void;
}

/** The names of the lanes of the watches, with their values at the cursor and what can be done with them. */
export function WatchGutter(props: WatchGutterProps): ReactNode {
  const { trace, watches, lanes, onEdit } = props;
  const { machine } = trace.header;
  const { isFolded, expressions } = watches;
  return (
    <>
      <div className="watches-head small" style={{ height: WATCHES_HEAD_PX }}>
        <button
          type="button"
          className="watches-fold"
          aria-expanded={!isFolded}
          onClick={() => foldWatches(machine, !isFolded)}
        >
          <ChevronRight size={12} aria-hidden />
          Watches
          <span className="data">{formatCount(expressions.length)}</span>
        </button>
        <IconButton icon={Plus} command="watch" size="small" onPress={() => onEdit()} />
      </div>
      <ul aria-label="Watches">
        {lanes.map((lane) => (
          <li
            key={lane.expression}
            className="watch"
            data-chosen={lane.expression === watches.chosen}
            style={{ height: WATCH_PX }}
          >
            <WatchRow {...props} lane={lane} />
          </li>
        ))}
      </ul>
    </>
  );
}

function WatchRow(props: WatchGutterProps & { lane: WatchLane }): ReactNode {
  const { trace, steps, cursor, watches, lane, onEdit } = props;
  const { expression, watched } = lane;
  const { machine } = trace.header;
  const shown = shownLine(expression);
  return (
    <>
      <button
        type="button"
        className="watch-name"
        aria-pressed={expression === watches.chosen}
        title={shown}
        onClick={() => chooseWatch(machine, expression)}
      >
        <span className="truncate data watch-expression">{shown}</span>
        <WatchValue trace={trace} cursor={Math.min(cursor, steps - 1)} expression={expression} />
      </button>
      <span className="watch-actions">
        <Beside {...props} direction="previous" />
        <Beside {...props} direction="next" />
        <IconButton size="small" icon={Pencil} label="Edit" onPress={() => onEdit(expression)} />
        <IconButton
          size="small"
          icon={X}
          label="Stop watching"
          onPress={() => unwatch(machine, expression)}
        />
      </span>
      {watched && <Progress {...props} watched={watched} />}
    </>
  );
}

function Beside({
  cursor,
  lane,
  direction,
}: WatchGutterProps & { lane: WatchLane; direction: Direction }): ReactNode {
  const seek = useSeek();
  const target = lane.watched?.history.changeBeside(cursor, direction);
  return (
    <IconButton
      size="small"
      icon={direction === 'next' ? ChevronRight : ChevronLeft}
      label={direction === 'next' ? 'Next change' : 'Previous change'}
      isDisabled={target === undefined}
      onPress={() => target !== undefined && seek(target)}
    />
  );
}

function Progress({
  runId,
  steps,
  lane,
  watched: { status, history, problem },
}: WatchGutterProps & { lane: WatchLane; watched: Watched }): ReactNode {
  if (status === 'searching') {
    return (
      <span className="watch-progress">
        <progress
          aria-label={`Progress of ${shownLine(lane.expression)}`}
          value={history.searched}
          max={Math.max(1, steps)}
        />
        <IconButton
          size="small"
          icon={X}
          label="Cancel the search"
          onPress={() => cancelWatch(runId, lane.expression)}
        />
      </span>
    );
  }
  if (problem === undefined) return null;
  return (
    <span className="watch-problem ink-rejected" title={shownLine(problem)}>
      stopped
    </span>
  );
}

/** Integers of CEL are bigints, and are not meant as such: `size(list)` is 3 and not 3n. */
function withoutKind(evaluated: Evaluated): Evaluated {
  if (evaluated.kind === 'none' || typeof evaluated.value !== 'bigint') return evaluated;
  const number = Number(evaluated.value);
  return Number.isSafeInteger(number) ? { kind: 'value', value: number } : evaluated;
}

/** The value at the cursor, whether or not the run was searched so far. */
function WatchValue({
  trace,
  cursor,
  expression,
}: {
  trace: Trace;
  cursor: number;
  expression: string;
}): ReactNode {
  const read = useMemo(() => readExpression(expression), [expression]);
  const view = useMemo(() => new TraceStepView(trace), [trace]);
  const compute = useCallback((): Evaluated => {
    if (!(read instanceof Expression)) return { kind: 'none', because: read.message };
    return withoutKind(read.evaluate(view.moveTo(cursor)));
  }, [read, view, cursor]);
  const { result } = useLoaded(trace, compute);
  if (result?.kind !== 'value') {
    return (
      <span className="truncate muted" title={result && shownLine(result.because)}>
        no value
      </span>
    );
  }
  return (
    <span className="truncate data">
      <ValueText value={result.value} depth={2} />
    </span>
  );
}
