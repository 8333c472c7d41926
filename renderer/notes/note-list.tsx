import { ArrowDown, ArrowUp, Copy, Pencil, Trash2 } from 'lucide-react';
import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { coversStep, isBookmark, type Note } from '../../core/trace/format/notes.ts';
import { noteMarkdown } from '../../core/trace/words/markdown.ts';
import { copyText } from '../session/clipboard.ts';
import type { RunEntry } from '../session/model.ts';
import { changeNote } from '../session/note-draft.ts';
import { moveNote, removeNote } from '../session/notes.ts';
import { showNotice } from '../session/notices.ts';
import { showInRun } from '../session/places.ts';
import { session, useSession } from '../session/store.ts';
import { RowIconButton } from '../ui/icon-button.tsx';
import { Markdown } from '../ui/markdown.tsx';
import { NoteIcon } from '../ui/note-icon.tsx';
import { formatCount } from '../words/format.ts';
import { shownPlaceOf } from '../words/note-words.ts';
import { isViewId, VIEWS } from '../words/views.ts';

interface NoteListProps {
  run: RunEntry;
  /** All notes of the run. */
  notes: readonly Note[];
  /** Those that are listed. */
  shown: readonly Note[];
  cursor: number;
}

/** The notes one below the other. The keys of the one with the focus are in the help. */
export function NoteList({ run, notes, shown, cursor }: NoteListProps): ReactNode {
  const list = useRef<HTMLOListElement>(null);
  const currentAt = shown.findIndex((note) => coversStep(note, cursor));
  useEffect(() => {
    list.current?.children[currentAt]?.scrollIntoView({ block: 'nearest' });
  }, [currentAt]);
  const onKeyDown = (event: KeyboardEvent) => {
    const at = indexOf(list.current, event.target);
    const note = shown[at];
    if (!note || !act(event, run, note, (by) => focusNote(list.current, at + by))) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the buttons inside.
    <ol ref={list} className="notes-list" onKeyDown={onKeyDown}>
      {shown.map((note) => (
        <NoteItem
          key={note.id}
          run={run}
          note={note}
          place={notes.indexOf(note)}
          isCurrent={coversStep(note, cursor)}
        />
      ))}
    </ol>
  );
}

/** Does what a key does to a note. Returns whether it does something. */
function act(
  { key, altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent,
  run: RunEntry,
  note: Note,
  focusBeside: (by: -1 | 1) => void,
): boolean {
  if (ctrlKey || metaKey || shiftKey) return false;
  const by = key === 'ArrowUp' ? -1 : key === 'ArrowDown' ? 1 : undefined;
  if (by !== undefined) {
    if (altKey && !session.getState().isPage) moveNote(run, note.id, by);
    else focusBeside(by);
    return true;
  }
  if (altKey) return false;
  if (key === 'c') {
    copy(note);
    return true;
  }
  if (session.getState().isPage) return false;
  if (key === 'e') changeNote(run, note);
  else if (key === 'Delete' || key === 'Backspace') {
    remove(run, note);
    focusBeside(-1);
  } else return false;
  return true;
}

function indexOf(list: HTMLElement | null, target: EventTarget): number {
  const item = target instanceof HTMLElement ? target.closest('li.note') : null;
  return list && item ? [...list.children].indexOf(item) : -1;
}

function focusNote(list: HTMLElement | null, index: number): void {
  const at = Math.max(0, Math.min(index, (list?.children.length ?? 0) - 1));
  list?.children[at]?.querySelector<HTMLElement>('.note-go')?.focus();
}

function remove(run: RunEntry, note: Note): void {
  removeNote(run, note.id);
  showNotice(`Removed the ${isBookmark(note) ? 'bookmark' : 'note'} on ${shownPlaceOf(note)}`);
}

function NoteItem({
  run,
  note,
  place,
  isCurrent,
}: {
  run: RunEntry;
  note: Note;
  /** Among all notes of the run. */
  place: number;
  isCurrent: boolean;
}): ReactNode {
  const isPage = useSession((state) => state.isPage);
  const go = () => showInRun(run.id, note.step, note.path);
  return (
    <li className="note" data-current={isCurrent}>
      <span className="note-number data" aria-hidden>
        {formatCount(place + 1)}
      </span>
      <div className="note-body">
        <div className="note-head">
          <button
            type="button"
            className="note-go"
            aria-current={isCurrent ? 'step' : undefined}
            onClick={go}
          >
            <NoteIcon note={note} />
            <span className="data">{shownPlaceOf(note)}</span>
            {isBookmark(note) && <span className="visually-hidden"> bookmark</span>}
          </button>
          {isViewId(note.view) && (
            <span className="note-view muted small">{VIEWS[note.view].label}</span>
          )}
          <span className="spacer" />
          <ItemActions run={run} note={note} isPage={isPage} />
        </div>
        {!isBookmark(note) && <Markdown text={note.text} onLink={copyLink} />}
      </div>
    </li>
  );
}

function ItemActions({
  run,
  note,
  isPage,
}: {
  run: RunEntry;
  note: Note;
  /** A saved page changes no notes. */
  isPage: boolean;
}): ReactNode {
  return (
    <span className="note-actions">
      <RowIconButton
        icon={Copy}
        label="Copy the note as Markdown"
        shortcut="C"
        onPress={() => copy(note)}
      />
      {!isPage && <ChangeActions run={run} note={note} />}
    </span>
  );
}

function ChangeActions({ run, note }: { run: RunEntry; note: Note }): ReactNode {
  return (
    <>
      <RowIconButton
        icon={ArrowUp}
        label="Move up"
        shortcut="Alt+↑"
        onPress={() => moveNote(run, note.id, -1)}
      />
      <RowIconButton
        icon={ArrowDown}
        label="Move down"
        shortcut="Alt+↓"
        onPress={() => moveNote(run, note.id, 1)}
      />
      <RowIconButton
        icon={Pencil}
        label="Change the note"
        shortcut="E"
        onPress={() => changeNote(run, note)}
      />
      <RowIconButton
        icon={Trash2}
        label="Remove the note"
        shortcut="Delete"
        onPress={() => remove(run, note)}
      />
    </>
  );
}

/** The window opens no addresses: whoever wrote a trace must not lead its reader anywhere. */
function copyLink(address: string): void {
  void copyText(address, address);
}

function copy(note: Note): void {
  const words = `the ${isBookmark(note) ? 'bookmark' : 'note'} on ${shownPlaceOf(note)}`;
  void copyText(noteMarkdown(note), `${words} as Markdown`);
}
