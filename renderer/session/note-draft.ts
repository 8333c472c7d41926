import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { NOTES_MAX } from '../../core/limits.ts';
import { isSamePlace, placeOf, type Note, type NotePlace } from '../../core/trace/format/notes.ts';
import { formatCount } from '../words/format.ts';
import type { RunEntry } from './model.ts';
import { addNote, notesOf, rewordNote, type NoteWords } from './notes.ts';
import { showNotice } from './notices.ts';
import { nameOfRun } from './run-relations.ts';
import { findRun, selectRun, session } from './store.ts';

/** A note that is being written: a new one, or a change of one that there is. */
export interface NoteDraft {
  readonly runId: string;
  readonly place: NotePlace;
  /** The note that is changed; absent for a new one. */
  readonly note: Note | undefined;
  /** The view that a new note is shown with, unless the person chooses another one. */
  readonly view: string | undefined;
}

const draft = createStore<{ readonly draft: NoteDraft | undefined }>(() => ({ draft: undefined }));

/** The note that is being written; nothing when the dialog is closed. */
export function useNoteDraft(): NoteDraft | undefined {
  return useStore(draft, (state) => state.draft);
}

/**
 * Asks for a note on a place of a run, or changes the one that is there.
 *
 * @param view the view that the person looks at.
 */
export function askNote(run: RunEntry, place: NotePlace, view?: string): void {
  if (session.getState().isPage)
    return showNotice('A saved page has the notes that it was saved with.');
  const note = notesOf(run).find((one) => isSamePlace(one, place));
  draft.setState({ draft: { runId: run.id, place, note, view } });
}

/** Changes a note. */
export function changeNote(run: RunEntry, note: Note): void {
  draft.setState({
    draft: { runId: run.id, place: placeOf(note), note, view: undefined },
  });
}

/** What was typed into the dialog that was closed last, without being kept or cancelled. */
let unfinished: { readonly draft: NoteDraft; readonly text: string } | undefined;

/** Notes what is typed, so that it is there again when the dialog was closed by accident. */
export function noteTyped(typedInto: NoteDraft, text: string): void {
  unfinished = { draft: typedInto, text };
}

/** What was typed into the same dialog before, if that was neither kept nor cancelled. */
export function typedBefore({ runId, place, note }: NoteDraft): string | undefined {
  const before = unfinished?.draft;
  const isSame =
    before?.runId === runId && before.note?.id === note?.id && isSamePlace(before.place, place);
  return isSame ? unfinished?.text : undefined;
}

/**
 * Keeps the note that was written and closes the dialog.
 *
 * @returns why it was not kept, and the dialog stays open with what was typed; `undefined` if it was kept.
 */
export function keepNote(written: NoteDraft, words: NoteWords): string | undefined {
  const { runId, place, note } = written;
  const run = findRun(runId);
  if (!run) return 'The run was closed: copy the text to keep it.';
  if (note) rewordNote(run, note.id, words);
  else if (!addNote(run, place, words)) {
    return `A run has at most ${formatCount(NOTES_MAX)} notes: remove one first.`;
  }
  endNoteDraft();
  sayWhere(run);
  return undefined;
}

/** Another run may have come to the screen while a note was written, such as the same one with a saved source. */
function sayWhere(noted: RunEntry): void {
  const shown = selectRun(session.getState());
  if (!shown || shown.id === noted.id) return;
  const isBefore = shown.change?.beforeId === noted.id;
  showNotice(
    isBefore
      ? 'The note is on the run before the change; O goes there'
      : `The note is on ${nameOfRun(noted)}, which is no longer on the screen`,
  );
}

/** Closes the dialog for a note; what was typed is kept or no longer wanted. */
export function endNoteDraft(): void {
  unfinished = undefined;
  closeNoteDraft();
}

/** Closes the dialog for a note. */
export function closeNoteDraft(): void {
  draft.setState({ draft: undefined });
}
