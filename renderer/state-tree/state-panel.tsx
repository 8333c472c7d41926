import { useCallback, useMemo, useRef, type ReactNode } from 'react';
import { bothOf } from '../../core/trace/step-lines.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { toneOfOutcome, toneSourceOf } from '../../core/trace/words/step-words.ts';
import { segmentKey } from '../../core/value/segment.ts';
import { Button } from '../ui/button.tsx';
import { NoticeBar } from '../ui/notice-bar.tsx';
import { Panel } from '../ui/panel.tsx';
import { Placeholder } from '../ui/placeholder.tsx';
import { useLoaded } from '../ui/use-loaded.ts';
import { ChangeStrip, nothingText } from './change-strip.tsx';
import { CompareControl } from './compare-control.tsx';
import { stateAtCursor, type OtherState, type StateAtCursor } from './comparison.ts';
import { HitList } from './hit-list.tsx';
import { OriginList } from './origin-list.tsx';
import { PathHistoryList } from './path-history-list.tsx';
import { PinnedPaths } from './pinned-paths.tsx';
import { StateSearch } from './state-search.tsx';
import { StateTree } from './state-tree.tsx';
import { useStatePanel, type StatePanelModel } from './use-state-panel.ts';
import './state-panel.css';

export interface StatePanelProps {
  trace: Trace;
  /** A step index; -1 is the initial state. */
  cursor: number;
  /** The step to compare with; undefined: the step before the cursor. */
  compareWith: number | undefined;
  onCompareWith: (stepIndex: number | undefined) => void;
}

/** The state at a step against that of another run. */
export interface StateAgainstProps {
  trace: Trace;
  cursor: number;
  other: OtherState;
  /** What stands over the tree: whose states they are. */
  title: ReactNode;
  /** Whether all that stands over the tree shares a line, where that is wide enough. */
  isCompact: boolean;
}

/** The state at the cursor as a tree, with the differences marked in place. */
export function StatePanel(props: StatePanelProps): ReactNode {
  const { trace, cursor, compareWith } = props;
  const compute = useCallback(
    () => stateAtCursor(trace, Math.min(cursor, trace.length - 1), compareWith),
    [trace, cursor, compareWith],
  );
  const { result } = useLoaded(trace, compute);
  if (!result) return null;
  const control = (
    <CompareControl
      cursor={result.cursor}
      compareWith={result.compareWith}
      length={trace.length}
      onCompareWith={props.onCompareWith}
    />
  );
  return <LoadedPanel trace={trace} head={control} atCursor={result} />;
}

/** The same tree, in which the differences from the state of another run are marked. */
export function StateAgainst(props: StateAgainstProps): ReactNode {
  const { trace, cursor, title, isCompact } = props;
  const { trace: otherTrace, stepIndex } = props.other;
  const both = useMemo(() => bothOf(otherTrace, trace), [otherTrace, trace]);
  const compute = useCallback(
    () =>
      stateAtCursor(trace, Math.min(cursor, trace.length - 1), undefined, {
        trace: otherTrace,
        stepIndex: Math.min(stepIndex, otherTrace.length - 1),
      }),
    [trace, cursor, otherTrace, stepIndex],
  );
  const { result } = useLoaded(both, compute);
  if (!result) return null;
  return <LoadedPanel trace={trace} head={title} atCursor={result} isCompact={isCompact} />;
}

function LoadedPanel({
  trace,
  atCursor,
  head,
  isCompact = false,
}: {
  trace: Trace;
  atCursor: StateAtCursor;
  head: ReactNode;
  isCompact?: boolean;
}): ReactNode {
  const panel = useRef<HTMLElement>(null);
  const model = useStatePanel(trace, atCursor, panel);
  const { find, shown } = model;
  const undoneBy = shown.isRolledBack && shown.step ? toneOfOutcome(toneSourceOf(shown.step)) : '';
  return (
    <Panel ref={panel} label="State" className={`state-panel is-undone-by-${undoneBy}`}>
      <header className="view-bar state-head" data-compact={isCompact}>
        {head}
        {isCompact && <ChangeStrip model={model} />}
        <StateSearch
          find={find}
          onMove={(direction) => {
            const id = find.move(direction);
            if (id !== undefined) model.activate(id);
          }}
          onAllSteps={() => model.findInAllSteps(find.query)}
        />
      </header>
      {!isCompact && <ChangeStrip model={model} />}
      <PinnedPaths model={model} />
      {model.rows.length === 0 ? <EmptyTree model={model} /> : <StateTree model={model} />}
      <Listed trace={trace} model={model} />
      <NoticeBar notice={model.notice} />
    </Panel>
  );
}

/** The list below the tree, if one was asked for: the history or origin of a member, or the hits of a search. */
function Listed({ trace, model }: { trace: Trace; model: StatePanelModel }): ReactNode {
  const { listed, cursor, closeList } = model;
  if (!listed) return null;
  const common = { trace, cursor, onClose: closeList };
  if (listed.kind === 'hits') {
    const { text } = listed;
    // A run under way is searched as far as it has come, and anew when it is complete.
    return <HitList key={`${trace.end === undefined} ${text}`} {...common} text={text} />;
  }
  const { path, at } = listed.member;
  const List = listed.kind === 'history' ? PathHistoryList : OriginList;
  return <List key={`${at} ${path.map(segmentKey).join(' ')}`} {...common} path={path} at={at} />;
}

function EmptyTree({ model }: { model: StatePanelModel }): ReactNode {
  const { view, changeView } = model;
  const isSifted = view.filter === 'changed';
  return (
    <div className="state-rest">
      <Placeholder>
        <p className="muted">{isSifted ? nothingText(model) : 'The state holds nothing'}.</p>
        {isSifted && (
          <Button onPress={() => changeView({ filter: 'all' })}>Show the whole state</Button>
        )}
      </Placeholder>
    </div>
  );
}
