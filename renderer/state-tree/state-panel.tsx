import { useRef, type ReactNode } from 'react';
import type { Trace } from '../../core/trace/trace.ts';
import { segmentKey } from '../../core/value/segment.ts';
import { ChangeStrip, nothingText } from './change-strip.tsx';
import { changesAround } from './comparison.ts';
import { PathHistoryList } from './path-history-list.tsx';
import { PinnedPaths } from './pinned-paths.tsx';
import { CompareControl } from './state-header.tsx';
import { StateSearch } from './state-search.tsx';
import { StateTree } from './state-tree.tsx';
import type { Notice } from './use-notice.ts';
import { useStatePanel, type StatePanelModel } from './use-state-panel.ts';
import './state-panel.css';

export interface StatePanelProps {
  trace: Trace;
  /** A step index; -1 is the initial state. */
  cursor: number;
  /** The step whose state the diff is against; undefined = the step before the cursor. */
  compareWith: number | undefined;
  onCompareWith: (stepIndex: number | undefined) => void;
}

/** The state at the cursor as a tree, with what differs marked in place. */
export function StatePanel(props: StatePanelProps): ReactNode {
  const panel = useRef<HTMLElement>(null);
  const model = useStatePanel(props, panel);
  const { trace, compareWith } = props;
  const { cursor, view, shown, history, notice } = model;
  return (
    <section ref={panel} className="state-panel" aria-label="State">
      <PanelHead {...props} model={model} />
      <ChangeStrip
        cursor={cursor}
        compareWith={compareWith}
        patch={shown.comparison.patch}
        tone={shown.tone}
        rolledBack={shown.isRolledBack ? trace.step(cursor) : undefined}
        around={changesAround(trace, cursor)}
        filter={view.filter}
        onTone={shown.setTone}
        onFilter={(filter) => model.changeView({ filter })}
      />
      <PinnedPaths
        pins={view.pins}
        comparison={shown.difference}
        onUnpin={model.unpin}
        onReveal={model.reveal}
      />
      <PanelBody {...props} model={model} />
      {history && (
        <PathHistoryList
          key={`${history.at} ${history.path.map(segmentKey).join(' ')}`}
          trace={history.trace}
          path={history.path}
          at={history.at}
          cursor={cursor}
          onClose={model.closeHistory}
        />
      )}
      <NoticeBar notice={notice} />
    </section>
  );
}

function PanelHead({
  trace,
  compareWith,
  onCompareWith,
  model: { cursor, find, activate },
}: StatePanelProps & { model: StatePanelModel }): ReactNode {
  return (
    <header className="state-head">
      <CompareControl
        cursor={cursor}
        compareWith={compareWith}
        length={trace.length}
        onCompareWith={onCompareWith}
      />
      <StateSearch
        query={find.query}
        matches={find.matches}
        current={find.index}
        onQuery={find.setQuery}
        onMove={(direction) => {
          const id = find.move(direction);
          if (id !== undefined) activate(id);
        }}
        onClear={find.clear}
      />
    </header>
  );
}

function PanelBody({
  compareWith,
  model,
}: StatePanelProps & { model: StatePanelModel }): ReactNode {
  const { cursor, rows, shown, find, view } = model;
  if (rows.length === 0) {
    const isSifted = view.filter === 'changed';
    return (
      <EmptyTree
        text={isSifted ? nothingText(cursor, compareWith) : 'The state holds nothing'}
        onShowAll={isSifted ? () => model.changeView({ filter: 'all' }) : undefined}
      />
    );
  }
  return (
    <StateTree
      rows={rows}
      marks={shown.comparison.marks}
      tone={shown.tone}
      isFlashing={model.isFlashing}
      marksKey={`${cursor} ${compareWith} ${shown.tone}`}
      activeId={model.activeId}
      wanted={find.wanted}
      query={find.query}
      matchIds={find.matchIds}
      currentMatch={find.currentId}
      actions={model.actions}
      onActivate={model.activate}
    />
  );
}

function EmptyTree({
  text,
  onShowAll,
}: {
  text: string;
  onShowAll: (() => void) | undefined;
}): ReactNode {
  return (
    <div className="state-empty">
      <p className="muted">{text}.</p>
      {onShowAll && (
        <button type="button" className="state-button" onClick={onShowAll}>
          Show the whole state
        </button>
      )}
    </div>
  );
}

function NoticeBar({ notice }: { notice: Notice | undefined }): ReactNode {
  return (
    <output className="state-notice-place">
      {notice && (
        <div className="state-notice">
          <span className="truncate">{notice.text}</span>
          {notice.action && (
            <button type="button" className="state-link" onClick={notice.action.run}>
              {notice.action.name}
            </button>
          )}
        </div>
      )}
    </output>
  );
}
