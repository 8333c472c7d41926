import { useRef, type ReactNode } from 'react';
import type { Trace } from '../../core/trace/trace.ts';
import { segmentKey } from '../../core/value/segment.ts';
import { Button } from '../ui/button.tsx';
import { NoticeBar } from '../ui/notice-bar.tsx';
import { Panel } from '../ui/panel.tsx';
import { Placeholder } from '../ui/placeholder.tsx';
import { ChangeStrip, nothingText } from './change-strip.tsx';
import { CompareControl } from './compare-control.tsx';
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

/** The state at the cursor as a tree, with the differences marked in place. */
export function StatePanel(props: StatePanelProps): ReactNode {
  const panel = useRef<HTMLElement>(null);
  const model = useStatePanel(props, panel);
  const { cursor, find, history } = model;
  return (
    <Panel ref={panel} label="State" className="state-panel">
      <header className="state-head">
        <CompareControl
          cursor={cursor}
          compareWith={props.compareWith}
          length={props.trace.length}
          onCompareWith={props.onCompareWith}
        />
        <StateSearch
          find={find}
          onMove={(direction) => {
            const id = find.move(direction);
            if (id !== undefined) model.activate(id);
          }}
        />
      </header>
      <ChangeStrip model={model} />
      <PinnedPaths model={model} />
      {model.rows.length === 0 ? <EmptyTree model={model} /> : <StateTree model={model} />}
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
      <NoticeBar notice={model.notice} />
    </Panel>
  );
}

function EmptyTree({ model }: { model: StatePanelModel }): ReactNode {
  const { cursor, compareWith, view, changeView } = model;
  const isSifted = view.filter === 'changed';
  return (
    <div className="state-rest">
      <Placeholder>
        <p className="muted">
          {isSifted ? nothingText(cursor, compareWith) : 'The state holds nothing'}.
        </p>
        {isSifted && (
          <Button onPress={() => changeView({ filter: 'all' })}>Show the whole state</Button>
        )}
      </Placeholder>
    </div>
  );
}
