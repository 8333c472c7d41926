import { Plus, Presentation, Redo2, StickyNote, Undo2 } from 'lucide-react';
import { useDeferredValue, useMemo, useState, type ReactNode } from 'react';
import type { Note } from '../../core/trace/format/notes.ts';
import type { RunEntry } from '../session/model.ts';
import { askNote } from '../session/note-draft.ts';
import { redoNotes, undoNotes, useCanStep, useNotes } from '../session/notes.ts';
import { useSession } from '../session/store.ts';
import { startTalk, presentedNotes } from '../session/talk.ts';
import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Placeholder } from '../ui/placeholder.tsx';
import { FilterField } from '../ui/search-field.tsx';
import { Shortcut } from '../ui/shortcut.tsx';
import { formatCount, formatPlural } from '../words/format.ts';
import { shownPlaceOf } from '../words/note-words.ts';
import { NoteList } from './note-list.tsx';
import './notes-panel.css';

/** The notes of a run in the order in which they are slides. */
export function NotesPanel({ run, cursor }: { run: RunEntry; cursor: number }): ReactNode {
  const notes = useNotes(run);
  const isPage = useSession((state) => state.isPage);
  const [words, setWords] = useState('');
  const wanted = useDeferredValue(words);
  const found = useMemo(() => notesWith(notes, wanted), [notes, wanted]);
  const write = () => askNote(run, { step: cursor });
  return (
    <section className="notes-panel" aria-label="Notes">
      <div className="view-bar" role="toolbar" aria-label="Notes">
        <FilterField
          label="Words in the notes"
          query={words}
          onQuery={setWords}
          onEnter={focusNotes}
        />
        <output className="notes-count muted small" aria-label="Shown notes">
          {describeCount(found.length, notes.length)}
        </output>
        <span className="spacer" />
        {!isPage && <UndoButtons runId={run.id} />}
        {!isPage && <IconButton icon={Plus} command="writeNote" onPress={write} />}
        <Button
          icon={Presentation}
          isDisabled={presentedNotes(notes, run.trace).length === 0}
          onPress={() => startTalk(run)}
        >
          Present
        </Button>
      </div>
      {notes.length === 0 ? (
        <NoNotes isPage={isPage} />
      ) : found.length === 0 ? (
        <Placeholder title="No note holds that">
          <p className="muted">
            {formatPlural(notes.length, 'note')} hidden. Clear the field to see all.
          </p>
        </Placeholder>
      ) : (
        <NoteList run={run} notes={notes} shown={found} cursor={cursor} />
      )}
    </section>
  );
}

function UndoButtons({ runId }: { runId: string }): ReactNode {
  const canUndo = useCanStep(runId, 'undo');
  const canRedo = useCanStep(runId, 'redo');
  return (
    <>
      <IconButton
        icon={Undo2}
        command="undoNote"
        isDisabled={!canUndo}
        onPress={() => undoNotes(runId)}
      />
      <IconButton
        icon={Redo2}
        command="redoNote"
        isDisabled={!canRedo}
        onPress={() => redoNotes(runId)}
      />
    </>
  );
}

function NoNotes({ isPage }: { isPage: boolean }): ReactNode {
  if (isPage) return <Placeholder>The run was saved without notes.</Placeholder>;
  return (
    <Placeholder icon={StickyNote} title="No notes on this run">
      <p className="muted">
        <Shortcut command="bookmark" /> puts a bookmark on the step,{' '}
        <Shortcut command="writeNote" /> writes a note on it. Values, findings and actions have
        notes of their own. All are saved with the trace.
      </p>
    </Placeholder>
  );
}

/** The notes that hold all words, in their text or their place. */
function notesWith(notes: readonly Note[], words: string): readonly Note[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return notes;
  return notes.filter((note) => {
    const text = `${shownPlaceOf(note)}\n${note.text}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

function describeCount(shown: number, total: number): string {
  const all = formatPlural(total, 'note');
  return shown === total ? all : `${formatCount(shown)} of ${all}`;
}

/** Enter in the field moves into the notes. */
function focusNotes(): void {
  document.querySelector<HTMLElement>('.note-go')?.focus();
}
