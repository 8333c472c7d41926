import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { NOTES_MAX } from '../../core/limits.ts';
import type { Note } from '../../core/trace/format/notes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { formerMarksPart, notesPart } from './notes-part.ts';
import {
  addNote,
  canStep,
  isNoted,
  moveNote,
  notedBeside,
  notesOf,
  notesStore,
  redoNotes,
  removeNote,
  rewordNote,
  toggleBookmark,
  undoNotes,
} from './notes.ts';
import { session } from './store.ts';

/** A run whose file holds notes. */
const runOf = (...notes: readonly Note[]) => ({ id: 'run', trace: { notes } as unknown as Trace });
const fromFile: Note = { id: 'a', step: 4, text: 'Read' };
const texts = (run = runOf()) => notesOf(run).map(({ text }) => text);

beforeEach(() => {
  notesStore.setState(notesStore.getInitialState(), true);
  session.setState(session.getInitialState(), true);
});

it('shows the notes of the file until they are changed, and then those of the session', () => {
  const run = runOf(fromFile);
  expect(notesOf(run)).toBe(run.trace.notes);
  expect(isNoted(run)).toBe(false);
  addNote(run, { step: 2 }, { text: 'Before' });
  expect(texts(run)).toEqual(['Before', 'Read']);
  rewordNote(run, 'a', { text: 'Changed', view: 'steps' });
  expect(notesOf(run).at(-1)).toEqual({ id: 'a', step: 4, text: 'Changed', view: 'steps' });
  rewordNote(run, 'a', { text: 'Changed' });
  expect(notesOf(run).at(-1)).toEqual({ id: 'a', step: 4, text: 'Changed' });
  removeNote(run, 'a');
  expect(texts(run)).toEqual(['Before']);
  expect(isNoted(run)).toBe(true);
});

it('takes up what comes into the file afterwards, but not again what was removed', () => {
  const run = runOf(fromFile);
  removeNote(run, 'a');
  expect(texts(runOf(fromFile, { id: 'b', step: 9, text: 'New' }))).toEqual(['New']);
  // A file that is still being read brings its notes last.
  notesStore.setState(notesStore.getInitialState(), true);
  addNote({ id: 'run' }, { step: 8 }, { text: 'Early' });
  expect(texts(run)).toEqual(['Read', 'Early']);
});

it('does not bring back what was removed when the run changes before its file is read again', () => {
  removeNote(runOf(fromFile), 'a');
  // After a restart, the notes of the file come last.
  toggleBookmark({ id: 'run' }, { step: 2 });
  expect(notesOf(runOf(fromFile)).map(({ step }) => step)).toEqual([2]);
});

it('tells notes in the order that they were given', () => {
  const run = runOf();
  const notes = [7, 2, 5].map((step) => addNote(run, { step }, { text: `${step}` }));
  expect(texts()).toEqual(['2', '5', '7']);
  moveNote(run, notes[0]?.id ?? '', -1);
  expect(texts()).toEqual(['2', '7', '5']);
  moveNote(run, notes[1]?.id ?? '', -1);
  expect(texts()).toEqual(['2', '7', '5']);
  expect(notedBeside(run, 2, 'next')).toBe(5);
  expect(notedBeside(run, 7, 'previous')).toBe(5);
  expect(notedBeside(run, 7, 'next')).toBeUndefined();
});

it('puts bookmarks on places and takes them away, beside notes', () => {
  const run = runOf();
  addNote(run, { step: 3 }, { text: 'A note' });
  expect(toggleBookmark(run, { step: 3 })).toBe('added');
  expect(toggleBookmark(run, { step: 3, to: 6 })).toBe('added');
  expect(texts()).toHaveLength(3);
  expect(toggleBookmark(run, { step: 3 })).toBe('removed');
  expect(texts()).toEqual(['A note', '']);
});

it('has room for so many notes and no more', () => {
  const notes = Array.from({ length: NOTES_MAX }, (_, at) => ({ id: `${at}`, step: at, text: '' }));
  expect(addNote(runOf(...notes), { step: 3 }, { text: 'One more' })).toBeUndefined();
  expect(toggleBookmark(runOf(...notes), { step: NOTES_MAX })).toBeUndefined();
  expect(toggleBookmark(runOf(...notes), { step: 3 })).toBe('removed');
});

it('undoes every change, in order, and does it again', () => {
  const step = fc.integer({ min: -1, max: 20 });
  const change = fc.oneof(
    fc.record({ kind: fc.constant('add' as const), step }),
    fc.record({ kind: fc.constant('mark' as const), step }),
    fc.record({ kind: fc.constant('move' as const), step }),
    fc.record({ kind: fc.constant('remove' as const), step }),
  );
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
      notesStore.setState(notesStore.getInitialState(), true);
      const run = runOf(fromFile);
      const states = [notesOf(run)];
      for (const { kind, step: at } of changes) {
        const found = notesOf(run).find((note) => note.step >= at)?.id ?? '';
        if (kind === 'add') addNote(run, { step: at }, { text: 'x' });
        else if (kind === 'mark') toggleBookmark(run, { step: at });
        else if (kind === 'move') moveNote(run, found, 1);
        else removeNote(run, found);
        if (notesOf(run) !== states.at(-1)) states.push(notesOf(run));
      }
      for (const state of states.slice(0, -1).toReversed()) {
        undoNotes(run.id);
        expect(notesOf(run)).toEqual(state);
      }
      expect(canStep(run.id, 'undo')).toBe(false);
      for (const state of states.slice(1)) {
        redoNotes(run.id);
        expect(notesOf(run)).toEqual(state);
      }
      expect(canStep(run.id, 'redo')).toBe(false);
    }),
  );
});

it('comes back with the session, whatever a note is on', () => {
  const run = runOf(fromFile);
  session.setState({
    runs: [{ ...run, origin: { kind: 'file', path: '/a' }, status: 'completed', steps: 9 }],
  });
  const path = ['bookings', { mapKey: 1n }] as const;
  addNote(run, { step: 5, path }, { text: '**Both**', view: 'state' });
  addNote(run, { step: 6, action: 7 }, { text: 'Span' });
  const before = notesOf(run);
  const kept: unknown = JSON.parse(JSON.stringify(notesPart.keep()));
  notesStore.setState(notesStore.getInitialState(), true);
  notesPart.recall(kept);
  expect(notesOf(run)).toEqual(before);
  expect(notesOf(run)).toHaveLength(3);
});

it('leaves out what it does not understand, and turns the marks of earlier versions into bookmarks', () => {
  notesPart.recall({ run: { notes: [{ id: 'x', step: 'nine' }, fromFile], read: [] } });
  formerMarksPart.recall({ run: [1], other: [7, 2] });
  expect(texts()).toEqual(['Read']);
  expect(notesOf({ id: 'other' }).map(({ step, text }) => [step, text])).toEqual([
    [7, ''],
    [2, ''],
  ]);
  notesPart.recall('nothing');
  expect(notesStore.getState().edited).toEqual({});
});
