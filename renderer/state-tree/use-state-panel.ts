import { useMemo, useState, type RefObject } from 'react';
import type { Trace } from '../../core/trace/trace.ts';
import type { Path } from '../../core/value/path.ts';
import { useSeek } from '../ui/seek.tsx';
import { stepBefore } from './comparison.ts';
import { addressId, withAncestorsOpen } from './expansion.ts';
import type { RowActions } from './state-row.tsx';
import { useStateView, useStateViews, type StateView } from './state-view-store.ts';
import { addressOf, hasRootRow, TreeRows } from './tree-rows.ts';
import { useFind, type Find } from './use-find.ts';
import { useFlash } from './use-flash.ts';
import { useLineChars } from './use-line-chars.ts';
import { useNotice, type Notice } from './use-notice.ts';
import { togglePin, useRowActions, type Member } from './use-row-actions.ts';
import { useShown, type Shown } from './use-shown.ts';

/** A member of the state in the trace that its history is read from. */
interface MemberOfTrace extends Member {
  readonly trace: Trace;
}

/** All that the panel draws, and what its controls do. */
export interface StatePanelModel {
  readonly cursor: number;
  readonly view: StateView;
  readonly shown: Shown;
  readonly rows: TreeRows;
  readonly find: Find;
  readonly actions: RowActions;
  readonly activeId: string;
  readonly isFlashing: boolean;
  readonly notice: Notice | undefined;
  /** The member whose history is listed. */
  readonly history: MemberOfTrace | undefined;
  readonly changeView: (change: Partial<StateView>) => void;
  readonly activate: (id: string) => void;
  readonly unpin: (path: Path) => void;
  /** Opens what leads to a path and scrolls there. */
  readonly reveal: (path: Path) => void;
  readonly closeHistory: () => void;
}

interface Input {
  readonly trace: Trace;
  readonly cursor: number;
  readonly compareWith: number | undefined;
}

/** Derives what the panel shows from the trace, the cursor and what the person arranged. */
export function useStatePanel(
  { trace, cursor: wishedCursor, compareWith }: Input,
  panel: RefObject<HTMLElement | null>,
): StatePanelModel {
  const cursor = Math.min(wishedCursor, trace.length - 1);
  const view = useStateView(trace.header.machine);
  const changeView = (change: Partial<StateView>) =>
    useStateViews.getState().update(trace.header.machine, () => change);
  const [activeId, activate] = useState('');
  const [history, setHistory] = useState<MemberOfTrace>();
  const [notice, onNotice] = useNotice();
  const shown = useShown(trace, cursor, compareWith);
  const { comparison, opening } = shown;
  const { filter } = view;
  const find = useFind(comparison, view, (expansion) => changeView({ expansion }));
  const { expansion } = find;
  const lineChars = useLineChars(panel);
  const rows = useMemo(
    () => new TreeRows({ ...comparison, filter, expansion, opening, lineChars }),
    [comparison, filter, expansion, opening, lineChars],
  );
  const onHistory = (member: Member) => setHistory({ trace, ...member });
  const surroundings = {
    trace,
    cursor,
    against: compareWith ?? stepBefore(cursor),
    comparison,
    seek: useSeek(),
    onNotice,
    onHistory,
  };
  return {
    cursor,
    view,
    shown,
    rows,
    find,
    actions: useRowActions(surroundings),
    activeId,
    isFlashing: useFlash(cursor),
    notice,
    history: history && { ...history, trace: traceOf(history, trace) },
    changeView,
    activate,
    unpin: (path) => togglePin(surroundings, path),
    reveal: (path) => {
      const address = addressOf(path, hasRootRow(comparison));
      changeView({ expansion: withAncestorsOpen(view.expansion, address), filter: 'all' });
      activate(addressId(address));
      find.show(addressId(address));
    },
    closeHistory: () => setHistory(undefined),
  };
}

/** A run that goes on makes a new trace again and again; a list stays with the one it began with. */
function traceOf(begun: MemberOfTrace, now: Trace): Trace {
  return begun.trace.header === now.header ? begun.trace : now;
}
