import { useEffect, useMemo, useRef, useState, type RefObject } from 'react';
import type { Step } from '../../core/trace/format/format.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { findPath } from '../../core/value/find-path.ts';
import type { Path } from '../../core/value/path.ts';
import { chosenPath, notePath, useWantedPath } from '../session/places.ts';
import { useNotice, type Notice } from '../ui/notice-bar.tsx';
import { useIsOnStage } from '../ui/on-stage.ts';
import { useSeek } from '../ui/seek.tsx';
import { shownLine } from '../words/shown.ts';
import { stepBefore, type Comparison, type OtherState, type StateAtCursor } from './comparison.ts';
import { addressId, withAncestorsOpen, withOpen } from './expansion.ts';
import type { MarkNode } from './marks.ts';
import type { Tone } from './row-words.ts';
import type { RowActions } from './state-row.tsx';
import { useStateView, useStateViews, type StateView } from './state-view-store.ts';
import { addressOf, hasRootRow, TreeRows } from './tree-rows.ts';
import { useFind, type Find } from './use-find.ts';
import { togglePin, useRowActions, type Member } from './use-row-actions.ts';

/** The contents of the tree at the cursor. */
export interface Shown {
  readonly comparison: Comparison;
  readonly tone: Tone;
  /** Absent at the initial state. */
  readonly step: Step | undefined;
  /** The difference of the two states, in either view. */
  readonly difference: Comparison;
  /** Whether the step had changed the state and was rolled back. */
  readonly isRolledBack: boolean;
  /** The rows that are open by default. */
  readonly opening: MarkNode;
  readonly setTone: (tone: Tone) => void;
}

/** The steps that are listed: the history or the origin of a member, or those that hold a text. */
export type Listed =
  | { readonly kind: 'history' | 'origin'; readonly member: Member }
  | { readonly kind: 'hits'; readonly text: string };

/** Everything that the panel draws, and the actions of its controls. */
export interface StatePanelModel {
  readonly trace: Trace;
  readonly cursor: number;
  readonly compareWith: number | undefined;
  readonly other: OtherState | undefined;
  readonly view: StateView;
  readonly shown: Shown;
  readonly rows: TreeRows;
  readonly find: Find;
  readonly actions: RowActions;
  readonly activeId: string;
  readonly isFlashing: boolean;
  readonly notice: Notice | undefined;
  /** What is listed below the tree. */
  readonly listed: Listed | undefined;
  readonly changeView: (change: Partial<StateView>) => void;
  readonly activate: (id: string) => void;
  readonly unpin: (path: Path) => void;
  /** Opens the rows above a path and scrolls there. */
  readonly reveal: (path: Path) => void;
  /** Lists the steps that hold a text. */
  readonly findInAllSteps: (text: string) => void;
  readonly closeList: () => void;
}

/** Derives the panel's contents from the trace at the cursor and the user's arrangement. */
export function useStatePanel(
  trace: Trace,
  atCursor: StateAtCursor,
  panel: RefObject<HTMLElement | null>,
): StatePanelModel {
  const { cursor, compareWith, other } = atCursor;
  const view = useStateView(trace.header.machine);
  const changeView = (change: Partial<StateView>) =>
    useStateViews.getState().update(trace.header.machine, () => change);
  const [activeId, setActiveId] = useState('');
  const [listed, setListed] = useState<Listed>();
  const [notice, onNotice] = useNotice();
  const shown = useShown(atCursor);
  const { comparison, opening } = shown;
  // In a talk about two runs, what they have in common is left out: there is no room for it.
  const isSifted = useIsOnStage() && other !== undefined;
  const filter = isSifted ? 'changed' : view.filter;
  const find = useFind(comparison, view, (expansion) => changeView({ expansion }));
  const { expansion } = find;
  const lineChars = useLineChars(panel);
  const rows = useMemo(
    () => new TreeRows({ ...comparison, filter, expansion, opening, lineChars }),
    [comparison, filter, expansion, opening, lineChars],
  );
  const activate = (id: string) => {
    setActiveId(id);
    const index = rows.indexOf(id);
    if (index !== -1) notePath(trace, rows.at(index).path);
  };
  const reveal = (path: Path, isOpen = false) => {
    const address = addressOf(path, hasRootRow(comparison));
    const around = withAncestorsOpen(view.expansion, address);
    changeView({ expansion: isOpen ? withOpen(around, address, true) : around, filter: 'all' });
    setActiveId(addressId(address));
    notePath(trace, path);
    find.show(addressId(address));
  };
  useWanted(trace, cursor, (path) => reveal(path, true), onNotice);
  const surroundings = {
    trace,
    cursor,
    // What only another run has was never in this one.
    against: other ? cursor : (compareWith ?? stepBefore(cursor)),
    comparison,
    seek: useSeek(),
    onNotice,
    onActivate: activate,
    onHistory: (member: Member) => setListed({ kind: 'history', member }),
    onOrigin: (member: Member) => setListed({ kind: 'origin', member }),
  };
  return {
    trace,
    cursor,
    compareWith,
    other,
    view,
    shown,
    rows,
    find,
    actions: useRowActions(surroundings),
    activeId,
    isFlashing: useFlash(cursor),
    notice,
    listed,
    changeView,
    activate,
    unpin: (path) => togglePin(surroundings, path),
    reveal: (path) => reveal(path),
    findInAllSteps: (text) => {
      if (text !== '') setListed({ kind: 'hits', text });
    },
    closeList: () => setListed(undefined),
  };
}

