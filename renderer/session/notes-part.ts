import { z } from 'zod';
import { noteSchema, type Note } from '../../core/trace/format/notes.ts';
import { readRecord } from './kept-entries.ts';
import { notesStore, type EditedNotes } from './notes.ts';
import type { SessionPart } from './session-part.ts';
import { findRun } from './store.ts';

const keptNotes = z.object({
  notes: z.array(z.unknown()),
  read: z.array(z.string()),
  carriedFrom: z.string().exactOptional(),
});

/** The notes that were changed, which come back with the session. */
export const notesPart: SessionPart = {
  name: 'notes',
  keep: () => {
    const entries = Object.entries(notesStore.getState().edited);
    return Object.fromEntries(
      entries
        .filter(([id]) => findRun(id) !== undefined)
        .map(([id, { notes, ...rest }]) => [
          id,
          { ...rest, notes: notes.map((note) => z.encode(noteSchema, note)) },
        ]),
    );
  },
  recall: (kept) => {
    const { value, isWhole } = readRecord(keptNotes, kept);
    const edited = Object.entries(value).map(
      ([id, { notes, ...rest }]): readonly [string, EditedNotes] => [
        id,
        { ...rest, notes: notes.flatMap(noteIn) },
      ],
    );
    notesStore.setState({ edited: Object.fromEntries(edited), histories: {} });
    return isWhole && edited.every(([id, { notes }]) => notes.length === value[id]?.notes.length);
  },
  subscribe: (listener) =>
    notesStore.subscribe((now, before) => {
      if (now.edited !== before.edited) listener();
    }),
};

/** A note of another version that this one does not understand is left out, and no other one with it. */
function noteIn(kept: unknown): readonly Note[] {
  const { data } = noteSchema.safeParse(kept);
  return data ? [data] : [];
}

const keptMarks = z.array(z.number().int().nonnegative());

/** The marked steps that earlier versions kept, which become bookmarks. It follows {@link notesPart}. */
export const formerMarksPart: SessionPart = {
  name: 'marked',
  keep: () => undefined,
  recall: (kept) => {
    const { value, isWhole } = readRecord(keptMarks, kept);
    const marked = Object.entries(value).map(([id, steps]) => [
      id,
      { notes: steps.map((step) => ({ id: `marked-${step}`, step, text: '' })), read: [] },
    ]);
    notesStore.setState(({ edited }) => ({
      edited: { ...Object.fromEntries(marked), ...edited },
    }));
    return isWhole;
  },
  subscribe: () => () => undefined,
};
