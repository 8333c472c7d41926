import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { NOTES_MAX } from '../../core/limits.ts';
import {
  coversStep,
  isBookmark,
  isSamePlace,
  isWithin,
  withNote,
  type Note,
  type NotePlace,
} from '../../core/trace/format/notes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { RunEntry } from './model.ts';
import type { Direction } from './navigation.ts';
import { findRun } from './store.ts';

/**
 * @file The notes of the runs. A trace brings those of its file; what the person changes is kept with
 * the session, and is written with the trace when it is saved.
 */

/** What a note says, and how it is shown. */
export type NoteWords = Pick<Note, 'text' | 'view'>;

/** The notes of a run since they were changed. */
export interface EditedNotes {
  /** In the order in which they are told. */
  readonly notes: readonly Note[];
  /** The ids of the notes of the file that were known at any change. Others are new in the file. */
  readonly read: readonly string[];
  /** The run that they were carried over from, as long as nothing else was noted. */
  readonly carriedFrom?: string;
}

/** What can be undone and done again; `undefined` is the notes of the file as they are. */
interface History {
  readonly past: readonly (EditedNotes | undefined)[];
  readonly future: readonly (EditedNotes | undefined)[];
}

interface Notes {
  /** By run id; runs whose notes are those of their file have no entry. */
  readonly edited: Readonly<Record<string, EditedNotes>>;
  /** By run id. */
  readonly histories: Readonly<Record<string, History>>;
}

export const notesStore = createStore<Notes>(() => ({ edited: {}, histories: {} }));

type NotedRun = Pick<RunEntry, 'id' | 'trace'>;

const NONE: readonly Note[] = [];
const NO_HISTORY: History = { past: [], future: [] };
/** The most changes of a run's notes that can be undone. */
const UNDO_MAX = 200;

/** The notes of a run, in the order in which they are told. */
export function notesOf({ id, trace }: NotedRun): readonly Note[] {
  return merged(notesStore.getState().edited[id], trace?.notes ?? NONE);
}

/** The same in a component. */
export function useNotes({ id, trace }: NotedRun): readonly Note[] {
  return useStore(notesStore, ({ edited }) => merged(edited[id], trace?.notes ?? NONE));
}

const lastMerged = new WeakMap<EditedNotes, { read: readonly Note[]; notes: readonly Note[] }>();

/** The changed notes, with what has come into the file since. */
function merged(edited: EditedNotes | undefined, read: readonly Note[]): readonly Note[] {
  if (!edited) return read;
  const last = lastMerged.get(edited);
  if (last?.read === read) return last.notes;
  const known = new Set([...edited.read, ...edited.notes.map(({ id }) => id)]);
  const notes = read.filter(({ id }) => !known.has(id)).reduce(withNote, edited.notes);
  lastMerged.set(edited, { read, notes });
  return notes;
}

/**
 * The notes on steps that a run has. A run that was executed again may be shorter than the one that was
 * noted; a file with notes beyond its end would be damaged.
 */
export function notesWithin(notes: readonly Note[], trace: Trace | undefined): readonly Note[] {
  const steps = trace?.length ?? 0;
  return notes.every((note) => isWithin(note, steps))
    ? notes
    : notes.filter((note) => isWithin(note, steps));
}

/**
 * Whether notes were written on a run that no file holds yet, and no other run: it must not be lost.
 */
export function isNoted({ id }: Pick<NotedRun, 'id'>): boolean {
  const { notes = [], carriedFrom } = notesStore.getState().edited[id] ?? {};
  return notes.length > 0 && (carriedFrom === undefined || !findRun(carriedFrom));
}

/**
 * Adds notes of another run at their places in this one, before those that were written on it.
 *
 * @returns how many were added: not those that are there already, nor more than {@link NOTES_MAX} in all.
 */
export function carryOver(run: NotedRun, from: NotedRun, carried: readonly Note[]): number {
  const own = notesOf(run);
  const known = new Set(own.map(({ id }) => id));
  const added = carried
    .filter(({ id }) => !known.has(id))
    .slice(0, Math.max(0, NOTES_MAX - own.length));
  if (added.length === 0) return 0;
  // What is carried on from run to run is safe with the first one.
  const first = isNoted(from) ? undefined : notesStore.getState().edited[from.id]?.carriedFrom;
  const carriedFrom = own.length === 0 ? { carriedFrom: first ?? from.id } : {};
  edit(run, own.reduce(withNote, added), carriedFrom);
  return added.length;
}

