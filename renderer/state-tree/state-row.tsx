import {
  ChevronRight,
  Copy,
  Crosshair,
  Eye,
  History,
  Pin,
  Route,
  StepBack,
  StickyNote,
  Waypoints,
} from 'lucide-react';
import { memo, useState, type CSSProperties, type ReactNode } from 'react';
import { showText } from '../../core/text/visible.ts';
import { isContainer } from '../../core/value/container.ts';
import { sizeText } from '../../core/value/label.ts';
import type { PathSegment } from '../../core/value/path.ts';
import { RowIconButton } from '../ui/icon-button.tsx';
import { ValueText } from '../ui/value-text.tsx';
import { formatPlural } from '../words/format.ts';
import { shownChange, shownLines, shownSegment } from '../words/shown.ts';
import type { Sign } from './marks.ts';
import { describeRow, SIGN_NAMES, type Tone } from './row-words.ts';
import { hasSameContent, isSameRow, type Row } from './tree-row.ts';
import { leafText } from './tree-search.ts';
import './state-row.css';

/** The actions on a row. */
export interface RowActions {
  /** Selects the row for the keyboard. */
  readonly activate: (id: string) => void;
  readonly toggle: (row: Row) => void;
  readonly pin: (row: Row) => void;
  readonly findWriter: (row: Row) => void;
  readonly showHistory: (row: Row) => void;
  readonly showOrigin: (row: Row) => void;
  readonly watch: (row: Row) => void;
  /** Shows the steps alone that changed what is there. */
  readonly onlyChanges: (row: Row) => void;
  /** Shows only the steps about the record that the row is in. */
  readonly follow: (row: Row) => void;
  readonly copyValue: (row: Row) => void;
  readonly copyPath: (row: Row) => void;
  /** Writes a note on the value, or changes the one that is there. */
  readonly note: (row: Row) => void;
}

interface StateRowProps {
  readonly row: Row;
  readonly domId: string;
  readonly top: number;
  readonly tone: Tone;
  readonly isActive: boolean;
  readonly match: 'current' | 'other' | undefined;
  /** Whether it is a parameter of a model, which never changes. */
  readonly isConstant: boolean;
  /** Whether it is a record, or inside of one. */
  readonly isOfRecord: boolean;
  /** Whether something else alone is lit. */
  readonly isDimmed: boolean;
  /** The first line of a note on the value. */
  readonly noted: string | undefined;
  readonly actions: RowActions;
}

const SIGNS: Readonly<Record<Sign, string>> = { added: '+', removed: '−', changed: '±' };

/** One row of the state tree. */
export const StateRow = memo(function StateRow(props: StateRowProps): ReactNode {
  const { row, domId, top, tone, isActive, match, isConstant, isOfRecord } = props;
  const { noted, actions } = props;
  const [isPointedAt, setPointedAt] = useState(false);
  const select = () => {
    actions.activate(row.id);
    // Selecting text to copy it must not fold the row.
    if (row.canExpand && getSelection()?.isCollapsed !== false) actions.toggle(row);
  };
  return (
    <div
      id={domId}
      role="treeitem"
      tabIndex={-1}
      className="state-row"
      style={{ transform: `translateY(${top}px)`, '--level': row.level } as CSSProperties}
      data-sign={row.sign}
      data-within={row.within}
      data-tone={tone}
      data-match={match}
      data-dimmed={props.isDimmed}
      aria-level={row.level}
      aria-setsize={row.siblings}
      aria-posinset={row.position}
      aria-selected={isActive}
      aria-label={
        describeRow(row, tone) +
        (isConstant ? ', constant' : '') +
        (noted ? `, note: ${noted}` : '')
      }
      {...(row.canExpand ? { 'aria-expanded': row.isExpanded } : {})}
      onClick={select}
      onKeyDown={() => undefined}
      onPointerEnter={() => setPointedAt(true)}
      onPointerLeave={() => setPointedAt(false)}
    >
      <RowContent row={row} tone={tone} isConstant={isConstant} noted={noted} />
      {/* On all rows they would take most of the time of a step: only those exist that may be seen. */}
      {(isPointedAt || isActive) && !row.isLine && (
        <Actions row={row} isOfRecord={isOfRecord} actions={actions} />
      )}
    </div>
  );
}, isSameProps);

function isSameProps(a: StateRowProps, b: StateRowProps): boolean {
  return (
    isSameRow(a.row, b.row) &&
    a.domId === b.domId &&
    a.top === b.top &&
    a.tone === b.tone &&
    a.isActive === b.isActive &&
    a.match === b.match &&
    a.isConstant === b.isConstant &&
    a.isOfRecord === b.isOfRecord &&
    a.noted === b.noted &&
    a.isDimmed === b.isDimmed &&
    a.actions === b.actions
  );
}

interface RowContentProps {
  readonly row: Row;
  readonly tone: Tone;
  readonly isConstant: boolean;
  readonly noted: string | undefined;
}

