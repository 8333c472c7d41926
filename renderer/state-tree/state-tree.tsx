import {
  useEffect,
  useEffectEvent,
  useId,
  useMemo,
  useRef,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
} from 'react';
import { counterexampleOf } from '../../core/trace/format/counterexample.ts';
import { placeOf, type NamedKind } from '../../core/trace/records/record-kinds.ts';
import { recordsOf } from '../../core/trace/records/record-touches.ts';
import type { Path } from '../../core/value/path.ts';
import { samePath, segmentKey } from '../../core/value/segment.ts';
import { notesAtStep, useNotes } from '../session/notes.ts';
import { useSession } from '../session/store.ts';
import { useLit } from '../ui/lit.ts';
import { useHeight } from '../ui/use-size.ts';
import { ROW_PX, rowsInView, scrollToRow, useVirtualRows } from '../ui/use-virtual-rows.ts';
import { shownTitleOf } from '../words/note-words.ts';
import { addressId, parseAddress } from './expansion.ts';
import { StateRow } from './state-row.tsx';
import { keyAction } from './tree-keys.ts';
import type { Row } from './tree-row.ts';
import { addressOf, firstMarked, type TreeRows } from './tree-rows.ts';
import { useHighlight } from './use-find.ts';
import type { StatePanelModel } from './use-state-panel.ts';
import './state-tree.css';

const NO_NAMES: ReadonlySet<string> = new Set();

interface StateTreeProps {
  readonly model: StatePanelModel;
}

/** The rows of the state on screen: only those in view exist as elements. */
export function StateTree({ model }: StateTreeProps): ReactNode {
  const { rows, shown, find, actions } = model;
  const constants = counterexampleOf(model.trace.header)?.constants ?? NO_NAMES;
  const { kinds } = recordsOf(model.trace);
  const noted = useNotedValues(model);
  const lit = useLit()?.path;
  const scroller = useRef<HTMLDivElement>(null);
  const treeId = useId();
  const activeIndex = nearestIndex(rows, model.activeId);
  const { indexes, totalPx, topOf } = useVirtualRows(scroller, rows.length, activeIndex);
  useHighlight(scroller, find.query);
  useBringIntoView(model, scroller);
  useLitInView(rows, lit, scroller);

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target !== event.currentTarget || activeIndex === -1) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 1);
    const action = keyAction(event, rows, activeIndex, page);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    if (action.kind === 'move') {
      actions.activate(rows.at(action.index).id);
      scrollToRow(scroller.current, action.index, 'nearest');
    } else {
      actions[action.kind](rows.at(activeIndex));
    }
  };

  return (
    <div
      ref={scroller}
      role="tree"
      aria-label="State"
      className="state-tree"
      data-flashing={model.isFlashing}
      data-chosen={model.activeId !== ''}
      tabIndex={0}
      {...(activeIndex === -1 ? {} : { 'aria-activedescendant': `${treeId}${activeIndex}` })}
      // A click would leave the focus on a row, which is removed when it is scrolled out of view.
      onFocus={(event) => {
        if (event.target.role === 'treeitem') event.currentTarget.focus({ preventScroll: true });
      }}
      onKeyDown={onKeyDown}
    >
      <div className="state-rows" role="none" style={{ height: totalPx }}>
        {indexes.map((index) => {
          const row = rows.at(index);
          const isCurrent = row.id === find.currentId;
          const match = isCurrent ? 'current' : find.matchIds.has(row.id) ? 'other' : undefined;
          return (
            <StateRow
              // The same row wherever it moves, so that only its place changes.
              key={row.id}
              row={row}
              domId={`${treeId}${index}`}
              top={topOf(index)}
              tone={shown.tone}
              isActive={index === activeIndex}
              match={match}
              isConstant={isMemberIn(constants, row)}
              isOfRecord={isOfRecord(kinds, row)}
              noted={noted.get(keyOf(row.path))}
              isDimmed={lit !== undefined && !isWithin(lit, row.path)}
              actions={actions}
            />
          );
        })}
      </div>
    </div>
  );
}

const NOT_NOTED: ReadonlyMap<string, string> = new Map();