/**
 * Adds a note where its step is told.
 *
 * @returns the note; `undefined` when there are {@link NOTES_MAX} already.
 */
export function addNote(run: NotedRun, place: NotePlace, words: NoteWords): Note | undefined {
  const notes = notesOf(run);
  if (notes.length >= NOTES_MAX) return undefined;
  const note: Note = { id: crypto.randomUUID(), ...place, ...words };
  edit(run, withNote(notes, note));
  return note;
}

/** Changes what a note says. */
export function rewordNote(run: NotedRun, id: string, words: NoteWords): void {
  edit(
    run,
    notesOf(run).map((note) => {
      if (note.id !== id) return note;
      const { view: _, ...rest } = note;
      return { ...rest, ...words };
    }),
  );
}

/** Removes a note. */
export function removeNote(run: NotedRun, id: string): void {
  edit(
    run,
    notesOf(run).filter((note) => note.id !== id),
  );
}

/** Tells a note earlier (-1) or later (1) among the others. */
export function moveNote(run: NotedRun, id: string, by: -1 | 1): void {
  const notes = notesOf(run);
  const from = notes.findIndex((note) => note.id === id);
  const note = notes[from];
  const to = from + by;
  if (!note || to < 0 || to >= notes.length) return;
  edit(run, notes.toSpliced(from, 1).toSpliced(to, 0, note));
}

/**
 * Puts a bookmark on a place, or takes it away.
 *
 * @returns what was done; `undefined` when there is no room for another note.
 */
export function toggleBookmark(run: NotedRun, place: NotePlace): 'added' | 'removed' | undefined {
  const mark = notesOf(run).find((note) => isBookmark(note) && isSamePlace(note, place));
  if (mark) {
    removeNote(run, mark.id);
    return 'removed';
  }
  return addNote(run, place, { text: '' }) && 'added';
}

/** The nearest noted step of a run on one side. */
export function notedBeside(
  run: NotedRun,
  stepIndex: number,
  direction: Direction,
): number | undefined {
  const steps = notesOf(run).map(({ step }) => step);
  const isNext = direction === 'next';
  const beside = steps.filter((step) => (isNext ? step > stepIndex : step < stepIndex));
  if (beside.length === 0) return undefined;
  return isNext ? Math.min(...beside) : Math.max(...beside);
}

/** The notes on a step, alone or among others. */
export function notesAtStep(notes: readonly Note[], stepIndex: number): readonly Note[] {
  return notes.filter((note) => coversStep(note, stepIndex));
}

function edit(
  run: NotedRun,
  notes: readonly Note[],
  carriedFrom: Pick<EditedNotes, 'carriedFrom'> = {},
): void {
  const { edited, histories } = notesStore.getState();
  const { past } = histories[run.id] ?? NO_HISTORY;
  // A file that is read again brings its notes last: what it held before is known all the same.
  const known = new Set(edited[run.id]?.read);
  for (const { id } of run.trace?.notes ?? NONE) known.add(id);
  put(
    run.id,
    { notes, read: [...known], ...carriedFrom },
    { past: [...past, edited[run.id]].slice(-UNDO_MAX), future: [] },
  );
}

function put(runId: string, edited: EditedNotes | undefined, history: History): void {
  notesStore.setState((now) => {
    const { [runId]: _, ...others } = now.edited;
    return {
      edited: edited ? { ...others, [runId]: edited } : others,
      histories: { ...now.histories, [runId]: history },
    };
  });
}

/** Whether the last change of a run's notes can be undone, or done again. */
export function canStep(runId: string | undefined, way: 'undo' | 'redo'): boolean {
  const history = runId === undefined ? undefined : notesStore.getState().histories[runId];
  return (history?.[way === 'undo' ? 'past' : 'future'].length ?? 0) > 0;
}

/** The same in a component. */
export function useCanStep(runId: string, way: 'undo' | 'redo'): boolean {
  return useStore(notesStore, () => canStep(runId, way));
}

/** Undoes the last change of a run's notes. */
export function undoNotes(runId: string): void {
  const { edited, histories } = notesStore.getState();
  const { past, future } = histories[runId] ?? NO_HISTORY;
  if (past.length === 0) return;
  put(runId, past.at(-1), { past: past.slice(0, -1), future: [edited[runId], ...future] });
}

/** Does the change again that was undone last. */
export function redoNotes(runId: string): void {
  const { edited, histories } = notesStore.getState();
  const { past, future } = histories[runId] ?? NO_HISTORY;
  if (future.length === 0) return;
  put(runId, future[0], { past: [...past, edited[runId]], future: future.slice(1) });
}