/** What stands on a row. Where rows above it come and go, it stays as it is. */
const RowContent = memo(
  function RowContent({ row, tone, isConstant, noted }: RowContentProps): ReactNode {
    return (
      <>
        <span className="state-gutter" aria-hidden>
          {row.sign && (
            <span className="state-sign" title={SIGN_NAMES[tone][row.sign]}>
              {SIGNS[row.sign]}
            </span>
          )}
        </span>
        <span className="state-guides" aria-hidden />
        <span className="state-disclosure" aria-hidden>
          {row.canExpand && <ChevronRight size={12} strokeWidth={2} />}
        </span>
        <RowParts row={row} tone={tone} />
        {isConstant && <span className="state-tag state-constant">constant</span>}
        {noted !== undefined && (
          <span className="state-noted" title={noted} aria-hidden>
            <StickyNote size={12} strokeWidth={2} />
          </span>
        )}
      </>
    );
  },
  (a, b) =>
    hasSameContent(a.row, b.row) &&
    a.tone === b.tone &&
    a.isConstant === b.isConstant &&
    a.noted === b.noted,
);

function RowParts({ row, tone }: { row: Row; tone: Tone }): ReactNode {
  if (row.isLine) {
    return (
      <span className="state-value state-line data value-string">
        {showText(row.value as string)}
      </span>
    );
  }
  return (
    <>
      <RowKey row={row} />
      {row.inside > 0 && (
        <span className="state-inside" title={formatPlural(row.inside, 'change') + ' inside'}>
          ±{row.inside}
        </span>
      )}
      <RowValue row={row} tone={tone} />
      {row.size !== undefined && (
        <span className="state-size data">{sizeText(row.value, row.size)}</span>
      )}
    </>
  );
}

function RowKey({ row: { segment, isMember } }: { row: Row }): ReactNode {
  if (isMember) return <span className="state-key data value-mark">·</span>;
  if (segment === undefined) return <span className="state-key data value-mark">(root)</span>;
  return (
    <span className="state-key data" data-searched>
      <KeyText segment={segment} />
      <span className="value-mark">:</span>
    </span>
  );
}

/** A key so that it is told apart from others that look like it. */
function KeyText({ segment }: { segment: PathSegment }): ReactNode {
  if (typeof segment === 'object' && typeof segment.mapKey !== 'string') {
    return <ValueText value={segment.mapKey} depth={1} />;
  }
  return <span className={KEY_CLASSES[typeof segment]}>{shownSegment(segment)}</span>;
}

const KEY_CLASSES: Readonly<Record<string, string>> = {
  string: 'value-key',
  number: 'value-mark',
  object: 'value-string',
};

function RowValue({ row, tone }: { row: Row; tone: Tone }): ReactNode {
  const { sign, value, before, isExpanded } = row;
  if (sign === 'changed') {
    const areTexts = typeof before === 'string' && typeof value === 'string';
    const texts = areTexts ? shownChange(before, value) : undefined;
    return (
      <span className="state-value state-change data" data-searched>
        <span className="state-before" title={titleOf(before)}>
          <Side value={before} text={texts?.[0]} />
        </span>
        <span className="state-arrow" aria-label={tone === 'tried' ? 'tried' : 'became'}>
          {tone === 'tried' ? '⇢' : '→'}
        </span>
        <span className="state-after" title={titleOf(value)}>
          <Side value={value} text={texts?.[1]} />
        </span>
      </span>
    );
  }
  if (isExpanded && isContainer(value)) return <span className="state-value" />;
  return (
    <span className="state-value data" title={titleOf(value)} data-searched>
      <span className="state-plain">
        <ValueText value={value} depth={2} />
      </span>
      {tone === 'tried' && sign && <span className="state-tag">{SIGN_NAMES.tried[sign]}</span>}
    </span>
  );
}

/** One side of a change; two texts are shown so that their difference is visible. */
function Side({ value, text }: { value: Row['value']; text: string | undefined }): ReactNode {
  if (text === undefined) return <ValueText value={value} depth={2} />;
  return <span className="value-string">{text}</span>;
}

function Actions({
  row,
  isOfRecord,
  actions,
}: {
  row: Row;
  isOfRecord: boolean;
  actions: RowActions;
}): ReactNode {
  return (
    <span className="state-actions">
      <RowIconButton icon={Pin} label="Pin" shortcut="P" onPress={() => actions.pin(row)} />
      <RowIconButton
        icon={StepBack}
        label="Who last wrote this"
        shortcut="W"
        onPress={() => actions.findWriter(row)}
      />
      <RowIconButton
        icon={History}
        label="History of this path"
        shortcut="H"
        onPress={() => actions.showHistory(row)}
      />
      <RowIconButton
        icon={Waypoints}
        label="Where this came from"
        shortcut="O"
        onPress={() => actions.showOrigin(row)}
      />
      {isOfRecord && (
        <RowIconButton
          icon={Crosshair}
          label="Only the steps about this record"
          shortcut="I"
          onPress={() => actions.follow(row)}
        />
      )}
      <RowIconButton
        icon={Eye}
        label="Watch this"
        shortcut="E"
        onPress={() => actions.watch(row)}
      />
      <RowIconButton
        icon={StickyNote}
        label="Write a note on this"
        shortcut="M"
        onPress={() => actions.note(row)}
      />
      <RowIconButton
        icon={Copy}
        label="Copy value as JSON"
        shortcut="C"
        onPress={() => actions.copyValue(row)}
      />
      <RowIconButton
        icon={Route}
        label="Copy path"
        shortcut="Shift+C"
        onPress={() => actions.copyPath(row)}
      />
    </span>
  );
}

/** The full text of a value that may be cut on its row; containers are opened instead. */
function titleOf(value: Row['value']): string | undefined {
  if (isContainer(value)) return undefined;
  const text = typeof value === 'string' ? value : leafText(value);
  return text.length < 24 ? undefined : shownLines(text);
}
