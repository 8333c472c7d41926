import { z } from 'zod';
import { NAME_CHARS_MAX, NOTE_CHARS_MAX, NOTES_MAX } from '../../limits.ts';
import { formatCount } from '../../text/quantities.ts';
import { formatPath } from '../../value/path.ts';
import { sameValue } from '../../value/value.ts';
import { actionId, count, pathCodec } from './codecs.ts';

/**
 * @file What people write on a run: bookmarks and notes in Markdown. They are kept with the trace, in its
 * file as lines between the last step and the closing line, and stand in the order in which they are presented.
 */

/** What a note is on: a step or several, and there one value, one finding or one tracked action. */
const place = {
  /** The step; -1 is the initial state. */
  step: z.number().int().min(-1),
  /** The last step, for a note on several. */
  to: count.exactOptional(),
  /** A value of the state after the step. */
  path: pathCodec.exactOptional(),
  /** The name of a finding of the step. */
  finding: z.string().max(NAME_CHARS_MAX).exactOptional(),
  /** The id of a tracked action: the note is on its span. */
  action: actionId.exactOptional(),
};

/** The part of a step that a note is on, if it is on one part. */
const PARTS = ['path', 'finding', 'action'] as const;

/** A note as it is written, and what a note must be. */
export const noteSchema = z
  .object({
    id: z.string().min(1).max(64),
    ...place,
    /** The view that shows it best, by its id, such as `causality`. */
    view: z.string().max(NAME_CHARS_MAX).exactOptional(),
    /** Markdown; empty for a bookmark. */
    text: z.string().max(NOTE_CHARS_MAX),
  })
  .refine(({ step, to }) => to === undefined || to > step, {
    path: ['to'],
    message: 'must come after the step',
  })
  .refine((note) => PARTS.filter((part) => note[part] !== undefined).length <= 1, {
    message: `must be on one part of the step: ${PARTS.join(', ')}`,
  });

/** A bookmark or note on a run. */
export type Note = Readonly<z.output<typeof noteSchema>>;

/** What a note is on. */
export type NotePlace = Pick<Note, keyof typeof place>;

/** A note without text only marks its place. */
export function isBookmark({ text }: Pick<Note, 'text'>): boolean {
  return text.trim() === '';
}

/** Whether two notes are on the same thing. */
export function isSamePlace(one: NotePlace, other: NotePlace): boolean {
  return sameValue(placeOf(one), placeOf(other));
}

/** What a note is on, without the note. */
export function placeOf({ step, to, path, finding, action }: NotePlace): NotePlace {
  return {
    step,
    ...(to === undefined ? {} : { to }),
    ...(path === undefined ? {} : { path }),
    ...(finding === undefined ? {} : { finding }),
    ...(action === undefined ? {} : { action }),
  };
}

/** Whether a note is on a step, alone or among others. */
export function coversStep({ step, to = step }: NotePlace, stepIndex: number): boolean {
  return step <= stepIndex && stepIndex <= to;
}

/**
 * Whether a run has the steps that a note is on.
 *
 * @param steps the number of steps of the run.
 */
export function isWithin({ step, to = step }: NotePlace, steps: number): boolean {
  return to < steps;
}

/** Adds a note where its step is presented: before the first one of a later step. */
export function withNote(notes: readonly Note[], note: Note): readonly Note[] {
  const at = notes.findIndex(({ step }) => step > note.step);
  return at === -1 ? [...notes, note] : notes.toSpliced(at, 0, note);
}

/**
 * The notes that a file is to have when it is saved, after somebody else may have written to it.
 *
 * @param base what it had when it was last read or saved.
 * @param mine what is saved: what it lacks of the base was removed.
 * @param theirs what the file has now: what the base lacks was added, and what is other text there was changed.
 */
export function mergeNotes(
  base: readonly Note[],
  mine: readonly Note[],
  theirs: readonly Note[],
): readonly Note[] {
  const [before, own, now] = [byId(base), byId(mine), byId(theirs)];
  const kept = mine.map((note) =>
    sameValue(note, before.get(note.id)) ? (now.get(note.id) ?? note) : note,
  );
  const added = theirs.filter(({ id }) => !before.has(id) && !own.has(id));
  return added.reduce<readonly Note[]>((notes, note) => withNote(notes, note), kept);
}

function byId(notes: readonly Note[]): ReadonlyMap<string, Note> {
  return new Map(notes.map((note) => [note.id, note]));
}

/** The place of a note in words, such as `steps 3 to 9` or `step 12, bookings["Monday 09:15"]`. */
export function describePlaceOf({ step, to, path, finding, action }: NotePlace): string {
  const where =
    to === undefined
      ? stepName(step)
      : `steps ${formatCount(Math.max(step, 0))} to ${formatCount(to)}`;
  if (path) return `${where}, ${path.length === 0 ? 'the state' : formatPath(path)}`;
  if (finding !== undefined) return `${where}, ${finding}`;
  if (action !== undefined) return `${where}, action ${String(action)}`;
  return where;
}

function stepName(step: number): string {
  return step < 0 ? 'initial state' : `step ${formatCount(step)}`;
}

/** The first line of a note as plain text, without the marks of a heading, list or quotation. */
export function titleOf({ text }: Pick<Note, 'text'>): string {
  const line = text.split('\n').find((one) => one.trim() !== '') ?? '';
  return line
    .replace(/^\s*(?:#{1,6}\s+|[-*+>]\s+|\d+\.\s+)/, '')
    .replaceAll(/(\*\*|__|`)/g, '')
    .trim();
}

/**
 * Says what keeps a note from being added to others on a run; `undefined` if nothing does.
 *
 * @param steps the number of steps of the run.
 */
export function noteProblem(
  note: Note,
  others: readonly Pick<Note, 'id'>[],
  steps: number,
): string | undefined {
  if (others.length >= NOTES_MAX) return `a trace has at most ${formatCount(NOTES_MAX)} notes`;
  if (!isWithin(note, steps)) {
    return `note: the trace has no step ${formatCount(note.to ?? note.step)}`;
  }
  if (others.some(({ id }) => id === note.id))
    return `note.id: ${note.id} is the id of another note`;
  return undefined;
}
