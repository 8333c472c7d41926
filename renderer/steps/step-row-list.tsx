import {
  useCallback,
  useId,
  useRef,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
} from 'react';
import { assertNever } from '../../core/assert.ts';
import { coversStep } from '../../core/trace/format/notes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { Need } from '../../core/trace/words/judged.ts';
import { rowTextOf, type RowText } from '../../core/trace/words/step-row.ts';
import { notesAtStep, useNotes } from '../session/notes.ts';
import type { StepRows } from '../session/step-set.ts';
import { selectRun, useIsEarlier, useSession } from '../session/store.ts';
import { useLit } from '../ui/lit.ts';
import { useSeek } from '../ui/seek.tsx';
import { useLoaded } from '../ui/use-loaded.ts';
import { ROW_PX, scrollToRow, useVirtualRows } from '../ui/use-virtual-rows.ts';
import { compareChosen } from './compare-steps.ts';
import { copySteps } from './copy-steps.ts';
import { rowKeyAction, type RowKeyAction } from './row-keys.ts';
import { isChosen, select, useSelection } from './selection.ts';
import { StepRow } from './step-row.tsx';
import { useSteadyScroll } from './use-steady-scroll.ts';

/** The names of the columns, what they are called where there is little room, and what they hold. */
const HEADINGS = [
  ['Step', 'Step', 'number'],
  ['Mark', 'Mark', 'icon'],
  ['Operation', 'Operation', 'text'],
  ['Outcome', 'Outcome', 'text'],
  ['Actions', 'Actions', 'text'],
  ['Changes', '±', 'number'],
  ['Findings', '!', 'number'],
] as const;

/** The height of the headings, which stay over the rows. */
const HEAD_PX = 28;

/** The steps as rows, of which only those in view exist as elements. */
export function StepRowList({
  runId,
  trace,
  rows,
  needs,
  cursor,
}: {
  runId: string;
  trace: Trace;
  rows: StepRows;
  /** How much steps are needed for the finding that is explained, if one is. */
  needs: ReadonlyMap<number, Need> | undefined;
  cursor: number;
}): ReactNode {
  const seek = useSeek();
  const scroller = useRef<HTMLTableElement>(null);
  const rowId = useId();
  const selection = useSelection(runId);
  const notes = useNotes({ id: runId, trace });
  const lit = useLit();
  const active = nearestRow(rows, selection?.to ?? cursor);
  const { indexes, totalPx, topOf } = useVirtualRows(scroller, rows.length, active);
  const shown = indexes.filter((index) => index < rows.length).map((index) => rows.at(index));
  const texts = useRowTexts(trace, shown);
  useSteadyScroll(scroller, rows, cursor, HEAD_PX);

  const choose = (index: number, isExtending: boolean) => {
    const to = rows.at(index);
    const from = isExtending ? (selection?.from ?? rows.at(active)) : to;
    select({ runId, from, to });
  };
  const go = (stepIndex: number) => {
    select(undefined);
    seek(stepIndex);
  };
  const act = (action: RowKeyAction) => {
    switch (action.kind) {
      case 'move':
        choose(action.index, action.isExtending);
        return scrollToRow(scroller.current, action.index, 'nearest', HEAD_PX);
      case 'go':
        return go(rows.at(active));
      case 'all':
        return select({ runId, from: rows.at(0), to: rows.at(rows.length - 1) });
      case 'leave':
        return select(undefined);
      case 'compare':
        if (!compareChosen(selection)) go(rows.at(active));
        return undefined;
      case 'copy':
        return void copySteps('text');
      default:
        return assertNever(action, 'action');
    }
  };

  return (
    <StepGrid
      scroller={scroller}
      count={rows.length}
      active={active}
      activeId={`${rowId}${active}`}
      totalPx={totalPx}
      isChoosing={selection !== undefined}
      onAction={act}
    >
      {shown.map((stepIndex, at) => {
        const index = indexes[at] ?? -1;
        return (
          <StepRow
            key={stepIndex}
            id={`${rowId}${index}`}
            stepIndex={stepIndex}
            rowIndex={index + 2}
            topPx={topOf(index)}
            glance={trace.glance(stepIndex)}
            text={texts?.get(stepIndex)}
            need={needs?.get(stepIndex)}
            isCurrent={stepIndex === cursor}
            isActive={index === active}
            isChosen={isChosen(selection, stepIndex)}
            notes={notesAtStep(notes, stepIndex)}
            isDimmed={lit !== undefined && !coversStep(lit, stepIndex)}
            onPress={(isExtending) => (isExtending ? choose(index, true) : go(stepIndex))}
          />
        );
      })}
    </StepGrid>
  );
}

/** The table around the rows, with its headings and keys. */
function StepGrid({
  scroller,
  count,
  active,
  activeId,
  totalPx,
  isChoosing,
  onAction,
  children,
}: {
  scroller: RefObject<HTMLTableElement | null>;
  count: number;
  /** The index of the active row; -1 without rows. */
  active: number;
  activeId: string;
  totalPx: number;
  isChoosing: boolean;
  onAction: (action: RowKeyAction) => void;
  children: ReactNode;
}): ReactNode {
  const isEarlier = useIsEarlier(useSession(selectRun));
  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>) => {
    const roomPx = event.currentTarget.clientHeight - HEAD_PX;
    const pageRows = Math.max(1, Math.floor(roomPx / ROW_PX) - 1);
    const action = rowKeyAction(event, active, count, pageRows, isChoosing);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    onAction(action);
  };
  return (
    <table
      ref={scroller}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role -- there is no element for tables whose rows are chosen.
      role="grid"
      aria-label="Steps"
      aria-rowcount={count + 1}
      aria-multiselectable
      className="steps-grid"
      data-earlier-findings={isEarlier}
      tabIndex={0}
      {...(active === -1 ? {} : { 'aria-activedescendant': activeId })}
      onKeyDown={onKeyDown}
    >
      <thead style={{ height: HEAD_PX }}>
        <tr aria-rowindex={1} className="steps-row small muted">
          {HEADINGS.map(([name, short, kind]) => (
            <th key={name} scope="col" className={`steps-${kind}`} aria-label={name}>
              <span className={short === name ? '' : 'steps-wide'}>
                {kind === 'icon' ? '' : name}
              </span>
              {short !== name && <span className="steps-narrow">{short}</span>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody style={{ height: totalPx }}>{children}</tbody>
    </table>
  );
}

/** The row of a step, or the one before its place; -1 without rows. */
function nearestRow(rows: StepRows, stepIndex: number): number {
  return Math.min(Math.max(0, rows.countBefore(stepIndex + 1) - 1), rows.length - 1);
}

/** The texts of the rows in view; those of the rows before, while lines are fetched. */
function useRowTexts(
  trace: Trace,
  shown: readonly number[],
): ReadonlyMap<number, RowText> | undefined {
  const key = shown.join(' ');
  const compute = useCallback(() => {
    const steps = key === '' ? [] : key.split(' ').map(Number);
    trace.require(steps);
    return new Map(steps.map((stepIndex) => [stepIndex, rowTextOf(trace.step(stepIndex))]));
  }, [trace, key]);
  return useLoaded(trace, compute).result;
}
