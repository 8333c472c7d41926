import { useState, type KeyboardEvent, type ReactNode } from 'react';
import { NOTE_CHARS_MAX } from '../../core/limits.ts';
import {
  closeNoteDraft,
  endNoteDraft,
  keepNote,
  noteTyped,
  typedBefore,
  useNoteDraft,
  type NoteDraft,
} from '../session/note-draft.ts';
import { Button } from '../ui/button.tsx';
import { Markdown } from '../ui/markdown.tsx';
import { Picker } from '../ui/picker.tsx';
import { Keys } from '../ui/shortcut.tsx';
import { WindowDialog } from '../ui/window-dialog.tsx';
import { formatCount } from '../words/format.ts';
import { shownPlaceOf } from '../words/note-words.ts';
import { isViewId, VIEW_IDS, VIEWS } from '../words/views.ts';
import './note-dialog.css';

/** Asks for the text of a note, or changes it. */
export function NoteDialog(): ReactNode {
  const draft = useNoteDraft();
  const place = draft ? shownPlaceOf(draft.place) : '';
  return (
    <WindowDialog
      title={`Note on ${place}`}
      width="wide"
      isOpen={draft !== undefined}
      onClose={closeNoteDraft}
    >
      {draft && <NoteForm draft={draft} />}
    </WindowDialog>
  );
}

/** The choice of the view that follows from the place of the note. */
const BY_PLACE = 'place';

const VIEW_CHOICES = [
  { items: [{ id: BY_PLACE, label: 'As its place suggests' }] },
  {
    title: 'View',
    items: VIEW_IDS.filter((id) => id !== 'notes').map((id) => ({ id, label: VIEWS[id].label })),
  },
];

function NoteForm({ draft }: { draft: NoteDraft }): ReactNode {
  const { note } = draft;
  const [text, setText] = useState(typedBefore(draft) ?? note?.text ?? '');
  const [view, setView] = useState(note ? note.view : draft.view);
  const [refusal, setRefusal] = useState<string>();
  const isLong = text.length > NOTE_CHARS_MAX;
  const problem = isLong
    ? `A note has at most ${formatCount(NOTE_CHARS_MAX)} characters.`
    : refusal;
  const keep = () => {
    if (isLong) return;
    const words = { text: text.trimEnd(), ...(view === undefined ? {} : { view }) };
    setRefusal(keepNote(draft, words));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    keep();
  };
  return (
    <form
      className="dialog-body note-form"
      onSubmit={(event) => {
        event.preventDefault();
        keep();
      }}
    >
      <div className="note-sides">
        <textarea
          className="field note-text"
          aria-label="Text in Markdown"
          aria-invalid={isLong}
          placeholder="Describe what to look at (Markdown). Left empty, it is a bookmark."
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- the dialog was opened to write.
          autoFocus
          value={text}
          onChange={({ target }) => {
            setText(target.value);
            noteTyped(draft, target.value);
          }}
          onKeyDown={onKeyDown}
        />
        <section className="note-preview" aria-label="As it is shown">
          {text.trim() === '' ? (
            <p className="muted">The note is shown here.</p>
          ) : (
            <Markdown text={text.slice(0, NOTE_CHARS_MAX)} />
          )}
        </section>
      </div>
      <div className="note-foot">
        <span className="muted small">Shown with</span>
        <Picker
          label="Shown with"
          sections={VIEW_CHOICES}
          selected={isViewId(view) ? view : BY_PLACE}
          placeholder=""
          onPick={(id) => setView(id === BY_PLACE ? undefined : id)}
        />
        {problem !== undefined && (
          <span className="small ink-finding" role="alert">
            {problem}
          </span>
        )}
        <span className="spacer" />
        <Button onPress={endNoteDraft}>Cancel</Button>
        <Button variant="primary" isSubmit isDisabled={isLong}>
          Keep <Keys keys={['$mod', 'Enter']} />
        </Button>
      </div>
    </form>
  );
}