/** Shows what the place that was opened names in the state. */
function useWanted(
  trace: Trace,
  cursor: number,
  reveal: (path: Path) => void,
  onNotice: (notice: Notice) => void,
): void {
  const wanted = useWantedPath(trace, cursor);
  useEffect(() => {
    if (wanted === undefined) return;
    const path = findPath(trace.stateAt(cursor), wanted);
    if (path) reveal(path);
    else {
      chosenPath.setState({ chosen: undefined });
      onNotice({ text: `The state has no ${shownLine(wanted)} here` });
    }
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once, when the place is opened.
  }, [wanted]);
}

/**
 * Decides what to mark. A step that was rolled back shows its undone changes, since nothing else differs
 * from the step before, unless the user chose another step to compare with.
 */
function useShown({ cursor, compareWith, step, difference, attempt, last }: StateAtCursor): Shown {
  const [chosen, setChosen] = useState<{ readonly cursor: number; readonly tone: Tone }>();

  const isTriedBest = difference.patch.length === 0 && compareWith === undefined;
  const wished = chosen?.cursor === cursor ? chosen.tone : isTriedBest ? 'tried' : 'diff';
  const tone = attempt ? wished : 'diff';
  const comparison = tone === 'tried' && attempt ? attempt : difference;
  return {
    comparison,
    tone,
    step,
    difference,
    isRolledBack: attempt !== undefined,
    opening: comparison.marks.count > 0 ? comparison.marks : last,
    setTone: (next) => setChosen({ cursor, tone: next }),
  };
}

/** The cursor has settled when it rests this long: holding an arrow key causes no flicker. */
const SETTLED_AFTER_MS = 90;
/** A little longer than the animation (`--motion-flash`). */
const FLASH_MS = 900;

/** Whether changed rows flash now: briefly, once the cursor has moved and settled. */
function useFlash(cursor: number): boolean {
  const [flashing, setFlashing] = useState<number>();
  const last = useRef(cursor);

  useEffect(() => {
    if (last.current === cursor) return;
    last.current = cursor;
    const begin = setTimeout(() => setFlashing(cursor), SETTLED_AFTER_MS);
    const end = setTimeout(() => setFlashing(undefined), SETTLED_AFTER_MS + FLASH_MS);
    return () => {
      clearTimeout(begin);
      clearTimeout(end);
    };
  }, [cursor]);

  return flashing === cursor;
}

/** The advance of a character of `--font-data` at `--text-data`: 0.6 em of 12 px. */
const CHAR_PX = 7.2;
/** The width around the text on its line: signs, guides of some levels, scrollbar. */
const AROUND_PX = 100;
/** Texts wrap again only when this many characters more or fewer fit, so that resizing does not flicker. */
const STEP_CHARS = 8;
const CHARS_MIN = 24;

/** How many characters of data fit on a row of the panel. */
function useLineChars(panel: RefObject<HTMLElement | null>): number {
  const [chars, setChars] = useState(80);
  useEffect(() => {
    const element = panel.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      const fitting = (element.clientWidth - AROUND_PX) / CHAR_PX;
      setChars(Math.max(CHARS_MIN, Math.floor(fitting / STEP_CHARS) * STEP_CHARS));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [panel]);
  return chars;
}
