import { useCallback, useState, type ReactNode } from 'react';
import { Autocomplete, Menu, MenuItem } from 'react-aria-components';
import {
  formatRecord,
  parseRecord,
  type RecordRef,
} from '../../core/trace/records/record-kinds.ts';
import { recordsOf } from '../../core/trace/records/record-touches.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { followRecord } from '../session/following.ts';
import { useShownRun } from '../session/store.ts';
import { useLoaded } from '../ui/use-loaded.ts';
import { WindowDialog } from '../ui/window-dialog.tsx';
import { formatCount, formatStepIndex } from '../words/format.ts';
import { shownRecordRef } from '../words/record-words.ts';
import { PaletteList, PaletteSearch } from './palette.tsx';
import { ui, useUi } from './ui-store.ts';
import { LISTED_MAX, useRecordList, type RecordList } from './use-record-list.ts';

/** Asks for a record, and shows only the steps about it. */
export function FollowRecord(): ReactNode {
  const isOpen = useUi((state) => state.dialog === 'followRecord');
  const shown = useShownRun();
  const close = () => ui.setState({ dialog: undefined });
  const trace = shown?.run.trace;
  return (
    <WindowDialog title="Follow a record" hasHeading={false} isOpen={isOpen} onClose={close}>
      {trace && (
        <RecordMenu
          trace={trace}
          cursor={shown.cursor.stepIndex}
          onChoose={(record) => {
            close();
            followRecord(shown.run.id, record);
          }}
          onClose={close}
        />
      )}
    </WindowDialog>
  );
}

interface RecordItem {
  readonly id: string;
  readonly note: string;
}

function RecordMenu({
  trace,
  cursor,
  onChoose,
  onClose,
}: {
  trace: Trace;
  cursor: number;
  onChoose: (record: RecordRef) => void;
  onClose: () => void;
}): ReactNode {
  const [text, setText] = useState('');
  const compute = useCallback(
    () =>
      recordsOf(trace)
        .touchedBy(cursor)
        .map(({ record }) => record),
    [trace, cursor],
  );
  const { result: here = [] } = useLoaded(trace, compute);
  const list = useRecordList(trace, text.trim().replace(/\s+/, '/'));
  const { items, hasMore } = itemsOf(here, list, text);
  const { kinds } = recordsOf(trace);
  return (
    <Autocomplete inputValue={text} onInputChange={setText}>
      <PaletteSearch
        label="Find a record"
        placeholder={`Which record? ${exampleOf(here, kinds)}`}
        onClose={onClose}
      />
      <PaletteList>
        <Menu
          className="palette-menu"
          aria-label="Records"
          items={items}
          renderEmptyState={() => (
            <p className="muted palette-empty">
              {list.isDone ? 'No record of that name.' : 'Looking for records…'}
            </p>
          )}
          onAction={(key) => {
            const record = parseRecord(kinds, String(key));
            if (record) onChoose(record);
          }}
        >
          {({ id, note }) => (
            <MenuItem id={id} textValue={id} className="palette-item">
              <span className="truncate">{nameOf(trace, id)}</span>
              <span className="muted small">{note}</span>
            </MenuItem>
          )}
        </Menu>
      </PaletteList>
      {hasMore && (
        <p className="muted small palette-more">
          These are the first {formatCount(items.length)}. Type more of a name to find others.
        </p>
      )}
    </Autocomplete>
  );
}

/** What is listed, the records of the step first; and whether there are more. */
function itemsOf(
  here: readonly RecordRef[],
  { found, hasMore }: RecordList,
  text: string,
): { readonly items: readonly RecordItem[]; readonly hasMore: boolean } {
  const items = new Map<string, RecordItem>();
  for (const record of here) {
    const id = formatRecord(record);
    if (isMeant(record, text)) items.set(id, { id, note: 'at this step' });
  }
  for (const { record, stepIndex } of found) {
    const id = formatRecord(record);
    const note = stepIndex < 0 ? 'from the start' : `since ${formatStepIndex(stepIndex)}`;
    if (!items.has(id)) items.set(id, { id, note });
  }
  return {
    items: [...items.values()].slice(0, LISTED_MAX),
    hasMore: hasMore || items.size > LISTED_MAX,
  };
}

function nameOf(trace: Trace, id: string): string {
  const record = parseRecord(recordsOf(trace).kinds, id);
  return record ? shownRecordRef(record) : id;
}

/** Whether a record of the step at the cursor has in its name what was typed. */
function isMeant(record: RecordRef, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return [formatRecord(record), `${record.kind} ${record.key}`].some((name) =>
    name.toLowerCase().includes(wanted),
  );
}

function exampleOf(
  here: readonly RecordRef[],
  kinds: readonly { readonly name: string }[],
): string {
  const [first] = here;
  if (first) return `Such as ${shownRecordRef(first)}`;
  return kinds.length === 0 ? '' : `A ${kinds[0]?.name}`;
}