/** The notes on values of the state, by the keys of their paths. */
function useNotedValues({ trace, cursor }: StatePanelModel): ReadonlyMap<string, string> {
  const runId = useSession((state) => state.runs.find((run) => run.trace === trace)?.id);
  const notes = useNotes({ id: runId ?? '', trace });
  return useMemo(() => {
    const onValues = notesAtStep(notes, cursor).flatMap((note) =>
      note.path ? [[keyOf(note.path), shownTitleOf(note)] as const] : [],
    );
    return onValues.length === 0 ? NOT_NOTED : new Map(onValues);
  }, [notes, cursor]);
}

/** Whether a path is another one, or leads to something inside of it. */
function isWithin(outer: Path, path: Path): boolean {
  return samePath(path.slice(0, outer.length), outer);
}

function keyOf(path: Path): string {
  return path.map(segmentKey).join(' ');
}

function isMemberIn(names: ReadonlySet<string>, { level, segment }: Row): boolean {
  return level === 1 && typeof segment === 'string' && names.has(segment);
}

function isOfRecord(kinds: readonly NamedKind[], { path }: Row): boolean {
  return kinds.some((kind) => placeOf(kind, path)?.kind === 'inside');
}

/** Scrolls to a requested row, and to the first mark when the marks change and none is in view. */
function useBringIntoView(
  { rows, cursor, compareWith, other, shown, find }: StatePanelModel,
  scroller: RefObject<HTMLDivElement | null>,
): void {
  const { marks } = shown.comparison;
  const { wanted, currentId } = find;
  // The marks have changed: the first one is scrolled into view.
  const marksKey = `${cursor} ${compareWith} ${other?.stepIndex} ${shown.tone}`;
  // Only a new request scrolls; rows that change under an old one do not.
  const scrollTo = useEffectEvent((id: string | undefined) => {
    const index = id === undefined ? -1 : rows.indexOf(id);
    if (index !== -1) scrollToRow(scroller.current, index, 'nearest');
  });
  const scrollToMarks = useEffectEvent((_key: string) => {
    if (marks.count === 0 || isAnyMarkInView(rows, scroller.current)) return;
    const index = nearestIndex(rows, addressId(firstMarked(marks)));
    if (index !== -1) scrollToRow(scroller.current, index, 'center');
  });
  useEffect(() => scrollTo(wanted?.id), [wanted]);
  useEffect(() => scrollTo(currentId), [currentId]);
  useEffect(() => scrollToMarks(marksKey), [marksKey]);
}

/** So many rows of what is lit are looked for: more do not fit in a view. */
const LIT_ROWS_MAX = 200;

/** Keeps what is lit in view: whole if it fits, and from its first row on. The size of the view may change. */
function useLitInView(
  rows: TreeRows,
  lit: Path | undefined,
  scroller: RefObject<HTMLDivElement | null>,
): void {
  const heightPx = useHeight(scroller);
  useEffect(() => {
    if (!lit || heightPx === undefined) return;
    const first = nearestIndex(rows, addressId(addressOf(lit, false)));
    if (first === -1) return;
    let last = first;
    const isInside = (index: number) => index < rows.length && isWithin(lit, rows.at(index).path);
    while (last - first < LIT_ROWS_MAX && isInside(last + 1)) last += 1;
    scrollToRow(scroller.current, last, 'nearest');
    scrollToRow(scroller.current, first, 'nearest');
  }, [rows, lit, scroller, heightPx]);
}

/** The row with an id, else its nearest visible ancestor, else the first row; -1 without rows. */
function nearestIndex(rows: TreeRows, id: string): number {
  for (let address = parseAddress(id); address.length > 0; address = address.slice(0, -1)) {
    const index = rows.indexOf(addressId(address));
    if (index !== -1) return index;
  }
  return rows.length > 0 ? 0 : -1;
}

function isAnyMarkInView(rows: TreeRows, scroller: HTMLElement | null): boolean {
  if (!scroller) return true;
  return rowsInView(scroller, rows.length).some((index) => rows.at(index).sign !== undefined);
}
