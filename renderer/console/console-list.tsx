import {
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from 'react';
import type { PrintLevel } from '../../core/machine/printed.ts';
import { useSeek } from '../ui/seek.tsx';
import { ROW_PX, rowTop, scrollToRow, useVirtualRows } from '../ui/use-virtual-rows.ts';
import { formatCount } from '../words/format.ts';
import { shownLine, shownLines } from '../words/shown.ts';
import { firstOfStep, lineAt } from './console-lines.ts';
import type { OutputLine } from './use-output.ts';

/** The colour of a level; the word stands beside each line that is not just logged. */
const INKS: Readonly<Partial<Record<PrintLevel, string>>> = {
  warn: 'ink-rejected',
  error: 'ink-finding',
  debug: 'muted',
  note: 'muted',
};

/** The lines, of which only those in view exist as elements; the step of the cursor is among them. */
export function ConsoleList({
  lines,
  cursor,
}: {
  lines: readonly OutputLine[];
  cursor: number;
}): ReactNode {
  const seek = useSeek();
  const scroller = useRef<HTMLTableElement>(null);
  const rowId = useId();
  const atCursor = lineAt(lines, cursor);
  // The cursor takes the active line along.
  const [moved, setMoved] = useState({ cursor, index: -1 });
  const isMoved = moved.cursor === cursor && moved.index !== -1;
  const active = Math.min(isMoved ? moved.index : Math.max(0, atCursor), lines.length - 1);
  const { indexes, totalPx } = useVirtualRows(scroller, lines.length, active);
  useFollowing(scroller, lines, cursor);

  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>) => {
    const target = keyTarget(event, active, lines.length);
    const line = lines[active];
    if (event.key === 'Enter' && line) seek(line.stepIndex);
    else if (target === undefined) return;
    else {
      setMoved({ cursor, index: target });
      scrollToRow(scroller.current, target, 'nearest');
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <table
      ref={scroller}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role -- there is no element for tables whose rows are gone through.
      role="grid"
      aria-label="Console"
      aria-rowcount={lines.length}
      aria-activedescendant={`${rowId}${active}`}
      className="console-grid"
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <tbody style={{ height: totalPx }}>
        {indexes.map((index) => {
          const line = lines[index];
          return (
            line && (
              <ConsoleRow
                key={index}
                id={`${rowId}${index}`}
                rowIndex={index + 1}
                line={line}
                hasStep={index === 0 || lines[index - 1]?.stepIndex !== line.stepIndex}
                isCurrent={line.stepIndex === cursor}
                isActive={index === active}
                onPress={() => seek(line.stepIndex)}
              />
            )
          );
        })}
      </tbody>
    </table>
  );
}

function ConsoleRow({
  id,
  rowIndex,
  line: { stepIndex, level, text, isFirst },
  hasStep,
  isCurrent,
  isActive,
  onPress,
}: {
  id: string;
  rowIndex: number;
  line: OutputLine;
  /** Whether it is the first line of its step. */
  hasStep: boolean;
  isCurrent: boolean;
  isActive: boolean;
  onPress: () => void;
}): ReactNode {
  return (
    <tr
      id={id}
      aria-rowindex={rowIndex}
      aria-current={isCurrent ? 'step' : undefined}
      data-active={isActive}
      data-first={hasStep}
      className="console-row"
      style={{ transform: `translateY(${rowTop(rowIndex - 1)}px)` }}
      onClick={onPress}
    >
      <td className="console-step data">
        <span className={hasStep ? '' : 'visually-hidden'}>{formatCount(stepIndex)}</span>
      </td>
      <td className={`console-level small ${INKS[level] ?? 'muted'}`}>
        {isFirst && level !== 'log' && level !== 'note' ? level : ''}
      </td>
      <td className={`console-text data truncate ${INKS[level] ?? ''}`} title={titleOf(text)}>
        {shownLine(text)}
      </td>
    </tr>
  );
}

function titleOf(text: string): string | undefined {
  return text === '' ? undefined : shownLines(text);
}

/** Shows the lines of the cursor's step, or those before it, whenever the cursor moves. */
function useFollowing(
  scroller: { readonly current: HTMLElement | null },
  lines: readonly OutputLine[],
  cursor: number,
): void {
  useLayoutEffect(() => {
    const element = scroller.current;
    const last = lineAt(lines, cursor);
    if (!element || last === -1) return;
    const first = firstOfStep(lines, last);
    const belowTopPx = rowTop(first) - element.scrollTop;
    const isFar = belowTopPx < -2 * ROW_PX || belowTopPx > element.clientHeight + ROW_PX;
    scrollToRow(element, last, isFar ? 'center' : 'nearest');
    scrollToRow(element, first, 'nearest');
  }, [scroller, lines, cursor]);
}

function keyTarget(
  { key, ctrlKey, metaKey, altKey, currentTarget }: KeyboardEvent<HTMLElement>,
  active: number,
  count: number,
): number | undefined {
  if (ctrlKey || metaKey || altKey) return undefined;
  const pageRows = Math.max(1, Math.floor(currentTarget.clientHeight / ROW_PX) - 1);
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + pageRows,
    PageUp: active - pageRows,
    Home: 0,
    End: count - 1,
  };
  const target = moves[key];
  return target === undefined ? undefined : Math.max(0, Math.min(target, count - 1));
}
